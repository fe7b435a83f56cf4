import Foundation
import Tensors

/// Markov chains for p(x0 | x_t, y) ∝ p(y | x0)·p(x0 | x_t), started at an estimate x̂0 of x0.
///
/// The likelihood is exp(−w·‖A(x) − y‖²/(2τ²)). The published Langevin and Hamiltonian chains leave
/// out a factor ½, so w = 2 and the data count as if their deviation were τ/√2; the published
/// Metropolis chain and the older branch of the code have w = 1.
/// Source: DAPS (Zhang et al., CVPR 2025), `cores/mcmc.py`.
public struct ConditionalChain: Sendable, Equatable {
  /// One step of the chain from x, h being its size and g the gradient of the log density.
  public enum Algorithm: Sendable, Equatable {
    /// x ← x + h·g + √(2h)·z.
    case langevin
    /// v ← m·v + √h·g + √(2(1−m))·z, then x ← x + √h·v, from v ~ N(0, I).
    case hamiltonian(momentum: Double)
    /// x + √h·z, taken with the probability that keeps the law.
    case metropolis
  }

  /// What stands for ∇ log p(x0 | x_t).
  public enum PriorScore: String, Sendable, CaseIterable {
    /// That of N(x̂0, σ²): (x̂0 − x)/σ².
    case gaussian
    /// ∇log p_σ(x_t) + (x_t − x)/σ².
    case atNoisy = "score-t"
    /// ∇log p_m(x̂0) + (x_t − x)/σ² with the least noise m.
    case atEstimate = "score-min"
    /// ∇log p_m(x) + (x_t − x)/σ², one network evaluation a step.
    case exact
  }

  /// How much the data count.
  public enum Weight: String, Sendable, CaseIterable {
    /// As in the main branch of the published code: w = 2, but 1 for `metropolis`.
    case published
    /// w = 1: τ is the standard deviation of the data.
    case derived
  }

  let algorithm: Algorithm
  /// Steps S of one chain.
  public let stepCount: Int
  /// Standard deviation τ of the data.
  public let tau: Double
  let priorScore: PriorScore
  /// The least noise m at which the prior's score is asked for.
  public let leastSigma: Double
  let weight: Weight
  /// What every value of ∇‖A(x) − y‖² is limited to, ±.
  public let gradientLimit: Double?

  public init(
    _ algorithm: Algorithm = .langevin, stepCount: Int, tau: Double,
    priorScore: PriorScore = .gaussian, leastSigma: Double = 0.01, weight: Weight = .published,
    gradientLimit: Double? = nil
  ) {
    self.algorithm = algorithm
    self.stepCount = stepCount
    self.tau = tau
    self.priorScore = priorScore
    self.leastSigma = leastSigma
    self.weight = weight
    self.gradientLimit = gradientLimit
  }

  /// What the gradient of ‖A(x) − y‖² is multiplied with: w/(2τ²).
  var dataFactor: Double { (weight == .published ? 1 : 0.5) / (tau * tau) }

  /// The step size at which a Langevin step settles what a linear A sees best, 1/(w‖A‖²/τ² + 1/σ²) with the lowest
  /// noise level σ: what is published for the hole in an image, where ‖A‖ is 1, but for σ.
  ///
  /// - Throws: ``SamplerError/setting(_:)`` for an A that is not linear.
  public func settlingRate(_ problem: InverseProblem, levels: [Double]) throws -> Double {
    let norm = try problem.operatorNorm(for: "daps", orGive: "sampler.mcmc.lr")
    let lowest = levels.last { $0 > 0 } ?? .infinity
    return 1 / (2 * dataFactor * norm * norm + 1 / (lowest * lowest))
  }
}

extension ConditionalChain {
  /// Where a chain stands.
  public struct State: Sendable {
    /// The present x0, [B,C,H,W].
    public let x: Tensor
    /// σ of p(x0 | x_t).
    let sigma: Double
    /// Where the Gaussian part of the prior pulls to.
    let center: Tensor
    /// A score that stays the same for all steps.
    let fixedScore: Tensor?
    /// The velocity of a Hamiltonian chain.
    let velocity: Tensor?
    /// Which rows took the last proposal of a Metropolis chain.
    public let accepted: [Bool]?

    func moved(to x: Tensor, velocity: Tensor? = nil, accepted: [Bool]? = nil) -> State {
      State(
        x: x, sigma: sigma, center: center, fixedScore: fixedScore, velocity: velocity,
        accepted: accepted)
    }
  }

  /// Whether its steps follow the gradient of ‖A(x) − y‖².
  var needsGradient: Bool { if case .metropolis = algorithm { false } else { true } }

  /// Whether the prior's score is asked for at the least noise.
  var asksLeastSigma: Bool { priorScore == .atEstimate || priorScore == .exact }

  /// Evaluations of the denoiser for the start of a chain.
  public var startEvaluations: Int {
    priorScore == .atNoisy || priorScore == .atEstimate ? 1 : 0
  }

  /// Evaluations of the denoiser for each step.
  public var stepEvaluations: Int { priorScore == .exact ? 1 : 0 }

  /// A chain before its first step.
  ///
  /// - Parameters:
  ///   - estimate: x̂0, where it starts.
  ///   - noisy: x_t, of noise level `sigma`.
  ///   - level: the number of the annealing level.
  public func start(
    estimate: Tensor, noisy: Tensor, sigma: Double, level: Int, denoiser: any Denoiser,
    noise: any NoiseSource
  ) throws -> State {
    let place = try atRest(estimate: estimate, noisy: noisy, sigma: sigma, denoiser: denoiser)
    guard case .hamiltonian = algorithm else { return place }
    let velocity = try noise.normalTensor(purpose: .velocity, step: level, like: estimate)
    return place.moved(to: estimate, velocity: velocity)
  }

