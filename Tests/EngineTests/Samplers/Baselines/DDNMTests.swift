import Tensors
import Testing

@testable import Engine

@Suite struct DDNMTests {
  private static func problem(
    _ task: ExactPosteriorTests.Task, noise: MeasurementNoise
  ) throws -> InverseProblem {
    let linear = try task.linear
    // A measurement that A can give.
    let x = try Tensor(
      ExactPosteriorTests.numbers(64, draw: 9).map { 0.5 * $0 }, shape: [1] + DPSTests.shape)
    return InverseProblem(
      prior: try DPSTests.gaussian(), measurementOperator: linear,
      measurement: try linear.apply(x), noise: noise)
  }

  /// Clean measurements are met: A x = y up to the rounding of float32 in products with singular
  /// values down to `floor` of the largest.
  @Test(arguments: ExactPosteriorTests.Task.allCases)
  func cleanMeasurementsAreMet(task: ExactPosteriorTests.Task) throws {
    let problem = try Self.problem(task, noise: .clean)
    let floor = 1e-3
    let sampler = try DDNM(
      DPSTests.reverse(steps: 10), problem: problem, eta: 0.85, singularFloor: floor)
    let state = try sampler.sample(problem, noise: BaselineTests.noise([0, 1]))
    let residual = try problem.measurementOperator.apply(state.x) - problem.measurement
    // The part of y in directions below the floor is left to the prior: it is at most floor·|x|.
    let allowed = task == .inpainting ? 1e-6 : 8 * floor
    #expect(try residual.largest() < allowed)
    #expect(state.evaluations == 10)
  }

  /// All of the null space is the prior's: with the measurement's pixels as they are, the others of
  /// an independent prior have the law of unconditional samples with the same η.
  @Test func hiddenPixelsHaveThePriorsLaw() throws {
    let problem = try Self.problem(.inpainting, noise: .clean)
    let reverse = try DPSTests.reverse(steps: 50)
    let sampler = try DDNM(reverse, problem: problem, eta: 1)
    let x = try sampler.sample(problem, noise: BaselineTests.noise(Array(0..<64))).x.doubles()
    let hidden = x.enumerated().filter { $0.offset % 64 % 3 == 0 }.map(\.element)
    let (mean, variance) = Self.moments(reverse, eta: 1)
    let check = MomentCheck([hidden], means: [mean], variances: [variance])
    #expect(check.passes, "\(check)")
    let broken = MomentCheck([hidden], means: [mean + 0.05], variances: [variance * 1.4])
    #expect(broken.meanDeviation > MomentCheck.limit)
    #expect(broken.varianceDeviation > MomentCheck.limit)
  }

  /// x ← a·x̂0 + σ·(η·z + √(1−η²)·ε) on N(0.2, 0.3²), pixel by pixel.
  private static func moments(
    _ reverse: ReverseProcess, eta: Double
  ) -> (mean: Double, variance: Double) {
    let tables = reverse.process.tables
    var (mean, variance) = (0.0, 1.0)
    for t in tables.beta.indices.reversed() {
      let (bar, next) = (tables.alphaBar[t], tables.alphaBarPrevious[t])
      let q = bar.squareRoot() * 0.09 / (bar * 0.09 + 1 - bar)
      let p = 0.2 * (1 - bar) / (bar * 0.09 + 1 - bar)
      let kept = ((1 - eta * eta) * (1 - next) / (1 - bar)).squareRoot()
      let a = next.squareRoot() * q + kept * (1 - bar.squareRoot() * q)
      mean = a * mean + (next.squareRoot() - kept * bar.squareRoot()) * p
      variance = a * a * variance + (t > 0 ? eta * eta * (1 - next) : 0)
    }
    return (mean, variance)
  }

