import Foundation
import Synchronization
import Tensors
import Testing

@testable import Engine

@Suite struct DPSTests {
  static let shape = [1, 8, 8]

  static func reverse(
    steps: Int = 100, variance: VarianceType = .fixedSmall, rule: StepRule = .ddpm,
    clips: Bool = false
  ) throws -> ReverseProcess {
    ReverseProcess(
      try DiffusionProcess(schedule: .linear, respacing: .sections([steps])),
      meanType: .epsilon, varianceType: variance, rule: rule, clipsDenoised: clips)
  }

  static func gaussian(
    mean: Double = 0.2, std: Double = 0.3, shape: [Int] = shape
  ) throws -> GaussianPrior {
    try GaussianPrior(
      imageShape: shape, mean: [Double](repeating: mean, count: shape.reduce(1, *)),
      covariance: .isotropic(std: std), alphaBar: TestPriors.alphaBar)
  }

  static func problem(
    _ linear: any LinearOperator = Denoising(), model: any DiffusionModel
  ) throws -> InverseProblem {
    try ExactPosteriorTests.problem(linear, model: model, sigma: 0.05)
  }

  // MARK: - One step

  /// For the prior N(m, s²I), x̂0 is affine in x with the factor
  /// k = 1/√ᾱ − √(1/ᾱ−1)·√(1−ᾱ)/(ᾱs²+1−ᾱ), so ∇‖r‖ = −k·Aᵀr/‖r‖. At the first steps x̂0 is a small
  /// difference of numbers of size 1/√ᾱ = 150: 150·2⁻²⁴ = 10⁻⁵ of them is lost in float32, and k itself
  /// likewise.
  @Test(arguments: ExactPosteriorTests.Task.allCases, [3, 30, 60, 99])
  func guidanceIsTheAnalyticGradient(task: ExactPosteriorTests.Task, t: Int) throws {
    let linear = try task.linear
    let problem = try Self.problem(linear, model: Self.gaussian())
    let sampler = DPS(try Self.reverse(), scale: 0.7)
    let x = try TestNetworks.images([0, 1], shape: Self.shape)
    let noise = try TestNetworks.images([2, 3], shape: Self.shape)
    let step = try sampler.step(x, at: t, problem: problem, noise: .init(step: noise))
    let bar = sampler.reverse.process.tables.alphaBar[t]
    let marginal = bar * 0.09 + 1 - bar
    let k = 1 / bar.squareRoot() - (1 / bar - 1).squareRoot() * (1 - bar).squareRoot() / marginal
    let gain = bar.squareRoot() * 0.09 / marginal
    #expect(abs(k - gain) < 1e-12 / bar, "two forms of the same factor")

    let x0 = try (x - bar.squareRoot() * 0.2) * gain + 0.2
    let residual = try problem.measurement - linear.apply(x0)
    let distance = try residual.reshaped([2, -1]).euclideanNorm(over: [1])
    let expected = try linear.adjoint(residual) / distance.reshaped([2, 1, 1, 1]) * -gain
    let allowed = 4 * 0x1p-24 / bar.squareRoot() + 1e-6
    #expect(try step.x0Hat.distance(to: x0) <= 4 * allowed)
    let gradient = try #require(step.gradient)
    #expect(try #require(step.distance).distance(to: distance) <= 32 * allowed)
    #expect(try gradient.distance(to: expected) <= 4 * allowed)
    let next = try step.proposal - gradient * 0.7
    #expect(try step.next.bits() == next.bits())
  }

