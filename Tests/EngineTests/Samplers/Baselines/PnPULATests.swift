import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct PnPULATests {
  /// With the exact denoiser of N(m, s²I) the drift is affine: −h·x + const with
  /// h = a²/σ_y² + α/(s² + ε) in a direction of singular value a. The chain is
  /// x⁺ = (1 − δh)·x + δ·g + √(2δ)·z, so its stationary law is N(g/h, 2/(h·(2 − δh))), and after n
  /// steps from x₀ the mean is g/h + (1−δh)ⁿ(x₀ − g/h), the variance shorter by (1 − δh)²ⁿ.
  struct Law {
    var (a, y, sigma, epsilon, alpha, delta) = (1.0, 0.5, 0.2, 0.04, 1.0, 0.01)
    var (m, s2) = (0.2, 0.09)

    var h: Double { a * a / (sigma * sigma) + alpha / (s2 + epsilon) }
    var mean: Double { (a * y / (sigma * sigma) + alpha * m / (s2 + epsilon)) / h }
    var variance: Double { 2 / (h * (2 - delta * h)) }

    func moments(after steps: Int, from start: Double) -> (mean: Double, variance: Double) {
      let kept = pow(1 - delta * h, Double(steps))
      return (mean + kept * (start - mean), variance * (1 - kept * kept))
    }
  }

  /// The published settings, but for what a test gives.
  static func settings(
    iterations: Int = 10_000, denoiserSigma: Double = 10.0 / 255, alpha: Double = 1,
    delta: Double? = nil, lambda: Double? = nil, box: ClosedRange<Double> = -3...3,
    start: PnPULA.Start = .adjoint
  ) -> PnPULA.Settings {
    PnPULA.Settings(
      iterations: iterations, denoiserSigma: denoiserSigma, alpha: alpha, delta: delta,
      lambda: lambda, box: box, start: start)
  }

  private static func draws(
    _ law: Law, iterations: Int, start: PnPULA.Start, rows: Int = 32
  ) throws -> [Double] {
    let mask = (0..<64).map { Float($0 % 2) }
    let problem = InverseProblem(
      prior: try DPSTests.gaussian(),
      measurementOperator: try Inpainting(mask: InpaintingMask(values: mask, height: 8, width: 8)),
      measurement: try Tensor(mask.map { $0 * Float(law.y) }, shape: [1, 1, 8, 8]),
      noise: .gaussian(sigma: law.sigma))
    let settings = Self.settings(
      iterations: iterations, denoiserSigma: law.epsilon.squareRoot(), alpha: law.alpha,
      delta: law.delta, lambda: 1, box: -50...50, start: start)
    let sampler = try PnPULA(settings, problem: problem)
    return try sampler.sample(problem, noise: BaselineTests.noise(Array(0..<rows))).x.doubles()
  }

  /// Seen and hidden pixels, at stationarity: (1 − δh)ⁿ is below 10⁻⁶ for both.
  @Test func theStationaryLawIsTheOneOfTheTheory() throws {
    let x = try Self.draws(Law(), iterations: 180, start: .zero)
    for parity in 0..<2 {
      var law = Law()
      law.a = Double(parity)
      #expect(pow(1 - law.delta * law.h, 180) < 1e-6)
      let own = x.enumerated().filter { $0.offset % 2 == parity }.map(\.element)
      let check = MomentCheck([own], means: [law.mean], variances: [law.variance])
      #expect(check.passes, "\(parity): \(check)")
      // The exact posterior is another law: the prior is smoothed by ε and the step is finite.
      let exact = 1 / (law.a * law.a / 0.04 + 1 / 0.09)
      let posterior = MomentCheck([own], means: [law.mean], variances: [exact])
      #expect(posterior.varianceDeviation > MomentCheck.limit, "\(parity)")
    }
  }

  /// After few steps the law is still that of the start: the state is the n-th, none before it.
  @Test(arguments: [1, 2, 7]) func theTransientIsTheOneOfTheTheory(steps: Int) throws {
    var law = Law()
    law.alpha = 0.5
    let x = try Self.draws(law, iterations: steps, start: .zero)
    let seen = x.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    let (mean, variance) = law.moments(after: steps, from: 0)
    let check = MomentCheck([seen], means: [mean], variances: [variance])
    #expect(check.passes, "\(check)")
    let broken = MomentCheck([seen], means: [mean], variances: [variance * 1.4])
    #expect(broken.varianceDeviation > MomentCheck.limit)
  }

  @Test func chainsStartWhereTheyShould() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    func start(_ start: PnPULA.Start) throws -> Tensor {
      let sampler = try PnPULA(Self.settings(iterations: 1, start: start), problem: problem)
      return try sampler.start(problem, noise: BaselineTests.noise([0, 1])).x
    }
    #expect(try start(.zero).largest() == 0)
    #expect(try start(.adjoint).row(1).bits() == problem.measurement.bits())
    #expect(try start(.noise).row(0).bits() != start(.noise).row(1).bits())
  }

  /// One step from far outside the box [−1, 1], the other terms being known: the pull is
  /// (δ/λ)(Π(x) − x).
  @Test func theBoxPullsBack() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    let wide = Self.settings(
      iterations: 1, denoiserSigma: 0.2, delta: 0.01, lambda: 0.05, box: -100...100)
    var narrow = wide
    narrow.box = -1...1
    let state = SamplerState(
      x: try Tensor.full(5, shape: [1] + DPSTests.shape), completedSteps: 0, evaluations: 0)
    let ends = try [wide, narrow].map {
      try PnPULA($0, problem: problem)
        .advance(state, problem: problem, noise: BaselineTests.noise([0])).x
    }
    let pull = try ends[1] - ends[0]
    #expect(try abs(pull.largest() - 0.01 / 0.05 * 4) < 1e-5)
  }

  /// δ = 1/(9·(‖A‖²/σ_y² + α/ε)), and the chain with it is stable.
  @Test func theStepFollowsFromTheProblem() throws {
    let problem = try DPSTests.problem(model: DPSTests.gaussian())
    let sampler = try PnPULA(Self.settings(iterations: 50), problem: problem)
    let curvature = 1 / 0.0025 + 1 / (10.0 / 255 * 10 / 255)
    #expect(abs(sampler.delta * 9 * curvature - 1) < 1e-6)
    #expect(abs(sampler.lambda * 2 * curvature - 1) < 1e-6)
    let x = try sampler.sample(problem, noise: BaselineTests.noise([0, 1])).x
    #expect(try x.largest() < 3)
  }

  /// A non-linear operator runs with a given step; its score is the derivative of the likelihood.
  @Test func nonLinearOperatorsNeedAStep() throws {
    let shape = [1, 1, 4]
    let model = try DPSTests.gaussian(shape: shape)
    let problem = InverseProblem(
      prior: model, measurementOperator: Squaring(),
      measurement: try Tensor.full(0.25, shape: [1] + shape), noise: .gaussian(sigma: 0.5))
    let settings = Self.settings(
      iterations: 1, denoiserSigma: 0.2, delta: 0.01, lambda: 1, start: .zero)
    let sampler = try PnPULA(settings, problem: problem)
    let x = try Tensor([Float(0.1), 0.5, -0.5, 1], shape: [1] + shape)
    let noise = RecordedNoise(rowCount: 1, arrays: [.langevin: [[0, 0, 0, 0]]])
    let state = SamplerState(x: x, completedSteps: 0, evaluations: 0)
    let next = try sampler.advance(state, problem: problem, noise: noise).x.doubles()
    for (after, before) in zip(next, [0.1, 0.5, -0.5, 1.0]) {
      let likelihood = 2 * before * (0.25 - before * before) / 0.25
      let prior = (0.2 - before) / (0.09 + 0.04)
      #expect(abs(after - before - 0.01 * (likelihood + prior)) < 1e-6)
    }
  }
}
