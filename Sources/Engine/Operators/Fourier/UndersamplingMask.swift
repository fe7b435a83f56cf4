/// Which spatial frequencies a magnetic resonance measurement has: 1 where one is measured.
public struct UndersamplingMask: Sendable, Equatable {
  let height: Int
  let width: Int
  /// Zeros and ones, [height, width] row by row.
  public let values: [Float]

  /// - Throws: ``OperatorError`` if the number of values is wrong or one is neither 0 nor 1.
  public init(values: [Float], height: Int, width: Int) throws(OperatorError) {
    let mask = try InpaintingMask(values: values, height: height, width: width)
    self.init(unchecked: mask.values, height: height, width: width)
  }

  private init(unchecked values: [Float], height: Int, width: Int) {
    self.height = height
    self.width = width
    self.values = values
  }

  /// Whole columns (phase encodes along the width) as a Cartesian scan measures them.
  ///
  /// Of `width` columns round(width/`acceleration`) are measured: the round(width·`centerFraction`) ones
  /// around frequency zero, and others drawn without replacement, every choice equally likely.
  /// - Parameters:
  ///   - centered: whether frequency zero is at column width/2, else at 0.
  ///   - seed: which draw; the columns depend on it and on the size alone.
  /// - Throws: ``MRIError`` for an acceleration below 1 or a centre larger than all that is measured.
  public static func cartesian(
    height: Int, width: Int, acceleration: Double, centerFraction: Double,
    centered: Bool = true, seed: UInt64
  ) throws -> UndersamplingMask {
    let shape = try ImageShape([1, height, width])
    let isPossible = acceleration >= 1 && centerFraction >= 0 && centerFraction <= 1
    let total = isPossible ? Int((Double(shape.width) / acceleration).rounded()) : 0
    let center = isPossible ? Int((Double(shape.width) * centerFraction).rounded()) : 0
    guard total >= 1, center <= total else {
      throw MRIError.undersampling(
        acceleration: acceleration, centerFraction: centerFraction, width: width)
    }
    let first = width / 2 - center / 2
    let middle = first..<first + center
    let outside = (0..<width).filter { !middle.contains($0) }
    var generator = StreamGenerator(NoiseStream(seed: seed, image: 0, purpose: .mask))
    let drawn = generator.choice(total - center, of: outside.count).map { outside[$0] }
    var line = [Float](repeating: 0, count: width)
    let origin = centered ? 0 : width / 2
    for column in Array(middle) + drawn { line[(column + width - origin) % width] = 1 }
    return UndersamplingMask(
      unchecked: (0..<height).flatMap { _ in line }, height: height, width: width)
  }

  /// The mask of −k for each k, frequency zero being at (`row`, `column`).
  func reflected(row: Int, column: Int) -> [Float] {
    (0..<height * width).map { index in
      let i = (2 * row - index / width + height) % height
      let j = (2 * column - index % width + width) % width
      return values[(i + height) % height * width + (j + width) % width]
    }
  }
}

/// Values that no undersampled measurement can have.
public enum MRIError: Error, Equatable, Sendable, CustomStringConvertible {
  case undersampling(acceleration: Double, centerFraction: Double, width: Int)

  public var description: String {
    switch self {
    case .undersampling(let acceleration, let fraction, let width):
      "an acceleration of \(acceleration) with a centre of \(fraction) cannot be met on \(width) "
        + "columns: acceleration must be at least 1, at least one column measured, and "
        + "round(width·centre) columns be no more than the round(width/acceleration) measured"
    }
  }
}