  /// Clipped values do not move, so nothing can be gained by moving x there.
  @Test func clippedPixelsAreNotGuided() throws {
    let problem = try Self.problem(model: Self.gaussian(std: 1))
    let sampler = DPS(try Self.reverse(clips: true), scale: 1)
    let x = try TestNetworks.images([0, 1], shape: Self.shape) * 2
    let noise = try Tensor.full(0, shape: x.shape)
    let step = try sampler.step(x, at: 1, problem: problem, noise: .init(step: noise))
    let free = try DPS(Self.reverse(), scale: 1).step(
      x, at: 1, problem: problem, noise: .init(step: noise))
    var clipped = 0
    for ((value, raw), gradient) in zip(
      zip(try step.x0Hat.floats(), try free.x0Hat.floats()), try #require(step.gradient).floats())
    {
      #expect(value == min(1, max(-1, raw)))
      #expect((abs(raw) > 1) == (gradient == 0))
      if abs(raw) > 1 { clipped += 1 }
    }
    #expect(clipped > 30 && clipped < 100, "of 128 pixels")
  }

  // MARK: - Rows

  @Test func aSampleIsTheSameAmongOthers() throws {
    let small = TestNetworks.small
    let linear = try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: small.imageShape)
    let problem = try Self.problem(linear, model: TestNetworks.network())
    let sampler = DPS(
      try Self.reverse(steps: 4, variance: .learnedRange, clips: true), scale: 0.5)
    TorchRuntime.setThreads(1)
    let results = try [[0, 1, 2], [7, 1, 5]].map {
      try sampler.sample(problem, noise: PhiloxNoise(seed: 1, image: 2, samples: $0))
    }
    #expect(try results[0].x.row(1).bits() == results[1].x.row(1).bits())
    #expect(try results[0].x.row(0).bits() != results[1].x.row(0).bits())
    #expect(results[0].evaluations == 4)
    #expect(results[0].completedSteps == 4)
  }

  /// Seeds, images and attempts all give other samples.
  @Test func everyKeyOfTheNoiseCounts() throws {
    let problem = try Self.problem(model: Self.gaussian())
    let sampler = DPS(try Self.reverse(steps: 3), scale: 0.5)
    let noises = try [
      PhiloxNoise(seed: 1, image: 2, samples: [3]), PhiloxNoise(seed: 2, image: 2, samples: [3]),
      PhiloxNoise(seed: 1, image: 3, samples: [3]), PhiloxNoise(seed: 1, image: 2, samples: [4]),
      PhiloxNoise(seed: 1, image: 2, samples: [3], attempts: [1]),
    ]
    let bits = try noises.map { try sampler.sample(problem, noise: $0).x.bits() }
    #expect(Set(bits).count == noises.count)
    #expect(try sampler.sample(problem, noise: noises[0]).x.bits() == bits[0])
  }

  // MARK: - Without guidance

  /// std of x_0 by the exact recursion: each pixel is c₁·x̂0 + c₂·x plus noise, x̂0 affine in x.
  static func recursionStd(_ reverse: ReverseProcess, std: Double) -> Double {
    let tables = reverse.process.tables
    var variance = 1.0
    for t in tables.beta.indices.reversed() {
      let bar = tables.alphaBar[t]
      let gain = bar.squareRoot() * std * std / (bar * std * std + 1 - bar)
      let factor =
        tables.posteriorMeanCoefficientX0[t] * gain + tables.posteriorMeanCoefficientXt[t]
      let added =
        reverse.varianceType == .fixedLarge ? tables.beta[t] : tables.posteriorVariance[t]
      variance = factor * factor * variance + (t > 0 ? added : 0)
    }
    return variance.squareRoot()
  }

  /// samplers.md §9.14.
  static let published = [
    (VarianceType.fixedSmall, 100, 0.27183), (.fixedLarge, 100, 0.31106),
    (.fixedSmall, 1000, 0.29625),
  ]

  @Test(arguments: published) func theRecursionHasThePublishedValue(
    variance: VarianceType, steps: Int, expected: Double
  ) throws {
    let reverse = try Self.reverse(steps: steps, variance: variance)
    #expect(abs(Self.recursionStd(reverse, std: 0.3) - expected) < 5e-6)
  }

  /// Pixel j gets a one in draw j and zeros else, pixel 0 nothing: what differs is the weight of the
  /// draw, and the weights' squares add up to the variance. 100 steps of float32 lose 100·2⁻²⁴.
  @Test(arguments: published.prefix(2)) func aSampleIsTheSumOfItsDraws(
    variance: VarianceType, steps: Int, expected: Double
  ) throws {
    let reverse = try Self.reverse(steps: steps, variance: variance)
    let model = try Self.gaussian(shape: [1, 1, steps + 1])
    let problem = try Self.problem(model: model)
    let draws = (1...steps).map { draw in (0...steps).map { $0 == draw ? Float(1) : 0 } }
    let unused = [Float](repeating: .nan, count: steps + 1)
    let noise = RecordedNoise(
      rowCount: 1, arrays: [.initial: [draws[0]], .step: Array(draws.dropFirst()) + [unused]])
    let x = try DPS(reverse, scale: 0).sample(problem, noise: noise).x.doubles()
    let sum = x.reduce(0) { $0 + ($1 - x[0]) * ($1 - x[0]) }
    #expect(abs(sum.squareRoot() - expected) < 2e-5)
    #expect(noise.remaining(.step) == 0)
  }

