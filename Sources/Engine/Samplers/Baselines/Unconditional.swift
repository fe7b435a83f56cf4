import Tensors

/// Samples of the prior alone, by its reverse diffusion process: the measurement is not looked at.
///
/// The law is that of DPS with the conditioning `vanilla`. It shows what a prior knows before it
/// sees data, and is the yardstick that a posterior sampler has to be away from.
public struct Unconditional: Sampler {
  let reverse: ReverseProcess

  public init(_ reverse: ReverseProcess) { self.reverse = reverse }

  public var stepCount: Int { reverse.process.stepCount }

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    try .pureNoise(problem, noise: noise)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let t = stepCount - 1 - state.completedSteps
    let z = try noise.normalTensor(purpose: .step, step: t, like: state.x)
    let estimate = try reverse.evaluate(problem.model, at: state.x, step: t)
    return state.advanced(
      x: try reverse.step(estimate, x: state.x, at: t, noise: z), x0Hat: estimate.x0Hat,
      evaluations: 1)
  }
}

extension SamplerState {
  /// Standard normal images, where diffusion processes end and samplers start.
  static func pureNoise(
    _ problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let x = try noise.normalTensor(purpose: .initial, step: 0, rowShape: problem.model.imageShape)
    return SamplerState(
      x: try x.sent(to: problem.measurement.device), completedSteps: 0, evaluations: 0)
  }
}

extension ReverseProcess {
  /// Evaluates a prior at x_t and turns its answer into the reverse distribution of step `t`.
  func evaluate(_ model: any DiffusionModel, at x: Tensor, step t: Int) throws -> Estimate {
    let times = [Float](repeating: process.modelTime(at: t), count: x.shape[0])
    return try estimate(model.predict(x, times: times), x: x, at: t)
  }

  /// The noise ε for which x_t = √ᾱ·x0 + √(1−ᾱ)·ε.
  func noise(in x: Tensor, given x0: Tensor, at t: Int) throws -> Tensor {
    let bar = process.tables.alphaBar[t]
    return try (x - x0 * bar.squareRoot()) / (1 - bar).squareRoot()
  }
}