  /// Noise in the measurement and noise added make up the level σ of the next step, in every
  /// direction: a²Λ²σ_y²/s² + fresh² + kept² = σ² where the network's ε is a unit normal.
  @Test(arguments: [0.01, 0.3, 0.85, 1.0], [0.05, 0.5, 3.0])
  func everyDirectionGetsTheLevelOfTheStep(eta: Double, noise: Double) throws {
    let tables = try DPSTests.reverse(steps: 50).process.tables
    for bar in tables.alphaBarPrevious where bar < 1 {
      let gains = DDNM.Gains(
        signal: bar.squareRoot(), level: (1 - bar).squareRoot(), eta: eta, noise: noise)
      for s in [0.05, 0.3, 1.0] {
        let carried = gains.signal * gains.replacement(s) * noise / s
        let (fresh, kept) = (gains.fresh(s), gains.kept(s))
        let total = carried * carried + fresh * fresh + kept * kept
        #expect(abs(total - (1 - bar)) < 1e-12, "s \(s), ᾱ \(bar)")
        #expect(gains.replacement(s) <= 1)
      }
      let null = gains.fresh(0) * gains.fresh(0) + gains.kept(0) * gains.kept(0)
      #expect(abs(null - (1 - bar)) < 1e-12)
    }
  }

  /// For y = x + n with n far below the prior's spread the samples are those of the measurement:
  /// each seen pixel is affine in y, z and x_T, by the published rule, followed here as numbers.
  @Test func noisyPixelsFollowTheRecursion() throws {
    let (sigma, y, eta) = (0.3, 0.5, 0.85)
    let problem = InverseProblem(
      prior: try DPSTests.gaussian(), measurementOperator: Denoising(),
      measurement: try Tensor.full(y, shape: [1] + DPSTests.shape), noise: .gaussian(sigma: sigma))
    let reverse = try DPSTests.reverse(steps: 50)
    let tables = reverse.process.tables
    var (mean, variance) = (0.0, 1.0)
    for t in tables.beta.indices.reversed() {
      let (bar, next) = (tables.alphaBar[t], tables.alphaBarPrevious[t])
      let q = bar.squareRoot() * 0.09 / (bar * 0.09 + 1 - bar)
      let p = 0.2 * (1 - bar) / (bar * 0.09 + 1 - bar)
      let (a, level) = (next.squareRoot(), (1 - next).squareRoot())
      let replaced = a * sigma <= level
      let weight = replaced ? 1 : level * (1 - eta * eta).squareRoot() / (a * sigma)
      let added =
        replaced ? level * level - a * a * sigma * sigma : level * level * eta * eta
      mean = a * (weight * y + (1 - weight) * (p + q * mean))
      variance = a * a * (1 - weight) * (1 - weight) * q * q * variance + (t > 0 ? added : 0)
    }
    let sampler = try DDNM(reverse, problem: problem, eta: eta)
    let x = try sampler.sample(problem, noise: BaselineTests.noise(Array(0..<32))).x.doubles()
    let check = MomentCheck([x], means: [mean], variances: [variance])
    #expect(check.passes, "\(check)")
    let broken = MomentCheck([x], means: [mean], variances: [variance * 1.4])
    #expect(broken.varianceDeviation > MomentCheck.limit)
  }

  /// With all frequencies AᵀA = 1, and the noise of the scan is noise of the same σ on the image: the
  /// samples are those of denoising Aᵀy, to float32 rounding of transforms of 64 numbers.
  @Test(arguments: [true, false]) func aNoisyScanOfAllFrequenciesIsDenoised(centered: Bool) throws {
    let mask = try UndersamplingMask(
      values: [Float](repeating: 1, count: 64), height: 8, width: 8)
    let scan = try MRI(mask: mask, centered: centered)
    let y = try Tensor(
      ExactPosteriorTests.numbers(128, draw: 3).map { 0.5 * $0 }, shape: [1, 2, 8, 8])
    func sample(_ operation: any LinearOperator, _ y: Tensor) throws -> Tensor {
      let problem = InverseProblem(
        prior: try DPSTests.gaussian(), measurementOperator: operation, measurement: y,
        noise: .gaussian(sigma: 0.3))
      return try DDNM(DPSTests.reverse(steps: 20), problem: problem)
        .sample(problem, noise: BaselineTests.noise([0, 1])).x
    }
    let denoised = try sample(Denoising(), scan.adjoint(y))
    #expect(try sample(scan, y).distance(to: denoised) < 1e-4)
  }
}
