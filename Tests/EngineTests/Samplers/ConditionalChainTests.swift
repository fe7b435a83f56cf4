import Foundation
import Synchronization
import Tensors
import Testing

@testable import Engine

/// samplers.md §7.6 A1: one dimension, A the identity, everything Gaussian.
@Suite struct ConditionalChainTests {
  static let (sigma, estimate, y, tau) = (0.2, 0.3, 1.0, 0.1)

  private static func problem(_ shape: [Int], denoiser: (any Denoiser)? = nil) throws
    -> InverseProblem
  {
    let prior = try DPSTests.gaussian(shape: shape)
    return InverseProblem(
      model: prior, denoiser: denoiser ?? prior, measurementOperator: Denoising(),
      measurement: try Tensor.full(y, shape: [1] + shape), noise: .clean)
  }

  /// Where a chain ends from x̂0 = 0.3.
  private static func end(
    _ chain: ConditionalChain, rate: Double, shape: [Int], noise: any NoiseSource
  ) throws -> [Double] {
    let problem = try problem(shape)
    let x = try Tensor.full(estimate, shape: [noise.rowCount] + shape)
    var state = try chain.start(
      estimate: x, noisy: x, sigma: sigma, level: 0, denoiser: problem.denoiser, noise: noise)
    for step in 0..<chain.stepCount {
      state = try chain.step(state, problem: problem, rate: rate, draw: step, noise: noise)
    }
    return try state.x.doubles()
  }

  /// Mean and standard deviation of a linear chain without chance: pixel j gets a one in draw j and
  /// zeros else, pixel 0 nothing, so what differs is the weight of the draw.
  private static func moments(
    _ chain: ConditionalChain, rate: Double
  ) throws -> (mean: Double, std: Double) {
    let draws = chain.stepCount + (chain.algorithm == .langevin ? 0 : 1)
    let units = (1...draws).map { draw in (0...draws).map { $0 == draw ? Float(1) : 0 } }
    let velocity = chain.algorithm == .langevin ? 0 : 1
    let noise = RecordedNoise(
      rowCount: 1,
      arrays: [
        .velocity: Array(units.prefix(velocity)), .langevin: Array(units.dropFirst(velocity)),
      ])
    let values = try end(chain, rate: rate, shape: [1, 1, draws + 1], noise: noise)
    let variance = values.reduce(0) { $0 + ($1 - values[0]) * ($1 - values[0]) }
    return (values[0], variance.squareRoot())
  }

  /// 1/λ of precision λ = w/τ² + 1/σ², and the mean of that law.
  private static func target(weight: Double) -> (mean: Double, std: Double) {
    let precision = weight / (tau * tau) + 1 / (sigma * sigma)
    let mean = (weight * y / (tau * tau) + estimate / (sigma * sigma)) / precision
    return (mean, 1 / precision.squareRoot())
  }

  /// The published numbers .9222222 and .06704486, the latter for the step 10⁻⁴; the start is
  /// forgotten to (1 − .0225)^600 = 10⁻⁶. 600 roundings of float32 make 10⁻⁵ at most.
  @Test func langevinHasThePublishedLaw() throws {
    let got = try Self.moments(ConditionalChain(stepCount: 600, tau: Self.tau), rate: 1e-4)
    #expect(abs(got.mean - 0.9222222) < 1e-5)
    #expect(abs(got.std - 0.06704486) < 1e-5)
  }

  /// ⟨x²⟩ of v' = m·v − √h·λx + √(2(1−m))·z, x' = x + √h·v', iterated.
  private static func hamiltonianStd(rate: Double, momentum: Double, precision: Double) -> Double {
    var (xx, xv, vv) = (0.0, 0.0, 1.0)
    let (root, pull) = (rate.squareRoot(), rate.squareRoot() * precision)
    for _ in 0..<20_000 {
      let square =
        momentum * momentum * vv - 2 * momentum * pull * xv + pull * pull * xx + 2 * (1 - momentum)
      let cross = momentum * xv - pull * xx
      (xx, xv, vv) = (xx + 2 * root * cross + root * root * square, cross + root * square, square)
    }
    return xx.squareRoot()
  }

  /// .0666667 and a bias of h·λ/4 relative and below it: that of the discrete chain, iterated.
  @Test(arguments: [0.1, 0.5, 0.9]) func hmcHasThePublishedLaw(momentum: Double) throws {
    let chain = ConditionalChain(
      .hamiltonian(momentum: momentum), stepCount: momentum > 0.8 ? 600 : 800, tau: Self.tau)
    let got = try Self.moments(chain, rate: 1e-4)
    let discrete = Self.hamiltonianStd(rate: 1e-4, momentum: momentum, precision: 225)
    #expect(abs(got.mean - 0.9222222) < 2e-5)
    #expect(abs(got.std - discrete) < 2e-5)
  }