  /// A chain before its first step, its velocity not drawn yet.
  func atRest(
    estimate: Tensor, noisy: Tensor, sigma: Double, denoiser: any Denoiser
  ) throws -> State {
    let fixed =
      priorScore == .atEstimate ? try denoiser.score(estimate, sigma: leastSigma) : nil
    return State(
      x: estimate, sigma: sigma,
      center: try center(estimate: estimate, noisy: noisy, sigma: sigma, denoiser: denoiser),
      fixedScore: fixed, velocity: nil, accepted: nil)
  }

  /// ∇log p_σ(x_t) + (x_t − x)/σ² is (D(x_t, σ) − x)/σ².
  private func center(
    estimate: Tensor, noisy: Tensor, sigma: Double, denoiser: any Denoiser
  ) throws -> Tensor {
    switch priorScore {
    case .gaussian: estimate
    case .atNoisy: try denoiser.denoise(noisy, sigma: sigma)
    case .atEstimate, .exact: noisy
    }
  }

  /// The chain one step later.
  ///
  /// - Parameters:
  ///   - rate: the step size h.
  ///   - draw: the number of the step among all steps of all levels.
  public func step(
    _ state: State, problem: InverseProblem, rate: Double, draw: Int, noise: any NoiseSource
  ) throws -> State {
    if case .metropolis = algorithm {
      return try proposal(state, problem, rate: rate, draw: draw, noise: noise)
    }
    let kick = try noise.normalTensor(purpose: .langevin, step: draw, like: state.x)
    guard case .hamiltonian(let momentum) = algorithm else {
      let moved = try driftTerms(state, problem, keeping: 1, rate: rate)
      return state.moved(to: try .weightedSum(moved + [((2 * rate).squareRoot(), kick)]))
    }
    let kept = (momentum, state.velocity ?? kick)
    let drift = try driftTerms(state, problem, keeping: 0, rate: rate.squareRoot())
    let velocity = try Tensor.weightedSum(
      drift + [kept, ((2 * (1 - momentum)).squareRoot(), kick)])
    let x = try Tensor.weightedSum([(1, state.x), (rate.squareRoot(), velocity)])
    return state.moved(to: x, velocity: velocity)
  }

  private func loss(_ problem: InverseProblem) -> MeasurementLoss {
    MeasurementLoss(problem, gradientLimit: gradientLimit)
  }

  /// The terms of share·x + h·∇ log p(x | x_t, y).
  private func driftTerms(
    _ state: State, _ problem: InverseProblem, keeping share: Double, rate h: Double
  ) throws -> [(weight: Double, tensor: Tensor)] {
    let pull = h / (state.sigma * state.sigma)
    var terms = [(weight: share - pull, tensor: state.x), (pull, state.center)]
    terms += try loss(problem).gradientTerms(at: state.x).map { term in
      (-h * dataFactor * term.weight, term.tensor)
    }
    if let fixed = state.fixedScore { terms.append((h, fixed)) }
    if priorScore == .exact {
      terms.append((h, try problem.denoiser.score(state.x, sigma: leastSigma)))
    }
    return terms
  }

  // MARK: - Metropolis

  private func proposal(
    _ state: State, _ problem: InverseProblem, rate: Double, draw: Int, noise: any NoiseSource
  ) throws -> State {
    let kick = try noise.normalTensor(purpose: .proposal, step: draw, like: state.x)
    let proposed = try state.x + kick * rate.squareRoot()
    let (now, then) = (try energy(state.x, state, problem), try energy(proposed, state, problem))
    let chances = try noise.uniform(purpose: .acceptance, step: draw, rowShape: [])
    let accepted = chances.indices.map { log(Double(chances[$0])) < now[$0] - then[$0] }
    let taken = try Tensor(
      accepted.map { $0 ? Float(1) : 0 }, shape: [accepted.count, 1, 1, 1]
    ).sent(to: state.x.device)
    let x = try taken.isAtMost(0).choosing(state.x, else: proposed)
    return state.moved(to: x, accepted: accepted)
  }

  /// −log p(x | x_t, y) of each row, up to a constant; not a number for rows that are not finite.
  private func energy(
    _ x: Tensor, _ state: State, _ problem: InverseProblem
  ) throws -> [Double] {
    let away = try (x - state.center).reshaped([x.shape[0], -1]).squared().sum(over: [1])
    let (losses, distances) = (try loss(problem).value(x).doubles(), try away.doubles())
    return zip(losses, distances).map { loss, distance in
      loss / (2 * tau * tau) + distance / (2 * state.sigma * state.sigma)
    }
  }
}

// MARK: - Between two steps of a sampler

extension ConditionalChain.State {
  /// All of the state but its noise level.
  var tensors: [String: Tensor] {
    var tensors = ["x": x, "center": center]
    tensors["score"] = fixedScore
    tensors["velocity"] = velocity
    return tensors
  }

  /// The state with these tensors; `nil` where they are not those of a chain.
  init?(_ tensors: [String: Tensor], sigma: Double) {
    guard let x = tensors["x"], let center = tensors["center"] else { return nil }
    self.init(
      x: x, sigma: sigma, center: center, fixedScore: tensors["score"],
      velocity: tensors["velocity"], accepted: nil)
  }
}
