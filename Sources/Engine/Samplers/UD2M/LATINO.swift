import Tensors

/// LATINO's Markov kernel as a sampler: noise, prior, proximal step, many times.
///
/// u = G(x + σ_δ·n), x ← argmin_z ‖y − A z‖²/(2σ_y²) + ‖z − u‖²/(2δ). With G a map that leaves the
/// prior invariant and σ_δ² = 2δ, the chain has the posterior as its law as δ → 0; what it has at
/// larger δ, or with a one-step denoiser as G, the documentation states for Gaussians.
/// Source: arXiv 2503.12615; the kernel that UD2M unfolds.
public struct LATINO: Sampler {
  /// What takes x + σ_δ·n back to clean images.
  public enum Transport: Sendable, Equatable {
    /// The denoiser itself: the posterior mean, UD2M's choice.
    case denoiser
    /// The probability-flow ODE from σ_δ to 0 in so many Heun steps.
    case flow(steps: Int)
  }

  public let stepCount: Int
  /// δ.
  public let delta: Double
  /// σ_δ²/δ: 2 of the Langevin diffusion, 1 of UD2M.
  public let noiseRatio: Double
  let transport: Transport

  /// - Throws: ``SamplerError/setting(_:)`` for a count, δ or ratio that is not positive.
  public init(
    iterations: Int, delta: Double, noiseRatio: Double, transport: Transport
  ) throws {
    guard iterations > 0, delta > 0, noiseRatio > 0, delta.isFinite, noiseRatio.isFinite else {
      throw SamplerError.setting("latino needs iterations, delta and noise_ratio above 0")
    }
    stepCount = iterations
    self.delta = delta
    self.noiseRatio = noiseRatio
    self.transport = transport
  }

  /// σ_δ.
  public var noiseSigma: Double { (noiseRatio * delta).squareRoot() }

  public func check(_ problem: InverseProblem) throws { _ = try measurement(problem) }

  /// From the first estimate of y (``UD2MMeasurement/firstEstimate(imageShape:)``), every row alike.
  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    let shape = problem.denoiser.imageShape
    let x = try measurement(problem).firstEstimate(imageShape: shape)
    return SamplerState(
      x: try x.expanded([noise.rowCount] + shape).contiguous(), completedSteps: 0,
      evaluations: 0)
  }

  /// `x0Hat` of the state is u, before the proximal step.
  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let n = try noise.normalTensor(purpose: .latino, step: state.completedSteps, like: state.x)
    let u = try transported(state.x + n * noiseSigma, problem.denoiser)
    let x = try measurement(problem).proximal(u, nil, lambda: 1, rho: delta.squareRoot())
    return state.advanced(x: x, x0Hat: u, evaluations: evaluations)
  }

  private var evaluations: Int {
    switch transport {
    case .denoiser: 1
    case .flow(let steps): 2 * steps - 1
    }
  }

  private func measurement(_ problem: InverseProblem) throws -> UD2MMeasurement {
    // For JPEG the steps of UD2M as published, which LATINO's authors do not treat.
    try UD2MMeasurement(
      problem.measurementOperator, y: problem.measurement,
      sigma: problem.gaussianSigma(for: "latino"), imageShape: problem.denoiser.imageShape,
      form: .exact, descent: NormalizedDescent(iterations: 50, step: 0.01), sampler: "latino")
  }

  // MARK: - Transport

  private func transported(_ x: Tensor, _ denoiser: any Denoiser) throws -> Tensor {
    guard case .flow(let steps) = transport else {
      return try denoiser.denoise(x, sigma: noiseSigma)
    }
    return try (0..<steps).reduce(x) { try flowStep($0, $1, of: steps, denoiser) }
  }

  /// One Heun step of dx/dσ = (x − D(x, σ))/σ on equal steps of σ; the last, to 0, is an Euler
  /// step, where the slope is unknown.
  private func flowStep(
    _ x: Tensor, _ index: Int, of steps: Int, _ denoiser: any Denoiser
  ) throws -> Tensor {
    let sigma = noiseSigma * (1 - Double(index) / Double(steps))
    let next = noiseSigma * (1 - Double(index + 1) / Double(steps))
    let slope = try (x - denoiser.denoise(x, sigma: sigma)) / sigma
    let proposal = try x + slope * (next - sigma)
    guard index + 1 < steps else { return proposal }
    let end = try (proposal - denoiser.denoise(proposal, sigma: next)) / next
    return try x + (slope + end) * ((next - sigma) / 2)
  }
}