  /// With the likelihood as derived τ is the deviation of the data, and the law that of `mh`.
  @Test func theDerivedLikelihoodHasNoFactorTwo() throws {
    let expected = Self.target(weight: 1)
    #expect(abs(expected.mean - 0.86) < 1e-9 && abs(expected.std - 0.08944272) < 1e-8)
    let chain = ConditionalChain(stepCount: 1000, tau: Self.tau, weight: .derived)
    let got = try Self.moments(chain, rate: 1e-4)
    let bias = 1 / (1 - 1e-4 * 125 / 2).squareRoot()
    #expect(abs(got.mean - expected.mean) < 1e-5)
    #expect(abs(got.std - expected.std * bias) < 1e-5)
  }

  /// 2000 chains, a proposal's deviation of .1, as in A1; 150 steps of an acceptance near one half
  /// forget the start.
  @Test(arguments: ConditionalChain.Weight.allCases)
  func metropolisHasThePublishedLaw(weight: ConditionalChain.Weight) throws {
    let chain = ConditionalChain(.metropolis, stepCount: 150, tau: Self.tau, weight: weight)
    let values = try Self.end(
      chain, rate: 0.01, shape: [1, 1, 1], noise: PooledNoise(rowCount: 2000, seed: 4))
    let check = MomentCheck([values], means: [0.86], variances: [0.008])
    #expect(check.passes, "\(check)")
    let published = MomentCheck([values], means: [0.9222222], variances: [0.06666667 * 0.06666667])
    #expect(!published.passes, "the check tells the two laws apart")
  }

  @Test func metropolisTellsWhoMoved() throws {
    let problem = try Self.problem([1, 1, 1])
    let chain = ConditionalChain(.metropolis, stepCount: 1, tau: Self.tau)
    let x = try Tensor.full(Self.estimate, shape: [3, 1, 1, 1])
    let noise = RecordedNoise(
      rowCount: 3, arrays: [.proposal: [[1, -1, -1]], .acceptance: [[0.999, 0.9, 0]]])
    let start = try chain.start(
      estimate: x, noisy: x, sigma: Self.sigma, level: 0, denoiser: problem.denoiser, noise: noise)
    let state = try chain.step(start, problem: problem, rate: 0.01, draw: 0, noise: noise)
    #expect(state.accepted == [true, false, true], "uphill, downhill, downhill with chance 0")
    let values = try state.x.doubles()
    #expect(abs(values[0] - 0.4) < 1e-6 && values[1] == Double(Float(0.3)))
    #expect(abs(values[2] - 0.2) < 1e-6)
  }

  // MARK: - What stands for the prior

  /// One step without noise from x̂0 with x_t elsewhere, against the formulas of samplers.md §4.4.
  @Test(arguments: ConditionalChain.PriorScore.allCases)
  func everyPriorScoreIsItsFormula(score: ConditionalChain.PriorScore) throws {
    let prior = try DPSTests.gaussian(mean: 0.2, std: 0.3, shape: [1, 1, 1])
    let problem = try Self.problem([1, 1, 1])
    let chain = ConditionalChain(
      stepCount: 2, tau: Self.tau, priorScore: score, leastSigma: 0.05, gradientLimit: 0.7)
    let (start, noisy, rate) = (0.3, 0.55, 1e-4)
    let zeros = [[Float]](repeating: [0], count: 2)
    let noise = RecordedNoise(rowCount: 1, arrays: [.langevin: zeros])
    var state = try chain.start(
      estimate: Tensor.full(start, shape: [1, 1, 1, 1]),
      noisy: Tensor.full(noisy, shape: [1, 1, 1, 1]), sigma: Self.sigma, level: 0, denoiser: prior,
      noise: noise)
    var x = start
    let variance = Self.sigma * Self.sigma
    let smoothed = { (x: Double, sigma: Double) in (0.2 - x) / (0.09 + sigma * sigma) }
    for step in 0..<2 {
      state = try chain.step(state, problem: problem, rate: rate, draw: step, noise: noise)
      let pull: Double =
        switch score {
        case .gaussian: (start - x) / variance
        case .atNoisy: smoothed(noisy, Self.sigma) + (noisy - x) / variance
        case .atEstimate: smoothed(start, 0.05) + (noisy - x) / variance
        case .exact: smoothed(x, 0.05) + (noisy - x) / variance
        }
      x += rate * (0.7 / (Self.tau * Self.tau) + pull)
      #expect(abs(try state.x.doubles()[0] - x) < 1e-6, "the data's gradient, −1.4, is limited")
    }
  }
}

