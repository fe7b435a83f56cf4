import Tensors

/// A prior as a denoiser at any noise level: D(x, σ) = E[x0 | x0 + σ·z = x].
///
/// Rows of a batch never influence each other.
public protocol Denoiser: Sendable {
  /// Shape [C,H,W] of the images the prior was made for.
  var imageShape: [Int] { get }

  /// σ below which the prior was never asked when it was made; 0, the default, where any σ will do.
  var finestSigma: Double { get }

  /// Denoises images.
  ///
  /// - Parameters:
  ///   - x: clean images in [−1,1] plus noise, [B,C,H,W], float32; not scaled by √ᾱ.
  ///   - sigma: standard deviation of that noise, above 0.
  /// - Returns: E[x0 | x], not clamped; gradients flow to `x`.
  func denoise(_ x: Tensor, sigma: Double) throws -> Tensor
}

extension Denoiser {
  public var finestSigma: Double { 0 }

  /// The score ∇ log p_σ(x) = (D(x, σ) − x)/σ² of the prior smoothed with noise σ.
  public func score(_ x: Tensor, sigma: Double) throws -> Tensor {
    try (denoise(x, sigma: sigma) - x) / (sigma * sigma)
  }
}
