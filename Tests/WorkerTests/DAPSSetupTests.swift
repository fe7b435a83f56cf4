import RunFiles
import Testing

@testable import Engine
@testable import Worker

/// DAPS from a configuration.
@Suite struct DAPSSetupTests {
  private static func sampler(_ mcmc: Configuration.DAPS.MCMC) throws -> any Sampler {
    let folder = try TestExperiments.folder()
    let settings = Configuration.DAPS(
      annealing: .init(steps: 2), ode: .init(steps: 3), mcmc: mcmc)
    let experiment = try TestExperiments.experiment(
      TestExperiments.configuration(folder, sampler: .daps(settings), sigma: 0.1))
    return try ImageProblem(ImageID(name: "0"), in: experiment).sampler
  }

  /// A chain of 25 steps is one step of the sampler, or three of up to ten; three of the ODE go before.
  @Test func theConfigurationSaysHowChainsAreTaken() throws {
    let once = try Self.sampler(.init(steps: 25, learningRate: 5e-5))
    #expect(once.stepCount == 2 * (3 + 1))
    let stepwise = try Self.sampler(
      .init(steps: 25, learningRate: 5e-5, transition: .stepwise))
    #expect(stepwise.stepCount == 2 * (3 + 3))
    let limited = try Self.sampler(.init(steps: 25, learningRate: 5e-5, gradientLimit: 1))
    #expect(limited.stepCount == 2 * (3 + 3), "where the law is not normal")
  }

  /// Denoising has ‖A‖ = 1.
  @Test func aStepSizeIsChosenWhereNoneIsGiven() throws {
    let chosen = try #require(try Self.sampler(.init(steps: 25)) as? DAPS)
    let lowest = chosen.levels[1]
    let expected = 1 / (2e4 + 1 / (lowest * lowest))
    #expect(abs(chosen.learningRate.initial / expected - 1) < 1e-6)
  }
}
