import Tensors

/// Super-resolution with a periodic border: y = (h ∗ x) at every s-th row and column.
///
/// Rows and columns 0, s, 2s, … are kept: the top-left pixel of each block. H and W must be
/// multiples of s. The proximal point has a closed form.
public struct CircularSuperResolution: LinearOperator {
  let blur: CircularConvolution
  /// How many times smaller the measurement is, s.
  public let factor: Int
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { blur.imageShape }

  private let image: ImageShape
  private let measurement: ImageShape

  /// - Throws: ``OperatorError/scaleFactor(_:)`` unless s is in 1…1024 and divides H and W.
  public init(blur: CircularConvolution, factor: Int) throws {
    image = try ImageShape(blur.imageShape)
    guard (1...1024).contains(factor), image.height % factor == 0, image.width % factor == 0
    else { throw OperatorError.scaleFactor(factor) }
    self.blur = blur
    self.factor = factor
    measurement = try ImageShape([image.channels, image.height / factor, image.width / factor])
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    _ = try blur.measurementShape(ofImage: shape)
    return measurement.dimensions
  }

  public func apply(_ x: Tensor) throws -> Tensor { try kept(blur.apply(x)) }

  public func adjoint(_ y: Tensor) throws -> Tensor { try blur.adjoint(spread(y)) }

  public func moved(to device: Device) throws -> CircularSuperResolution {
    try CircularSuperResolution(blur: blur.moved(to: device), factor: factor)
  }

  /// The proximal point c + Aᵀ(A Aᵀ + variance·precision)⁻¹(y − A c). In the frequencies of a measurement A Aᵀ is
  /// diagonal: the mean of |Ĥ|² over the s² that decimation makes one (Zhao et al., IEEE TIP 2016).
  ///
  /// Their own form is a difference over the precision, which leaves rounding only where that is small.
  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    let residual = try (y - apply(center)).fourierTransform()
    let power = try folded(blur.transfer.power(for: center)) + variance * precision
    let correction = try blur.transfer(for: center).conjugate() * repeated(residual / power)
    return try center + correction.imageFromTransform()
  }

  // MARK: - Pixels and frequencies

  private func kept(_ x: Tensor) throws -> Tensor {
    try x.sliced(0..<image.height, along: 2, step: factor)
      .sliced(0..<image.width, along: 3, step: factor)
  }

  /// Measurements with zeros between their pixels.
  private func spread(_ y: Tensor) throws -> Tensor {
    try measurement.check(y, "The adjoint of circular super-resolution")
    let batch = y.shape[0]
    let (c, h, w, s) = (measurement.channels, measurement.height, measurement.width, factor)
    return try y.reshaped([batch * c, 1, h, 1, w])
      .zeroExtended(along: 3, by: s - 1).reshaped([batch * c, 1, h * s, w, 1])
      .zeroExtended(along: 4, by: s - 1).reshaped([batch, c, h * s, w * s])
  }

  /// Means over the s² frequencies that decimation makes one.
  private func folded(_ spectrum: Tensor) throws -> Tensor {
    let (b, c, s) = (spectrum.shape[0], spectrum.shape[1], factor)
    let blocks = try spectrum.reshaped([b, c, s, measurement.height, s, measurement.width])
    return try blocks.sum(over: [2, 4]) / Double(s * s)
  }

  private func repeated(_ spectrum: Tensor) throws -> Tensor {
    let (b, c, h, w) = (
      spectrum.shape[0], spectrum.shape[1], measurement.height, measurement.width
    )
    return try spectrum.reshaped([b, c, 1, h, 1, w]).expanded([b, c, factor, h, factor, w])
      .reshaped([b, c, image.height, image.width])
  }
}

// MARK: - As published

extension CircularSuperResolution {
  /// y at the size of images, linear between pixel centres, which lie (s − 1)/2 pixels from where
  /// the measurement has them.
  ///
  /// - Parameter clipping: whether y is limited to [−1, 1] before, as the published prox has it.
  public func enlarged(_ y: Tensor, clipping: Bool) throws -> Tensor {
    try measurement.check(y, "Enlarging")
    return try (clipping ? y.clamped(to: -1...1) : y)
      .resizedBilinear(height: image.height, width: image.width)
  }

  /// The published proximal point, which leaves out the decimation:
  /// (Ĥ*·ŷ↑/variance + precision·ĉ)/(Ĥ²/variance + precision) with y↑ the enlarged measurement.
  ///
  /// Ĥ² stands where |Ĥ|² belongs, which differs for kernels that are not symmetric. The published
  /// networks were trained with it.
  public func publishedProximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    let h = blur.transfer(for: center)
    let data = try enlarged(y, clipping: true).fourierTransform() * h.conjugate() / variance
    let right = try data + center.fourierTransform() * precision
    return try (right / (h * h / variance + precision)).imageFromTransform()
  }
}

extension Tensor {
  /// Zeros added at the end of one dimension.
  fileprivate func zeroExtended(along dimension: Int, by count: Int) throws -> Tensor {
    guard count > 0 else { return self }
    var shape = self.shape
    shape[dimension] = count
    let zeros = try Tensor.full(0, shape: shape, type: scalarType, device: device)
    return try .concatenated([self, zeros], along: dimension)
  }
}