  /// 32·64 pixels are independent draws.
  @Test(arguments: published.prefix(2)) func samplesHaveTheStdOfTheRecursion(
    variance: VarianceType, steps: Int, expected: Double
  ) throws {
    let reverse = try Self.reverse(steps: steps, variance: variance)
    let problem = try Self.problem(model: Self.gaussian())
    let noise = try PhiloxNoise(seed: 71, image: 72, samples: Array(0..<32))
    let state = try DPS(reverse, scale: 0).sample(problem, noise: noise)
    let values = try state.x.doubles()
    let end = reverse.process.tables.alphaBar.indices.reversed().reduce(0.0) { mean, t in
      let (tables, bar) = (reverse.process.tables, reverse.process.tables.alphaBar[t])
      let gain = bar.squareRoot() * 0.09 / (bar * 0.09 + 1 - bar)
      return tables.posteriorMeanCoefficientX0[t] * (0.2 + gain * (mean - bar.squareRoot() * 0.2))
        + tables.posteriorMeanCoefficientXt[t] * mean
    }
    let check = MomentCheck([values], means: [end], variances: [expected * expected])
    #expect(check.passes, "\(check)")
    let broken = MomentCheck([values], means: [end], variances: [expected * expected * 1.25])
    #expect(broken.varianceDeviation > MomentCheck.limit / 1.5)
    #expect(state.evaluations == steps)
  }

  // MARK: - DDIM

  private func implicit(eta: Double, stepNoise: Float) throws -> [UInt32] {
    let problem = try Self.problem(model: Self.gaussian())
    let sampler = DPS(try Self.reverse(steps: 5, rule: .ddim(eta: eta)), scale: 0.3)
    let start = ExactPosteriorTests.numbers(64, draw: 3)
    let other = ExactPosteriorTests.numbers(64, draw: 4).map { $0 * stepNoise }
    let noise = RecordedNoise(
      rowCount: 1,
      arrays: [.initial: [start], .step: [[Float]](repeating: other, count: 5)])
    return try sampler.sample(problem, noise: noise).x.bits()
  }

  @Test func withoutEtaTheNoiseIsNotUsed() throws {
    #expect(try implicit(eta: 0, stepNoise: 1) == implicit(eta: 0, stepNoise: 1000))
    #expect(try implicit(eta: 1, stepNoise: 1) != implicit(eta: 1, stepNoise: 2))
  }

  // MARK: - Stopping

  @Test func samplingStopsWhenAsked() throws {
    let problem = try Self.problem(model: Counting(Self.gaussian()))
    let sampler = DPS(try Self.reverse(steps: 10), scale: 0.3)
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    var questions = 0
    #expect(throws: SamplingStopped.self) {
      try sampler.sample(problem, noise: noise) {
        questions += 1
        return questions > 3
      }
    }
    #expect(questions == 4)
    let model = try #require(problem.model as? Counting)
    #expect(model.evaluations == 3)
  }

  @Test func evaluationsAreCountedAsTheyHappen() throws {
    let problem = try Self.problem(model: Counting(Self.gaussian()))
    let sampler = DPS(try Self.reverse(steps: 10), scale: 0.3)
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 1])
    let state = try sampler.sample(problem, noise: noise)
    let model = try #require(problem.model as? Counting)
    #expect(state.evaluations == 10 && model.evaluations == 10)
    #expect(state.completedSteps == sampler.stepCount)
  }
}

/// A prior that counts how often it is asked.
private final class Counting: DiffusionModel {
  private let model: any DiffusionModel
  private let count = Mutex(0)

  init(_ model: any DiffusionModel) { self.model = model }

  var imageShape: [Int] { model.imageShape }
  var evaluations: Int { count.withLock { $0 } }

  func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    count.withLock { $0 += 1 }
    return try model.predict(x, times: times)
  }
}
