import Engine
import Testing

@testable import Validation
@testable import Worker

/// Coverage draws the samples of many measurements in one batch; each row must see its own.
@Suite struct SimulatedProblemTests {
  static let contenders: [ExactContender] = {
    let problem = ExactProblem.all[0]
    let slow = ["exact", "DPS, 1000 steps", "annealed Langevin from the prior"]
    return ExactContender.all(problem, extent: .normal).filter { !slow.contains($0.name) }
  }()

  /// The batch is of another size, which changes sums in their last bits only.
  @Test(arguments: contenders)
  func rowsOfABatchSeeTheirOwnMeasurement(_ contender: ExactContender) throws {
    let problem = ExactProblem.all[0]
    let configuration = try problem.configuration(sampler: contender.settings ?? "")
    let prior = try LoadedExactPrior(problem.prior, configuration)
    let simulated = try SimulatedProblem(
      configuration, model: prior.model, denoiser: prior.denoiser,
      truths: [prior.truth(0), prior.truth(1)], keys: [0, 1])
    func draws(_ problem: SimulatedProblem, _ samples: [Int]) throws -> [Float] {
      let noise = try PhiloxNoise(seed: 0, image: 7, samples: samples)
      return try problem.sampler(configuration).sample(problem.problem, noise: noise).x.floats()
    }
    let together = try draws(simulated.repeated(2), [0, 1, 2, 3])
    let apart = try draws(simulated.row(0), [0, 1]) + draws(simulated.row(1), [2, 3])
    #expect(together.count == apart.count)
    for (left, right) in zip(together, apart) { #expect(abs(left - right) < 1e-3) }
  }
}
