import Engine
import Worker

/// A Gaussian posterior, or a mixture of them.
struct ClosedFormPosterior: KnownPosterior {
  let mean: [Double]
  let deviation: [Double]
  private let sampler: ExactSampler
  private let problem: InverseProblem
  private let key: UInt64

  /// - Parameter key: tells the random numbers of problems apart.
  init(_ problem: InverseProblem, key: UInt64) throws {
    let posterior = try ExactPosterior(problem)
    (mean, deviation) = (posterior.mean, posterior.standardDeviation)
    sampler = ExactSampler(posterior)
    (self.problem, self.key) = (problem, key)
  }

  func draws(_ count: Int, set: Int) throws -> [Float] {
    let noise = try PhiloxNoise(seed: UInt64(set), image: key, samples: Array(0..<count))
    return try sampler.sample(problem, noise: noise).x.floats()
  }
}
