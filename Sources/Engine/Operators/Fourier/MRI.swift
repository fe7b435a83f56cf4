import Tensors

/// Compressed-sensing magnetic resonance imaging with one coil: y = M F x.
///
/// F is the orthonormal discrete Fourier transform of each channel of a real image, M keeps the
/// frequencies of a mask. y [2C, H, W] has the real parts of the C channels, then their imaginary
/// parts; what is not measured is 0.
///
/// For real images AᵀA = F⁻¹ M̃ F with M̃(k) = (M(k) + M(−k))/2, as the transform of a real image has
/// conjugate values at k and −k. So the singular values are √M̃: 0, √½ and 1; and pseudo-inverse and
/// proximal point are exact.
public struct MRI: LinearOperator, PseudoInvertible {
  let mask: UndersamplingMask
  /// Whether frequency zero is in the middle, at (H/2, W/2), of mask and measurement, and the image's
  /// origin in its middle too; else both are at (0, 0).
  public let isCentered: Bool
  /// M and M̃, [1, 1, H, W].
  private let values: Tensor
  private let symmetric: Tensor

  public init(mask: UndersamplingMask, centered: Bool = true) throws {
    let shape = [1, 1, mask.height, mask.width]
    let reflected = mask.reflected(
      row: centered ? mask.height / 2 : 0, column: centered ? mask.width / 2 : 0)
    self.init(
      mask: mask, isCentered: centered, values: try Tensor(mask.values, shape: shape),
      symmetric: try Tensor(zip(mask.values, reflected).map { ($0 + $1) / 2 }, shape: shape))
  }

  private init(mask: UndersamplingMask, isCentered: Bool, values: Tensor, symmetric: Tensor) {
    self.mask = mask
    self.isCentered = isCentered
    self.values = values
    self.symmetric = symmetric
  }

  public func measurementShape(ofImage image: [Int]) throws -> [Int] {
    let shape = try ImageShape(image)
    guard shape.height == mask.height, shape.width == mask.width else {
      throw OperatorError.shape(operation: "MRI", wanted: wanted, found: image)
    }
    return [2 * shape.channels, shape.height, shape.width]
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try check(x, "MRI", channels: 1)
    let spectrum = try transform(x)
    return try masked(
      .concatenated([spectrum.realPart(), spectrum.imaginaryPart()], along: 1))
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    try check(y, "The adjoint of MRI", channels: 2)
    return try inverse(complex(masked(y))).realPart()
  }

  /// F⁻¹ M̃ F x.
  public func normal(_ x: Tensor) throws -> Tensor {
    try check(x, "MRI", channels: 1)
    return try filtered(x) { $0 }
  }

  public func restricted(_ y: Tensor) throws -> Tensor {
    try check(y, "MRI", channels: 2)
    return try masked(y)
  }

  public func moved(to device: Device) throws -> MRI {
    MRI(
      mask: mask, isCentered: isCentered, values: try values.moved(to: device),
      symmetric: try symmetric.moved(to: device))
  }

  // MARK: - Inverses

  public func pseudoInverse(_ y: Tensor) throws -> Tensor {
    try filtered(adjoint(y)) { weight in
      // M̃ is 0, ½ or 1: 0, 2 and 1 for these.
      try weight * 7 - weight * weight * 6
    }
  }

  /// c + F⁻¹ (M̃ + variance·precision)⁻¹ F Aᵀ(y − A c), and c itself at frequencies that are not measured.
  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    try center
      + filtered(adjoint(y - apply(center))) { weight in
        // M̃ is 0, ½ or 1. Where it is 0, rounding is not divided by a small precision.
        try (weight * 2).clamped(to: 0...1) / (weight + variance * precision)
      }
  }

  /// F⁻¹ w F x for real x, w a function of M̃.
  private func filtered(_ x: Tensor, _ weight: (Tensor) throws -> Tensor) throws -> Tensor {
    let factor = try weight(symmetric.converted(to: x.scalarType))
    return try inverse(transform(x) * factor).realPart()
  }

  // MARK: - Fourier transform

  private func transform(_ x: Tensor) throws -> Tensor {
    guard isCentered else { return try x.fourierTransform(orthonormal: true) }
    return try fromMiddle(x).fourierTransform(orthonormal: true)
      .rolled(by: [mask.height / 2, mask.width / 2], along: [2, 3])
  }

  private func inverse(_ spectrum: Tensor) throws -> Tensor {
    guard isCentered else { return try spectrum.inverseFourierTransform(orthonormal: true) }
    return try fromMiddle(spectrum).inverseFourierTransform(orthonormal: true)
      .rolled(by: [mask.height / 2, mask.width / 2], along: [2, 3])
  }

  private func fromMiddle(_ tensor: Tensor) throws -> Tensor {
    try tensor.rolled(by: [-(mask.height / 2), -(mask.width / 2)], along: [2, 3])
  }

  private func complex(_ y: Tensor) throws -> Tensor {
    let channels = y.shape[1] / 2
    return try .complex(
      real: y.sliced(0..<channels, along: 1), imaginary: y.sliced(channels..<2 * channels, along: 1)
    )
  }

  private func masked(_ y: Tensor) throws -> Tensor { try y * values.converted(to: y.scalarType) }

  // MARK: - Shapes

  private func check(_ tensor: Tensor, _ operation: String, channels: Int) throws {
    let shape = tensor.shape
    guard shape.count == 4, shape[2] == mask.height, shape[3] == mask.width,
      shape[1] % channels == 0
    else {
      let wanted = channels == 2 ? "[batch, 2·C, \(mask.height), \(mask.width)]" : wanted
      throw OperatorError.shape(operation: operation, wanted: wanted, found: shape)
    }
  }

  private var wanted: String { "[…, \(mask.height), \(mask.width)]" }
}

extension MRI: SpectralOperator {
  /// √M̃. Where the image's origin lies changes nothing, as filters commute with circular shifts.
  public func spectrum() throws -> any SingularSpectrum {
    try TransferSpectrum(power: isCentered ? fromMiddle(symmetric) : symmetric)
  }
}
