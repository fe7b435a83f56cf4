import Foundation
import Tensors
import Testing

@testable import Engine

/// The law of annealed Langevin dynamics where it is known: a prior N(0, 1) on every pixel.
///
/// With the linear schedule, N(0, 1) stays N(0, 1) at every step, so the finest score is −x exactly.
@Suite struct AnnealedLangevinLawTests {
  static let shape = [1, 8, 8]
  static let size = 64

  static func prior(shape: [Int] = shape) throws -> GaussianPrior {
    try DPSTests.gaussian(mean: 0, std: 1, shape: shape)
  }

  static func problem(_ y: [Float], sigma: Double, shape: [Int] = shape) throws -> InverseProblem {
    InverseProblem(
      prior: try prior(shape: shape), measurementOperator: Denoising(),
      measurement: try Tensor(y, shape: [1] + shape), noise: .gaussian(sigma: sigma))
  }

  /// Mean and variance of x, and its covariance with the offset of the measurement, step by step.
  struct Law {
    var mean: Double
    var variance: Double
    var covariance = 0.0
    var offset = 0.0

    /// x' = x·(1 − h(1 + 1/v + 1/w)) + h·(y + offset)/v + h·x̃/w + √(2h)·z.
    mutating func step(
      _ h: Double, variance v: Double, y: Double, image: (value: Double, precision: Double) = (0, 0)
    ) {
      let kept = 1 - h * (1 + 1 / v + image.precision)
      let gain = h / v
      variance =
        kept * kept * variance + 2 * kept * gain * covariance + gain * gain * offset + 2 * h
      covariance = kept * covariance + gain * offset
      mean = kept * mean + gain * y + h * image.value * image.precision
    }

    /// Down to the level whose offset has this variance: the draw taken away knows of x what its
    /// share of the offset knew.
    mutating func descend(to next: Double) {
      covariance *= offset > 0 ? next / offset : 0
      offset = next
    }

    mutating func run(
      _ ladder: VarianceLadder, h: Double, stepsPerLevel: Int, y: Double,
      image: (value: Double, precision: Double) = (0, 0)
    ) {
      offset = ladder.variances[ladder.levels - 1] - ladder.variances[0]
      for v in ladder.variances.reversed() {
        descend(to: v - ladder.variances[0])
        for _ in 0..<stepsPerLevel { step(h, variance: v, y: y, image: image) }
      }
    }
  }

  // MARK: - A4

  static let a4 = (levels: 12, factor: 0.3, stepsPerLevel: 20, h: 0.01)
  static let measured = [-1.2, 0.4, 2.0]

  private static func ladder() throws -> VarianceLadder {
    try VarianceLadder(levels: a4.levels, factor: a4.factor, noiseVariance: 0.09)
  }

  /// Algorithm 1 ends in the posterior N(y/1.09, 0.09/1.09). Steps of h widen the variance by
  /// 1/(1 − hλ/2), λ = 1 + 1/0.09; of the levels before, (1 − hλ)²⁰ = 8 % are remembered.
  @Test func annealedLangevinEndsInThePosterior() throws {
    let ladder = try Self.ladder()
    let y = (0..<Self.size).map { Float(Self.measured[$0 % 3]) }
    let problem = try Self.problem(y, sigma: 0.3)
    let reverse = try DPSTests.reverse(steps: 10, variance: .fixedLarge)
    let sampler = try AnnealedLangevin(
      reverse, start: nil, ladder: ladder, chain: .coupled, dynamics: .paper,
      stepSize: .constant(Self.a4.h), stepsPerLevel: Self.a4.stepsPerLevel)
    let laws = Self.measured.map { y in
      var law = Law(mean: 0, variance: 1 - reverse.process.tables.beta[0])
      law.run(ladder, h: Self.a4.h, stepsPerLevel: Self.a4.stepsPerLevel, y: y)
      return law
    }
    let lambda = 1 + 1 / 0.09
    for (law, y) in zip(laws, Self.measured) {
      #expect(abs(law.mean - y / 1.09) < 0.005)
      #expect(abs(law.variance * lambda * (1 - Self.a4.h * lambda / 2) - 1) < 0.005)
    }
    let check = try Self.check(sampler, problem, laws)
    #expect(check.passes, "\(check)")
  }

  private static func check(
    _ sampler: any Sampler, _ problem: InverseProblem, _ laws: [Law], rows: Int = 48
  ) throws -> MomentCheck {
    let noise = try PhiloxNoise(seed: 81, image: 82, samples: Array(0..<rows))
    let values = try sampler.sample(problem, noise: noise).x.doubles()
    let draws = (0..<3).map { kind in
      values.indices.filter { $0 % size % 3 == kind }.map { values[$0] }
    }
    return MomentCheck(draws, means: laws.map(\.mean), variances: laws.map(\.variance))
  }

  // MARK: - A5

