import Tensors

/// UD2M's inpainting: y = m ⊙ clip(x, −1, 1) + (m − 1), so that missing pixels are exactly −1.
///
/// In image units [0,1] they are black. Noise falls on kept pixels only. The operator is affine, and
/// not even that where x leaves [−1, 1]; the sampler `ud2m` knows it, samplers that need a linear
/// operator do not take it. Its gradient is m everywhere: that of the clip would be 0 beyond [−1, 1], and an
/// estimate that left it would never be brought back.
public struct ClippedInpainting: MeasurementOperator {
  /// m: 1 where a pixel is measured.
  public let mask: InpaintingMask
  /// m, [1, 1, H, W].
  let values: Tensor

  /// Makes the operator of a mask, on the CPU.
  public init(mask: InpaintingMask) throws {
    self.mask = mask
    values = try Tensor(mask.values, shape: [1, 1, mask.height, mask.width])
  }

  private init(mask: InpaintingMask, values: Tensor) {
    self.mask = mask
    self.values = values
  }

  public func measurementShape(ofImage image: [Int]) throws -> [Int] {
    try mask.check(image: image)
    return image
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try restricted(x.giving(x.detached().clamped(to: -1...1)) { $0 })
  }

  /// m ⊙ y + (m − 1).
  public func restricted(_ y: Tensor) throws -> Tensor {
    try mask.check(batch: y.shape)
    let m = try values.converted(to: y.scalarType)
    return try y * m + (m - 1)
  }

  public func moved(to device: Device) throws -> ClippedInpainting {
    ClippedInpainting(mask: mask, values: try values.moved(to: device))
  }
}

extension InpaintingMask {
  /// The mask with each pixel kept where a uniform number is at most `rate`.
  ///
  /// - Parameter uniform: a number in [0, 1) for each pixel, row by row.
  /// - Throws: ``OperatorError`` unless there is one for each pixel.
  public static func kept(
    rate: Double, uniform: [Float], height: Int, width: Int
  ) throws(OperatorError) -> InpaintingMask {
    try InpaintingMask(
      values: uniform.map { $0 <= Float(rate) ? 1 : 0 }, height: height, width: width)
  }

  /// The mask with a square hole of int(share·height) pixels a side, its first corner given.
  ///
  /// The published code has its corner at (64, 64) whatever its configuration says.
  /// - Throws: ``OperatorError/boxTooLarge(side:margin:length:)`` if it leaves the image.
  public static func squareHole(
    side: Int, row: Int = 64, column: Int = 64, height: Int, width: Int
  ) throws(OperatorError) -> InpaintingMask {
    for (first, length) in [(row, height), (column, width)] {
      guard first >= 0, side >= 0, first + side <= length else {
        throw .boxTooLarge(side: side, margin: first, length: length)
      }
    }
    let values = (0..<height * width).map { index -> Float in
      let (y, x) = (index / width, index % width)
      let inside = (row..<row + side).contains(y) && (column..<column + side).contains(x)
      return inside ? 0 : 1
    }
    return try InpaintingMask(values: values, height: height, width: width)
  }
}
