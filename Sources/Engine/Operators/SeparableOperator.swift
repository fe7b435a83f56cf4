import Tensors

/// A linear operator that is a matrix for each axis of an image; all that follows from that.
protocol SeparableOperator: PseudoInvertible, SpectralOperator {
  /// What errors call it.
  static var title: String { get }
  var image: ImageShape { get }
  var measurement: ImageShape { get }
  var matrices: AxisMatrices { get }
}

extension SeparableOperator {
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == image.dimensions else {
      throw OperatorError.shape(
        operation: Self.title, wanted: "\(image.dimensions)", found: shape)
    }
    return measurement.dimensions
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, Self.title)
    return try matrices.apply(x)
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    try measurement.check(y, "The adjoint of \(Self.title)")
    return try matrices.adjoint(y)
  }

  /// AᵀA x, by Gram matrices if A keeps the sides of an image: half the multiplications then. Where A makes
  /// it smaller, they would be more.
  public func normal(_ x: Tensor) throws -> Tensor {
    guard measurement == image else { return try adjoint(apply(x)) }
    try image.check(x, Self.title)
    return try matrices.normal(x)
  }

  /// A⁺ y by the singular value decomposition of both axes; singular values up to
  /// ``pseudoInverseCut`` times the largest count as 0.
  public func pseudoInverse(_ y: Tensor) throws -> Tensor {
    try measurement.check(y, "The pseudo-inverse of \(Self.title)")
    return try matrices.decomposition(device: y.device).pseudoInverse(
      y, cut: pseudoInverseCut)
  }

  public func spectrum() throws -> any SingularSpectrum {
    try matrices.decomposition(device: matrices.vertical.double.device)
  }

  /// The proximal point c + Aᵀ(A Aᵀ + precision·variance)⁻¹(y − A c), exact.
  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    let residual = try y - apply(center)
    return try center
      + matrices.decomposition(device: residual.device)
      .regularisedInverse(residual, precision * variance)
  }
}
