import Tensors

/// Langevin dynamics for p(x)·N(y; A x, v·I)·N(x; x̃, σ²·I): the steps of annealed Langevin.
public struct LangevinDynamics: Sendable {
  /// At which noise level the prior's score is taken.
  public enum ScoreLevel: Sendable, Equatable {
    /// At the finest step of the process, t = 0, as published: −ε(x, 0)/√(1 − ᾱ_0). With the linear
    /// schedule of 1000 steps that is the prior smoothed with σ = 0.01.
    case finestStep
    /// Of the prior smoothed with this σ.
    case sigma(Double)
  }

  /// What carries a residual y − A x back to an image.
  public enum Transpose: Sendable {
    /// The adjoint; for non-linear operators that of the derivative at x.
    case adjoint
    /// What the published code takes for it; see ``PublishedTranspose``.
    case published
  }

  var scoreLevel: ScoreLevel
  var transpose: Transpose
  /// Whether x is clamped to [−1, 1] after every step.
  public var clamps: Bool

  public init(scoreLevel: ScoreLevel, transpose: Transpose, clamps: Bool) {
    self.scoreLevel = scoreLevel
    self.transpose = transpose
    self.clamps = clamps
  }

  /// A noisy view of the image itself, x̃ = x + σ·z (Algorithm 2).
  public struct ImageMeasurement: Sendable {
    /// x̃, [B,C,H,W].
    public let image: Tensor
    /// σ².
    public let variance: Double
  }

  /// Everything one step computes, for tests against the published code.
  public struct Step: Sendable {
    /// ∇ log p(x).
    public let score: Tensor
    /// ∇ log N(y; A x, v·I).
    public let likelihoodGradient: Tensor
    /// E[x0 | x] at the level of the score.
    public let x0Hat: Tensor
    /// x after the step, clamped where ``LangevinDynamics/clamps`` says so.
    public let next: Tensor
  }

  /// x + h·(∇ log p + ∇ log N(y; A x, v·I) + (x̃ − x)/σ²) + √(2h)·noise.
  ///
  /// - Parameters:
  ///   - y: the measurement of the level, [1, …] or a row for each row of x.
  ///   - variance: v.
  ///   - stepSize: h.
  ///   - noise: standard normal, in the shape of `x`.
  public func step(
    _ x: Tensor, problem: InverseProblem, reverse: ReverseProcess, measurement y: Tensor,
    variance: Double, image: ImageMeasurement? = nil, stepSize: Double, noise: Tensor
  ) throws -> Step {
    let (score, x0Hat) = try scoreLevel.score(x, problem: problem, reverse: reverse)
    let pull = try residualCarriedBack(x, y, problem) / variance
    var drift = try score + pull
    if let image { drift = try drift + (image.image - x) / image.variance }
    let moved = try x + drift * stepSize + noise * (2 * stepSize).squareRoot()
    return Step(
      score: score, likelihoodGradient: pull, x0Hat: x0Hat,
      next: clamps ? try moved.clamped(to: -1...1) : moved)
  }

  /// Aᵀ(y − A x).
  private func residualCarriedBack(
    _ x: Tensor, _ y: Tensor, _ problem: InverseProblem
  ) throws -> Tensor {
    switch transpose {
    case .published:
      let published = try problem.publishedTranspose(for: AnnealedLangevin.codeName)
      return try published.publishedTranspose(y) - published.publishedTranspose(published.apply(x))
    case .adjoint:
      if let linear = problem.measurementOperator as? any LinearOperator {
        return try linear.adjoint(y - linear.apply(x))
      }
      return try valueAndGradient(at: x) { x in
        let residual = try y - problem.measurementOperator.apply(x)
        return try residual.reshaped([x.shape[0], -1]).squared().sum(over: [1]) * -0.5
      }.gradient
    }
  }
}

extension LangevinDynamics.ScoreLevel {
  /// ∇ log p(x) and E[x0 | x].
  func score(
    _ x: Tensor, problem: InverseProblem, reverse: ReverseProcess
  ) throws -> (score: Tensor, x0Hat: Tensor) {
    switch self {
    case .sigma(let sigma):
      let x0Hat = try problem.denoiser.denoise(x, sigma: sigma)
      return (try (x0Hat - x) / (sigma * sigma), x0Hat)
    case .finestStep:
      let output = try reverse.predict(x, at: 0, model: problem.model).mean
      let alphaBar = reverse.process.tables.alphaBar[0]
      guard reverse.meanType == .epsilon else {
        return (try (output * alphaBar.squareRoot() - x) / (1 - alphaBar), output)
      }
      let score = try output * (-1 / (1 - alphaBar).squareRoot())
      return (score, try (x + score * (1 - alphaBar)) / alphaBar.squareRoot())
    }
  }
}
