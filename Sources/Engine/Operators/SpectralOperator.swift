import Tensors

/// A linear operator whose singular value decomposition A = U·S·Vᵀ can be worked with.
public protocol SpectralOperator: LinearOperator {
  /// The decomposition.
  func spectrum() throws -> any SingularSpectrum
}

/// The right singular vectors and the singular values of an operator.
public protocol SingularSpectrum: Sendable {
  /// The largest singular value.
  var largestSingularValue: Double { get }

  /// V·g(S)·Vᵀ x for images [B, C, H, W]: each direction is scaled by a function of its singular
  /// value, which is 0 in the null space.
  func scaled(_ x: Tensor, by gain: (Double) -> Double) throws -> Tensor
}

extension SingularSpectrum {
  /// A⁺ y, given Aᵀ y: singular values up to `floor` times the largest count as 0.
  public func pseudoInverse(ofAdjoint x: Tensor, floor: Double) throws -> Tensor {
    let limit = floor * largestSingularValue
    return try scaled(x) { $0 > limit ? 1 / ($0 * $0) : 0 }
  }
}

// MARK: - Ones and zeros

extension Denoising: SpectralOperator {
  public func spectrum() throws -> any SingularSpectrum { IdentitySpectrum() }
}

/// All singular values are 1.
struct IdentitySpectrum: SingularSpectrum {
  let largestSingularValue = 1.0

  func scaled(_ x: Tensor, by gain: (Double) -> Double) throws -> Tensor { try x * gain(1) }
}

extension Inpainting: SpectralOperator {
  public func spectrum() throws -> any SingularSpectrum {
    MaskSpectrum(mask: values)
  }
}

/// The singular values are those of a mask, pixel by pixel: 1 where a pixel is seen, else 0.
struct MaskSpectrum: SingularSpectrum {
  let mask: Tensor
  let largestSingularValue = 1.0

  func scaled(_ x: Tensor, by gain: (Double) -> Double) throws -> Tensor {
    // Not as a difference: a gain far below that of hidden pixels would be lost in its rounding.
    let seen = try mask.converted(to: x.scalarType)
    return try x * (seen * gain(1) + (seen * -1 + 1) * gain(0))
  }
}

// MARK: - Convolutions

extension CircularConvolution: SpectralOperator {
  public func spectrum() throws -> any SingularSpectrum { try TransferSpectrum(transfer) }
}

extension CircularBlur: SpectralOperator {
  public func spectrum() throws -> any SingularSpectrum { try convolution.spectrum() }
}

/// AᵀA is a filter, F⁻¹ |Ĥ|² F: the singular values are the moduli of a transfer function.
struct TransferSpectrum: SingularSpectrum {
  /// |Ĥ|, [1, 1, H, W].
  private let moduli: [Double]
  private let shape: [Int]
  let largestSingularValue: Double

  init(_ transfer: TransferFunction) throws {
    try self.init(power: transfer.power(for: Tensor.full(0, shape: [1], type: .float64)))
  }

  /// - Parameter power: |Ĥ|², [1, 1, H, W] with frequency zero at (0, 0), the same at k and −k.
  init(power: Tensor) throws {
    moduli = try power.doubles().map { $0.squareRoot() }
    shape = power.shape
    largestSingularValue = moduli.max() ?? 0
  }

  func scaled(_ x: Tensor, by gain: (Double) -> Double) throws -> Tensor {
    let gains = try Tensor(moduli.map(gain), shape: shape)
      .converted(to: x.scalarType).sent(to: x.device)
    return try (x.fourierTransform() * gains).imageFromTransform()
  }
}