  /// Plain Langevin dynamics from the prior first loses its spread: averaged over y ~ N(0, 1 + η²), its variance
  /// falls to 1 − 1/(2(1 + η²)) at the time η²·ln 2/(1 + η²), and returns. That is why to anneal.
  /// With y = ±√(1 + η²) the average over y is exact.
  @Test(arguments: [(0.3, 57), (1.0, 80)]) func plainLangevinDipsFirst(
    eta: Double, steps: Int
  ) throws {
    let shape = [1, 64, 64]
    let spread = (1 + eta * eta).squareRoot()
    let y = (0..<4096).map { Float($0 % 2 == 0 ? spread : -spread) }
    let problem = try Self.problem(y, sigma: eta, shape: shape)
    let h = eta * eta * log(2.0) / (1 + eta * eta) / Double(steps)
    let start = NormalStart()
    let sampler = try AnnealedLangevin(
      DPSTests.reverse(steps: 10), start: .init(start, renoising: nil),
      ladder: VarianceLadder(levels: 1, factor: 1, noiseVariance: eta * eta),
      chain: .coupled, dynamics: .paper, stepSize: .constant(h), stepsPerLevel: steps)
    var law = Law(mean: 0, variance: 1)
    for _ in 0..<steps { law.step(h, variance: eta * eta, y: spread) }
    let averaged = law.variance + law.mean * law.mean
    let dip = 1 - 1 / (2 * (1 + eta * eta))
    #expect(abs(averaged - dip) < h * (1 + 1 / (eta * eta)), "the steps' own error is of order hλ")

    let noise = try PhiloxNoise(seed: 83, image: 84, samples: [0])
    let values = try sampler.sample(problem, noise: noise).x.doubles()
    let signed = values.enumerated().map { $0.offset % 2 == 0 ? $0.element : -$0.element }
    let check = MomentCheck([signed], means: [law.mean], variances: [law.variance])
    #expect(check.passes, "\(check)")
    let second = values.reduce(0) { $0 + $1 * $1 } / 4096
    let fourth = 2 * law.variance * law.variance + 4 * law.variance * law.mean * law.mean
    #expect(abs(second - averaged) < 5 * (fourth / 4096).squareRoot())
    #expect(second < 0.9, "the variance of the prior is 1, and so is that of the posterior")
  }

  // MARK: - Algorithms 2 and 3

  /// From a start x₀, x̃ = x₀ + σz is a measurement of x as y is one: the result has the precision
  /// λ = 1 + 1/η² + 1/σ² and a mean that follows x̃ with 1/(σ²λ); x̃ itself has the variance σ². Of the start
  /// (1 − hλ)⁶⁰ = 1.5·10⁻⁶ is left.
  @Test func theNoisedStartCountsAsAMeasurement() throws {
    let problem = try Self.problem([Float](repeating: 1, count: Self.size), sigma: 0.3)
    let reverse = try DPSTests.reverse(steps: 10, variance: .fixedLarge)
    let level = 1
    let sigma = reverse.process.tables.sigma[level]
    let ladder = try VarianceLadder(levels: 1, factor: 1, noiseVariance: 0.09)
    let image = 0.5
    let lambda = 1 + 1 / 0.09 + 1 / (sigma * sigma)
    let h = 0.2 / lambda
    let without = Law(mean: 1 / 1.09, variance: 0.09 / 1.09)
    for staysMeasured in [true, false] {
      let renoising = AnnealedLangevin.Renoising(
        level: level, firstStep: level, staysMeasured: staysMeasured)
      let sampler = try AnnealedLangevin(
        reverse, start: .init(ConstantStart(value: image), renoising: renoising), ladder: ladder,
        chain: .coupled, dynamics: .paper, stepSize: .constant(h), stepsPerLevel: 60)
      let precision = staysMeasured ? 1 / (sigma * sigma) : 0
      var law = Law(mean: 0, variance: 0)
      law.run(ladder, h: h, stepsPerLevel: 60, y: 1, image: (image, precision))
      #expect(
        abs(law.mean - (1 / 0.09 + image * precision) / (1 + 1 / 0.09 + precision)) < 1e-3)
      let follows = precision / lambda
      law.variance += follows * follows * sigma * sigma
      let check = try Self.check(sampler, problem, [law, law, law])
      #expect(check.passes, "\(check)")
      let other = try Self.check(sampler, problem, [without, without, without])
      #expect((other.meanDeviation < MomentCheck.limit) == !staysMeasured)
    }
  }

  /// Noising a posterior sample and drawing from p(x | y, x̃) is a Gibbs step, which leaves the posterior as it is:
  /// 1/λ + Var(x̃)/(σ²λ)² with Var(x̃) = 0.09/1.09 + σ² is 0.09/1.09 again. Steps of h = 0.04/λ widen 1/λ by 2 %.
  @Test func anExactStartStaysExact() throws {
    let y = (0..<Self.size).map { Float(Self.measured[$0 % 3]) }
    let problem = try Self.problem(y, sigma: 0.3)
    let reverse = try DPSTests.reverse(steps: 10, variance: .fixedLarge)
    let sigma = reverse.process.tables.sigma[1]
    let (posterior, precision) = (0.09 / 1.09, 1 / (sigma * sigma))
    let lambda = 1 / posterior + precision
    let sampler = try AnnealedLangevin(
      reverse,
      start: .init(ExactSampler(try ExactPosterior(problem)), renoising: .paper(level: 1)),
      ladder: VarianceLadder(levels: 1, factor: 1, noiseVariance: 0.09),
      chain: .coupled, dynamics: .paper, stepSize: .constant(0.04 / lambda), stepsPerLevel: 200)
    let follows = precision / lambda
    let variance = 1 / (lambda * 0.98) + follows * follows * (posterior + sigma * sigma)
    let laws = Self.measured.map { Law(mean: $0 / 1.09, variance: variance) }
    let check = try Self.check(sampler, problem, laws)
    #expect(check.passes, "\(check)")
  }
}

/// A start of independent standard normals, with no steps.
private struct NormalStart: Sampler {
  var stepCount: Int { 0 }

  func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    let x = try noise.normalTensor(purpose: .initial, step: 0, rowShape: problem.model.imageShape)
    return SamplerState(x: x, completedSteps: 0, evaluations: 0)
  }

  func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState { state }
}

/// A start that is the same everywhere, with no steps.
private struct ConstantStart: Sampler {
  let value: Double
  var stepCount: Int { 0 }

  func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    let x = try Tensor.full(value, shape: [noise.rowCount] + problem.model.imageShape)
    return SamplerState(x: x, completedSteps: 0, evaluations: 0)
  }

  func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState { state }
}
