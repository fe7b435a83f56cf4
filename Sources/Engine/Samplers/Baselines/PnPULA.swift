import Tensors

/// The plug-and-play unadjusted Langevin algorithm, PnP-ULA (Laumont et al., SIAM J. Imaging Sci.
/// 2022).
///
/// x⁺ = x + δ∇log p(y|x) + (αδ/ε)(D_ε(x) − x) + (δ/λ)(Π_C(x) − x) + √(2δ)·z with a denoiser D_ε for
/// noise of variance ε and the box C. Every sample is the last state of a chain of its own, so
/// samples are independent, and all states before the last are burn-in.
public struct PnPULA: Sampler {
  /// Where a chain starts.
  public enum Start: String, Sendable, CaseIterable {
    /// Aᵀy, the same for every chain; for linear operators.
    case adjoint
    /// Mid-grey, the same for every chain.
    case zero
    /// Standard normal images, another for every chain.
    case noise
  }

  /// The parameters of the chain.
  public struct Settings: Sendable, Equatable {
    /// Length of a chain.
    public var iterations: Int
    /// √ε, the noise level of the denoiser.
    public var denoiserSigma: Double
    /// α, the weight of the prior.
    public var alpha: Double
    /// δ, the step; `nil` for (1/3)/(L_y + α/ε + 1/λ) with L_y = ‖A‖²/σ_y².
    public var delta: Double?
    /// λ of the pull back into the box; `nil` for 1/(2(L_y + α/ε)).
    public var lambda: Double?
    /// The box C; values inside are not pulled.
    public var box: ClosedRange<Double>
    var start: Start

    public init(
      iterations: Int, denoiserSigma: Double, alpha: Double, delta: Double?, lambda: Double?,
      box: ClosedRange<Double>, start: Start
    ) {
      self.iterations = iterations
      self.denoiserSigma = denoiserSigma
      self.alpha = alpha
      self.delta = delta
      self.lambda = lambda
      self.box = box
      self.start = start
    }
  }

  let settings: Settings
  /// δ.
  public let delta: Double
  /// λ.
  public let lambda: Double

  /// Sets the sampler up for one problem; computes ‖A‖ where δ or λ follow from it.
  ///
  /// - Throws: ``SamplerError`` if they do and A is not linear, or noise is not Gaussian.
  public init(_ settings: Settings, problem: InverseProblem) throws {
    let sigma = try problem.gaussianSigma(for: "pnp-ula")
    try problem.checkLevel(settings.denoiserSigma, setting: "denoiser_sigma")
    self.settings = settings
    if let delta = settings.delta, let lambda = settings.lambda {
      (self.delta, self.lambda) = (delta, lambda)
      return
    }
    let norm = try problem.operatorNorm(
      for: "pnp-ula", orGive: "sampler.delta and sampler.lambda")
    let prior = settings.alpha / (settings.denoiserSigma * settings.denoiserSigma)
    let curvature = norm * norm / (sigma * sigma) + prior
    lambda = settings.lambda ?? 1 / (2 * curvature)
    delta = settings.delta ?? 1 / (3 * (curvature + 1 / lambda))
  }

  public var stepCount: Int { settings.iterations }

  public func check(_ problem: InverseProblem) throws {
    _ = try problem.gaussianSigma(for: "pnp-ula")
    try problem.measurementOperator.checkGradient()
    if settings.start == .adjoint {
      _ = try problem.linearOperator(for: "pnp-ula, start: adjoint")
    }
  }

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    guard settings.start != .noise else { return try .pureNoise(problem, noise: noise) }
    let shape = [noise.rowCount] + problem.model.imageShape
    let x =
      settings.start == .zero
      ? try Tensor.full(0, shape: shape, device: problem.measurement.device)
      : try problem.linearOperator(for: "pnp-ula, start: adjoint").adjoint(problem.measurement)
        .expanded(shape)
    return SamplerState(x: x, completedSteps: 0, evaluations: 0)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let x = state.x
    let epsilon = settings.denoiserSigma * settings.denoiserSigma
    let denoised = try problem.denoiser.denoise(x, sigma: settings.denoiserSigma)
    let inside = try x.clamped(to: settings.box)
    let z = try noise.normalTensor(purpose: .langevin, step: state.completedSteps, like: x)
    let next =
      try x + likelihoodScore(x, problem) * delta
      + (denoised - x) * (settings.alpha * delta / epsilon) + (inside - x) * (delta / lambda)
      + z * (2 * delta).squareRoot()
    return state.advanced(x: next, x0Hat: denoised, evaluations: 1)
  }

  /// ∇log p(y|x) = −∇‖y − A(x)‖²/(2σ_y²).
  private func likelihoodScore(_ x: Tensor, _ problem: InverseProblem) throws -> Tensor {
    let sigma = try problem.gaussianSigma(for: "pnp-ula")
    let variance = sigma * sigma
    if let linear = problem.measurementOperator as? any LinearOperator {
      return try linear.adjoint(problem.measurement - linear.apply(x)) / variance
    }
    let rows = x.shape[0]
    return try valueAndGradient(at: x) { x in
      let residual = try problem.measurement - problem.measurementOperator.apply(x)
      return try residual.squared().reshaped([rows, -1]).sum(over: [1]) * (-0.5 / variance)
    }.gradient
  }
}
