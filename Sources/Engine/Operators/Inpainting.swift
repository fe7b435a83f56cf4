import Tensors

/// Inpainting: y = m ⊙ x with a mask m of zeros and ones, the same for every channel.
///
/// A measurement has the shape of the image; missing pixels are 0 in it.
public struct Inpainting: PseudoInvertible {
  let mask: InpaintingMask
  /// [1, 1, H, W].
  let values: Tensor

  /// Makes the operator of a mask, on the CPU.
  public init(mask: InpaintingMask) throws {
    self.init(
      mask: mask, values: try Tensor(mask.values, shape: [1, 1, mask.height, mask.width]))
  }

  private init(mask: InpaintingMask, values: Tensor) {
    self.mask = mask
    self.values = values
  }

  public func measurementShape(ofImage image: [Int]) throws -> [Int] {
    try mask.check(image: image)
    return image
  }

  public func apply(_ x: Tensor) throws -> Tensor { try masked(x) }

  public func adjoint(_ y: Tensor) throws -> Tensor { try masked(y) }

  /// m ⊙ x, as m ⊙ m = m.
  public func normal(_ x: Tensor) throws -> Tensor { try masked(x) }

  /// m ⊙ y, as Aᵀ: A is a projection.
  public func pseudoInverse(_ y: Tensor) throws -> Tensor { try masked(y) }

  /// The proximal point, each pixel on its own.
  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    let weight = try values.converted(to: center.scalarType) / variance
    return try (masked(y) / variance + center * precision) / (weight + precision)
  }

  public func moved(to device: Device) throws -> Inpainting {
    Inpainting(mask: mask, values: try values.moved(to: device))
  }

  private func masked(_ tensor: Tensor) throws -> Tensor {
    try mask.check(batch: tensor.shape)
    return try tensor * values.converted(to: tensor.scalarType)
  }
}
