import Engine
import RunFiles
import Worker

/// One kind of problem made ready: truths, measurements, posteriors and what exact draws score.
struct ExactBench: Sendable {
  /// The number of the set of exact draws that distances are taken to; replications come before it.
  private static let referenceSet = 1_000_000

  let problem: ExactProblem
  let sizes: ExactSizes
  let band: ExactBand
  let yardsticks: [Yardstick]
  private let prior: LoadedExactPrior
  private let truths: [[Float]]
  private let simulated: SimulatedProblem

  init(_ problem: ExactProblem, _ sizes: ExactSizes) throws {
    let configuration = try problem.configuration()
    let prior = try LoadedExactPrior(problem.prior, configuration)
    let indices = 0..<sizes.problems + sizes.truths
    truths = try indices.map(prior.truth)
    simulated = try SimulatedProblem(
      configuration, model: prior.model, denoiser: prior.denoiser, truths: truths,
      keys: indices.map(UInt64.init),
      measurementOperator: problem.matrixOperator(imageShape: prior.model.imageShape))
    let rows = simulated
    yardsticks = try (0..<sizes.problems).map { index in
      let problem = try rows.row(index).problem
      let posterior = try prior.posterior(
        problem, key: UInt64(index), longChain: sizes.longChain)
      return try Yardstick(
        posterior, problem, samples: sizes.samples, set: Self.referenceSet)
    }
    let yardsticks = yardsticks
    band = ExactBand(
      try (1...sizes.replications).map { try yardsticks.exactScores(sizes.samples, set: $0) })
    (self.problem, self.sizes, self.prior) = (problem, sizes, prior)
  }

  /// The longest autocorrelation time of Gibbs chains, in sweeps; nothing for closed forms.
  var autocorrelation: Double? {
    yardsticks.compactMap { ($0.posterior as? LevyPosterior)?.autocorrelation }.max()
  }

  // MARK: - Scores

  /// What a sampler's draws score, and its evaluations of a sample.
  func scores(
    of contender: ExactContender
  ) throws -> (pooled: DrawScores, evaluations: Int) {
    guard let settings = contender.settings else {
      return (try yardsticks.exactScores(sizes.samples, set: 0), 0)
    }
    var evaluations = 0
    let scores = try yardsticks.enumerated().map { index, yardstick in
      let drawn = try draws(
        simulated.row(index), settings, count: sizes.samples, key: UInt64(index))
      evaluations = drawn.evaluations
      return try yardstick.scores(drawn.values)
    }
    return (DrawScores(pooling: scores), evaluations)
  }

  private func draws(
    _ simulated: SimulatedProblem, _ settings: String, count: Int, key: UInt64
  ) throws -> (values: [Float], evaluations: Int) {
    let sampler = try simulated.sampler(problem.configuration(sampler: settings))
    let noise = try PhiloxNoise(seed: 0, image: key, samples: Array(0..<count))
    let state = try sampler.sample(simulated.problem, noise: noise)
    return (try state.x.floats(), state.evaluations)
  }

  // MARK: - Coverage

  /// How often intervals of a sampler's draws hold the truth; nothing without truths.
  func coverage(of contender: ExactContender) throws -> TruthCoverage? {
    guard sizes.truths > 1 else { return nil }
    guard let settings = contender.settings else { return try coverage { draws, _ in draws } }
    let size = truths[0].count * TruthCoverage.draws
    let all = try draws(
      simulated.rows(covered).repeated(TruthCoverage.draws), settings,
      count: covered.count * TruthCoverage.draws, key: .max
    ).values
    return TruthCoverage(
      truths: Array(truths[covered]),
      draws: (0..<covered.count).map { Array(all[$0 * size..<($0 + 1) * size]) })
  }

  /// The truths that are not among the problems.
  private var covered: Range<Int> { sizes.problems..<truths.count }

  /// Of exact draws, as `change` alters them.
  func coverage(
    _ change: ([Float], any KnownPosterior) -> [Float]
  ) throws -> TruthCoverage {
    let draws = try covered.map { index in
      let posterior = try prior.posterior(
        simulated.row(index).problem, key: UInt64(index), longChain: 1)
      return try change(posterior.draws(TruthCoverage.draws, set: 0), posterior)
    }
    return TruthCoverage(truths: Array(truths[covered]), draws: draws)
  }
}

extension [Yardstick] {
  /// What one set of exact draws of every problem scores, as `change` alters them.
  func exactScores(
    _ samples: Int, set: Int,
    change: ([Float], any KnownPosterior, Int) -> [Float] = { draws, _, _ in draws }
  ) throws -> DrawScores {
    DrawScores(
      pooling: try enumerated().map { index, yardstick in
        let draws = try yardstick.posterior.draws(samples, set: set)
        return try yardstick.scores(change(draws, yardstick.posterior, index))
      })
  }
}

extension ExactProblem {
  /// The configuration with a sampler, whose settings are YAML in one line.
  func configuration(sampler: String = "{name: exact}") throws -> Configuration {
    try Configuration.load(text: text(sampler: sampler), name: "\(operatorName).yaml").configuration
  }
}