// MARK: - The adjoint of the measurement

extension ConditionalChainTests {
  private static func scaled(_ scaling: Scaling) throws -> InverseProblem {
    let plain = try problem([1, 1, 1])
    return InverseProblem(
      model: plain.model, denoiser: plain.denoiser, measurementOperator: scaling,
      measurement: plain.measurement, noise: plain.noise)
  }

  @Test(arguments: [nil, 0.7]) func theAdjointOfTheMeasurementIsMadeOnce(limit: Double?) throws {
    let scaling = Scaling(factor: 2)
    let problem = try Self.scaled(scaling)
    let chain = ConditionalChain(stepCount: 3, tau: Self.tau, gradientLimit: limit)
    let x = try Tensor.full(Self.estimate, shape: [2, 1, 1, 1])
    let noise = PooledNoise(rowCount: 2, seed: 1)
    var state = try chain.start(
      estimate: x, noisy: x, sigma: Self.sigma, level: 0, denoiser: problem.denoiser, noise: noise)
    for step in 0..<3 {
      state = try chain.step(state, problem: problem, rate: 1e-4, draw: step, noise: noise)
    }
    #expect(scaling.adjointCount == 1)
  }

  /// ∇(kx − y)² = 2k(kx − y) for the operator of each step; a few roundings of float32.
  /// τ²/(w‖A‖²) but for the least noise level; power iteration of a multiple of the identity is exact.
  @Test(arguments: ConditionalChain.Weight.allCases)
  func theStepSizeFollowsFromTheOperator(weight: ConditionalChain.Weight) throws {
    let chain = ConditionalChain(stepCount: 3, tau: 0.01, weight: weight)
    let levels = [10, 0.5, 0.1, 0]
    let w = weight == .published ? 2.0 : 1
    let rate = try chain.settlingRate(Self.scaled(Scaling(factor: 2)), levels: levels)
    #expect(abs(rate * (w * 4 * 1e4 + 100) - 1) < 1e-6)
    let phases = try DAPSTests.problem(
      PhaseRetrieval(inputRange: .zeroToOne, imageShape: DAPSTests.shape),
      denoiser: DPSTests.gaussian())
    let error = #expect(throws: SamplerError.self) {
      try chain.settlingRate(phases, levels: levels)
    }
    #expect(error?.description.contains("sampler.mcmc.lr") == true)
  }

  @Test func anOperatorDrawnAnewHasItsOwn() throws {
    let problem = try Self.scaled(Scaling(factor: 2))
    let x = try Tensor.full(Self.estimate, shape: [2, 1, 1, 1])
    let noise = PooledNoise(rowCount: 2, seed: 1)
    for step in [1, 5, 3] {
      let loss = try MeasurementLoss(problem.drawn(step: step, noise: noise), gradientLimit: nil)
      let k = Double(step)
      let expected = 2 * k * (k * Self.estimate - Self.y)
      for value in try Tensor.weightedSum(loss.gradientTerms(at: x)).doubles() {
        #expect(abs(value - expected) < 1e-5)
      }
    }
  }
}

/// y = factor·x, which counts its adjoints; at a step the factor is its number.
private final class Scaling: LinearOperator, RedrawnOperator {
  private let factor: Double
  private let count = Mutex(0)

  init(factor: Double) { self.factor = factor }

  var adjointCount: Int { count.withLock { $0 } }

  func measurementShape(ofImage image: [Int]) -> [Int] { image }
  func apply(_ x: Tensor) throws -> Tensor { try x * factor }
  func normal(_ x: Tensor) throws -> Tensor { try x * (factor * factor) }
  func moved(to device: Device) -> Self { self }

  func adjoint(_ y: Tensor) throws -> Tensor {
    count.withLock { $0 += 1 }
    return try y * factor
  }

  func drawn(seed: UInt64, image: UInt64) -> Self { self }

  func drawn(step: Int, noise: any NoiseSource) -> any MeasurementOperator {
    Scaling(factor: Double(step))
  }
}

/// Noise of all rows from one stream: quick, for many short rows.
struct PooledNoise: NoiseSource {
  let rowCount: Int
  let seed: UInt64

  private func stream(_ purpose: NoisePurpose, _ step: Int) -> NoiseStream {
    NoiseStream(seed: seed, image: 77, purpose: purpose, step: UInt32(step))
  }

  func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    stream(purpose, step).normals(rowShape.reduce(rowCount, *))
  }

  func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
    stream(purpose, step).uniforms(rowShape.reduce(rowCount, *))
  }
}
