import Tensors
import Testing

@testable import Engine

/// The network must be told the time of its own process.
struct VPDenoiserTests {
  /// Answers with the time it is told, as noise.
  private struct TimeTeller: DiffusionModel {
    let imageShape = [1, 1, 1]
    func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
      ModelOutput(mean: try Tensor(times, shape: [times.count, 1, 1, 1]))
    }
  }

  /// D(0, σ) = −σ·time.
  private static func time(_ denoiser: VPDenoiser, sigma: Double) throws -> Double {
    let zero = try Tensor.full(0, shape: [1, 1, 1, 1])
    return try -denoiser.denoise(zero, sigma: sigma).doubles()[0] / sigma
  }

  /// The table's β are exact until the last steps, where they are cut at 0.999; float32 rounds the time.
  @Test(arguments: [0, 7, 50, 90]) func aCosineNetworkIsToldTheStepOfItsTable(step: Int) throws {
    let clock = try NoiseClock(.cosine, steps: 100)
    let plain = VPDenoiser(
      TimeTeller(), clock: clock, rescalesTimesteps: false, meanType: .epsilon)
    let rescaled = VPDenoiser(
      TimeTeller(), clock: clock, rescalesTimesteps: true, meanType: .epsilon)
    let sigma = clock.sigma(at: step)
    #expect(abs(try Self.time(plain, sigma: sigma) - Double(step)) < 1e-4)
    #expect(abs(try Self.time(rescaled, sigma: sigma) - 10 * Double(step)) < 1e-3)
  }

  /// c(10) = 675.36891 of EDM's `VPPrecond`.
  @Test func aLinearNetworkIsToldTheTimeOfTheContinuousProcess() throws {
    let clock = try NoiseClock(.linear, steps: 1000)
    let denoiser = VPDenoiser(
      TimeTeller(), clock: clock, rescalesTimesteps: false, meanType: .epsilon)
    #expect(abs(try Self.time(denoiser, sigma: 10) - 675.36891) < 1e-3)
  }

  /// All samplers that take a level as a setting, and 0.01, as the published finest level of 0.0100005 is called.
  @Test func aLevelThatTheProcessDoesNotHaveIsRefused() throws {
    let denoiser = VPDenoiser(
      TimeTeller(), clock: try NoiseClock(.linear, steps: 1000), rescalesTimesteps: false,
      meanType: .epsilon)
    let problem = InverseProblem(
      model: TimeTeller(), denoiser: denoiser, measurementOperator: Denoising(),
      measurement: try Tensor.full(0, shape: [1, 1, 1, 1]), noise: .gaussian(sigma: 0.1))
    func ask(_ sigma: Double) throws {
      try AnnealedLangevin(
        DPSTests.reverse(steps: 5), start: nil, ladder: AnnealedLangevinTests.ladder(),
        chain: .coupled,
        dynamics: LangevinDynamics(scoreLevel: .sigma(sigma), transpose: .adjoint, clamps: false),
        stepSize: .constant(1e-5), stepsPerLevel: 1
      ).check(problem)
    }
    func denoise(_ sigma: Double) throws {
      _ = try PnPULA(PnPULATests.settings(denoiserSigma: sigma), problem: problem)
    }
    func chain(_ sigma: Double, _ score: ConditionalChain.PriorScore) throws {
      try DAPSTests.sampler(
        chain: ConditionalChain(stepCount: 2, tau: 0.1, priorScore: score, leastSigma: sigma)
      ).check(problem)
    }
    try chain(1e-9, .gaussian)
    for sigma in [0.01, 0.5] {
      try ask(sigma)
      try denoise(sigma)
      try chain(sigma, .exact)
    }
    for sigma in [1e-9, 0.009] {
      #expect(throws: Self.refusal("score_level", sigma)) { try ask(sigma) }
      #expect(throws: Self.refusal("denoiser_sigma", sigma)) { try denoise(sigma) }
      for score in [ConditionalChain.PriorScore.exact, .atEstimate] {
        #expect(throws: Self.refusal("mcmc.prior_sigma_min", sigma)) { try chain(sigma, score) }
      }
    }
  }

  private static func refusal(_ setting: String, _ sigma: Double) -> SamplerError {
    .setting(
      "\(setting) \(sigma) is below the finest level of the prior's process; allowed: a number of at "
        + "least 0.0100005")
  }

  /// A prior in closed form takes any.
  @Test func aPriorInClosedFormTakesAnyLevel() {
    #expect(LATINOTests.Prior(mean: 0, std: 1).finestSigma == 0)
  }
}
