/// Which pixels of an image are measured: 1 where a pixel is kept, 0 where it is missing.
///
/// One mask serves all channels and all samples of an image.
public struct InpaintingMask: Sendable, Equatable {
  let height: Int
  let width: Int
  /// Zeros and ones, [height, width] row by row.
  public let values: [Float]

  /// Makes a mask from its values.
  ///
  /// - Throws: ``OperatorError`` if their number is wrong or one is neither 0 nor 1.
  public init(values: [Float], height: Int, width: Int) throws(OperatorError) {
    try Self.check(height, width)
    guard values.count == height * width else {
      throw .maskCount(values: values.count, height: height, width: width)
    }
    if let index = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .maskValue(index: index, value: values[index])
    }
    self.init(unchecked: values, height: height, width: width)
  }

  private init(unchecked values: [Float], height: Int, width: Int) {
    self.height = height
    self.width = width
    self.values = values
  }

  private static func check(_ height: Int, _ width: Int) throws(OperatorError) {
    for length in [height, width] where !ResizerWeights.lengthRange.contains(length) {
      throw .axisLength(length)
    }
  }
}

// MARK: - Images it fits

extension InpaintingMask {
  /// - Throws: ``OperatorError`` unless [C, H, W] are images of this size.
  func check(image shape: [Int]) throws(OperatorError) {
    let image = try ImageShape(shape)
    if image.height != height || image.width != width { throw misfit(shape) }
  }

  /// - Throws: ``OperatorError`` unless [B, C, H, W] is a batch of such images.
  func check(batch shape: [Int]) throws(OperatorError) {
    guard shape.count == 4, shape[2] == height, shape[3] == width else { throw misfit(shape) }
  }

  private func misfit(_ shape: [Int]) -> OperatorError {
    .shape(operation: "Inpainting", wanted: "[…, \(height), \(width)]", found: shape)
  }
}

// MARK: - Drawing

extension InpaintingMask {
  /// How a mask is drawn; the laws are those of the published DPS code.
  public enum Law: Sendable, Equatable {
    /// A share p of the pixels is missing, p uniform in the range: exactly ⌊H·W·p⌋ of them, every
    /// choice equally likely.
    case random(missing: ClosedRange<Double>)
    /// The pixels of a rectangle are missing.
    case box(Box)
    /// All pixels but those of a rectangle are missing.
    case extreme(Box)
  }

  /// A rectangle of random size at a random place.
  public struct Box: Sendable, Equatable {
    /// Height and width are drawn from this range, each on its own.
    public var lengths: Range<Int>
    /// Pixels left free above the rectangle; at least one more is left free below it.
    public var verticalMargin: Int
    /// Pixels left free to its left; at least one more is left free to its right.
    public var horizontalMargin: Int

    public init(lengths: Range<Int>, verticalMargin: Int, horizontalMargin: Int) {
      self.lengths = lengths
      self.verticalMargin = verticalMargin
      self.horizontalMargin = horizontalMargin
    }
  }

  /// Draws the mask of an image.
  ///
  /// The law is that of the published code, the random numbers are not: they come from Philox,
  /// keyed by the run and the image.
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - image: the key of the image.
  /// - Throws: ``OperatorError`` if the law cannot be met on this size.
  public static func draw(
    _ law: Law, height: Int, width: Int, seed: UInt64, image: UInt64
  ) throws(OperatorError) -> InpaintingMask {
    try check(height, width)
    try law.check(height: height, width: width)
    var generator = StreamGenerator(NoiseStream(seed: seed, image: image, purpose: .mask))
    let size = (height: height, width: width)
    let values =
      switch law {
      case .random(let missing): scattered(missing, height * width, &generator)
      case .box(let box): rectangle(box, size, inside: 0, outside: 1, &generator)
      case .extreme(let box): rectangle(box, size, inside: 1, outside: 0, &generator)
      }
    return InpaintingMask(unchecked: values, height: height, width: width)
  }

  private static func scattered(
    _ missing: ClosedRange<Double>, _ count: Int, _ generator: inout StreamGenerator
  ) -> [Float] {
    let share = generator.uniform(in: missing)
    var values = [Float](repeating: 1, count: count)
    for pixel in generator.choice(Int(Double(count) * share), of: count) { values[pixel] = 0 }
    return values
  }

  private static func rectangle(
    _ box: Box, _ size: (height: Int, width: Int), inside: Float, outside: Float,
    _ generator: inout StreamGenerator
  ) -> [Float] {
    let height = box.lengths.lowerBound + generator.integer(below: box.lengths.count)
    let width = box.lengths.lowerBound + generator.integer(below: box.lengths.count)
    let top =
      box.verticalMargin + generator.integer(below: size.height - 2 * box.verticalMargin - height)
    let left =
      box.horizontalMargin
      + generator.integer(below: size.width - 2 * box.horizontalMargin - width)
    var values = [Float](repeating: outside, count: size.height * size.width)
    for row in top..<top + height {
      for column in left..<left + width { values[row * size.width + column] = inside }
    }
    return values
  }
}

extension InpaintingMask.Law {
  fileprivate func check(height: Int, width: Int) throws(OperatorError) {
    switch self {
    case .random(let missing):
      guard missing.lowerBound >= 0, missing.upperBound <= 1 else {
        throw .missingShare(missing)
      }
    case .box(let box), .extreme(let box):
      guard box.lengths.lowerBound >= 1, !box.lengths.isEmpty else {
        throw .boxLengths(box.lengths)
      }
      try check(box.lengths.upperBound - 1, margin: box.verticalMargin, length: height)
      try check(box.lengths.upperBound - 1, margin: box.horizontalMargin, length: width)
    }
  }

  private func check(_ side: Int, margin: Int, length: Int) throws(OperatorError) {
    guard margin >= 0 else { throw .boxMargin(margin) }
    let fits = margin <= length && side <= length && side + 2 * margin < length
    guard fits else { throw .boxTooLarge(side: side, margin: margin, length: length) }
  }
}
