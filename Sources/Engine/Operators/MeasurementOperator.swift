import Tensors

/// How an image becomes a measurement, before noise: y = A(x).
///
/// Rows of a batch never influence each other.
public protocol MeasurementOperator: Sendable {
  /// The shape [C, H, W] of the measurement of an image.
  ///
  /// - Parameter image: the shape [C, H, W] of the image.
  /// - Throws: ``OperatorError`` if the operator does not take such images.
  func measurementShape(ofImage image: [Int]) throws -> [Int]

  /// Applies the operator to images [B, C, H, W] in [−1, 1]; gradients flow to `x`.
  ///
  /// - Throws: ``OperatorError`` if the operator does not take such images.
  func apply(_ x: Tensor) throws -> Tensor

  /// Finds that no gradient flows through an operator from a file, before a sampler takes it for zero.
  ///
  /// - Throws: ``UnfitModule``; never by default.
  func checkGradient() throws

  /// A noisy measurement [B, …] with the clean values where the operator measures nothing.
  ///
  /// By default the measurement as it is; masked pixels of inpainting keep their noise, as in the published codes.
  func restricted(_ y: Tensor) throws -> Tensor

  /// The same operator with its constants on another device.
  func moved(to device: Device) throws -> Self
}

/// A linear operator y = A x with its exact adjoint.
///
/// ⟨A x, u⟩ = ⟨x, Aᵀ u⟩ holds for all x and u up to rounding, padding included.
public protocol LinearOperator: MeasurementOperator {
  /// Aᵀ y for measurements [B, C, H, W].
  ///
  /// - Throws: ``OperatorError`` if the tensor is no measurement of this operator.
  func adjoint(_ y: Tensor) throws -> Tensor

  /// AᵀA x of images [B, C, H, W], the left side of the normal equations AᵀA x = Aᵀ y: their difference is
  /// half the gradient of ‖A x − y‖².
  ///
  /// By default the adjoint of A x.
  func normal(_ x: Tensor) throws -> Tensor

  /// Moves images [B, C, H, W] towards those with the measurement y.
  ///
  /// By default x + Aᵀ(y − A x), which is the projection where A Aᵀ A = A.
  func project(_ x: Tensor, onto y: Tensor) throws -> Tensor

  /// The proximal point argmin_z ‖y − A z‖²/(2·variance) + precision·‖z − center‖²/2.
  ///
  /// By default by conjugate gradients, each row on its own.
  func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor
}

/// An operator that is not linear and whose result stands for its own adjoint, such as JPEG: an image
/// like the one measured, and close to it.
public protocol OwnAdjoint: MeasurementOperator {}

/// A linear operator whose Moore–Penrose inverse is known.
public protocol PseudoInvertible: LinearOperator {
  /// A⁺ y for measurements [B, C, H, W]: of all x with the smallest ‖y − A x‖ the smallest.
  func pseudoInverse(_ y: Tensor) throws -> Tensor
}

/// Singular values of blurs and resizers up to this share of the largest count as 0 in ``PseudoInvertible``.
///
/// What lies below holds only noise at the noise levels these operators are used with (0.05 in the published
/// tasks), and its inverse would multiply that by more than 33. The value is that of the DDRM code.
public let pseudoInverseCut = 3e-2

extension PseudoInvertible {
  /// x + A⁺(y − A x): of all images with the measurement y, or nearest to having it, the one nearest to x.
  public func project(_ x: Tensor, onto y: Tensor) throws -> Tensor {
    try x + pseudoInverse(y - apply(x))
  }
}

extension MeasurementOperator {
  public func checkGradient() throws {}

  public func restricted(_ y: Tensor) throws -> Tensor { y }
}

extension LinearOperator {
  public func normal(_ x: Tensor) throws -> Tensor { try adjoint(apply(x)) }

  public func project(_ x: Tensor, onto y: Tensor) throws -> Tensor {
    try x + adjoint(y - apply(x))
  }
}

/// The shape [C, H, W] of an image, checked.
struct ImageShape: Sendable, Equatable {
  let channels, height, width: Int

  init(_ shape: [Int]) throws(OperatorError) {
    let range = ResizerWeights.lengthRange
    guard shape.count == 3, shape.allSatisfy(range.contains) else {
      throw .notAnImageShape(shape)
    }
    (channels, height, width) = (shape[0], shape[1], shape[2])
  }

  var dimensions: [Int] { [channels, height, width] }

  /// Checks that a tensor is a batch of such images.
  func check(_ tensor: Tensor, _ operation: String) throws(OperatorError) {
    let shape = tensor.shape
    guard shape.count == 4, shape.dropFirst().elementsEqual(dimensions) else {
      throw .shape(
        operation: operation, wanted: "[batch, \(channels), \(height), \(width)]", found: shape)
    }
  }
}
