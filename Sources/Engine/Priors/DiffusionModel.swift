import Tensors

/// What a prior's network says about noisy images.
public struct ModelOutput: Sendable {
  /// The prediction proper, [B,C,H,W]: ε, x0 or x_{t−1}, by the process's mean type.
  public let mean: Tensor
  /// The values that set the reverse variance, [B,C,H,W]; `nil` if the network gives none.
  public let variance: Tensor?

  public init(mean: Tensor, variance: Tensor? = nil) {
    self.mean = mean
    self.variance = variance
  }
}

/// A diffusion prior: the function that samplers evaluate.
///
/// Rows of a batch never influence each other.
public protocol DiffusionModel: Sendable {
  /// Shape [C,H,W] of the images the prior was made for.
  var imageShape: [Int] { get }

  /// Evaluates the prior.
  ///
  /// - Parameters:
  ///   - x: noisy images [B,C,H,W], float32, data in [−1,1] plus noise.
  ///   - times: a diffusion time per row, in steps of the original process (0 is cleanest); may
  ///     be fractional where the prior allows it.
  /// - Returns: float32 tensors through which gradients flow to `x`.
  func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput

  /// Finds that no gradient flows through a network from a file, before a sampler takes it for zero.
  ///
  /// - Throws: ``UnfitModule``; never by default.
  func checkGradient() throws
}

extension DiffusionModel {
  public func checkGradient() throws {}
}
