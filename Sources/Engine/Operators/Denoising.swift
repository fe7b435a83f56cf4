import Tensors

/// The identity: y = x, for denoising.
public struct Denoising: LinearOperator {
  public init() {}

  public func measurementShape(ofImage image: [Int]) throws -> [Int] {
    try ImageShape(image).dimensions
  }

  public func apply(_ x: Tensor) throws -> Tensor { x }

  public func adjoint(_ y: Tensor) throws -> Tensor { y }

  public func moved(to device: Device) throws -> Denoising { self }
}
