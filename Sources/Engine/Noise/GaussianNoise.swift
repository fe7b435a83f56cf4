import Tensors

/// Additive Gaussian noise: y = A(x) + σ·z with z standard normal.
public struct GaussianNoise: Sendable, Equatable {
  /// The standard deviation σ, on the scale [−1, 1] of images; 0 leaves measurements clean.
  public let sigma: Double

  /// - Throws: ``OperatorError/noiseSigma(_:)`` if σ is negative or not finite.
  public init(sigma: Double) throws(OperatorError) {
    guard sigma >= 0, sigma.isFinite else { throw .noiseSigma(sigma) }
    self.sigma = sigma
  }

  /// Adds noise to the clean measurement [1, …] of an image.
  ///
  /// The noise is keyed by the run and the image: it is the same for every sample.
  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - image: the key of the image.
  public func added(to clean: Tensor, seed: UInt64, image: UInt64) throws -> Tensor {
    let stream = NoiseStream(seed: seed, image: image, purpose: .measurement)
    let noise = try Tensor(stream.normals(clean.count), shape: clean.shape)
    return try added(to: clean, noise: noise.moved(to: clean.device))
  }

  /// Adds given standard normal noise, in the shape of the measurement.
  public func added(to clean: Tensor, noise: Tensor) throws -> Tensor {
    try clean + noise * sigma
  }
}
