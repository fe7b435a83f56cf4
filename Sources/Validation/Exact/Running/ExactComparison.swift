import Engine
import Foundation

/// Samplers against posteriors that are known.
public struct ExactComparison: Sendable {
  private let extent: ExactExtent
  private let sizes: ExactSizes

  /// - Parameters:
  ///   - samples: draws of each measurement, at least 10.
  ///   - truths: truths for the coverage of intervals, 0 for none.
  ///   - extent: which samplers meet which operators.
  public init(samples: Int = 500, truths: Int = 100, extent: ExactExtent = .normal) {
    self.extent = extent
    sizes = ExactSizes(samples: samples, truths: truths)
  }

  private var problems: [ExactProblem] {
    ExactProblem.all.filter { extent != .quick || $0.isForAll && !$0.prior.needsChains }
  }

  private func bench(_ problem: ExactProblem) throws -> ExactBench {
    try ExactBench(problem, problem.prior.needsChains ? sizes.ofChains : sizes)
  }

  /// Runs the samplers on the problems and hands out each result as it is known.
  public func run(observe: (ExactResult) throws -> Void) throws -> [ExactResult] {
    var results: [ExactResult] = []
    for problem in problems {
      let bench = try bench(problem)
      for contender in ExactContender.all(problem, extent: extent) {
        guard let result = try bench.result(of: contender) else { continue }
        try observe(result)
        results.append(result)
      }
    }
    return results
  }

  /// Scores exact draws as they are and spoilt on purpose, on the problems all samplers meet and on sparse signals.
  ///
  /// Takes at most 100 draws: a single bad one among them must show.
  public func selfCheck(observe: (SelfCheckResult) throws -> Void) throws -> [SelfCheckResult] {
    var sizes = sizes
    (sizes.samples, sizes.truths) = (min(100, sizes.samples), 0)
    var results: [SelfCheckResult] = []
    for problem in ExactProblem.all where problem.isForAll || problem.prior.needsChains {
      let bench = try ExactBench(problem, problem.prior.needsChains ? sizes.ofChains : sizes)
      for broken in [nil] + BrokenSampler.allCases.map(Optional.some) {
        let result = try bench.selfCheck(broken)
        try observe(result)
        results.append(result)
      }
    }
    return results
  }
}

extension ExactBench {
  /// Nothing where the sampler is not made for the operator.
  func result(of contender: ExactContender) throws -> ExactResult? {
    do {
      return try compare(contender)
    } catch is SamplerError {
      return nil
    }
  }

  private func compare(_ contender: ExactContender) throws -> ExactResult {
    let clock = ContinuousClock()
    let began = clock.now
    let outcome = try scores(of: contender)
    let coverage = try coverage(of: contender)
    return ExactResult(
      prior: problem.priorName, measurement: problem.operatorName, isForAll: problem.isForAll,
      sampler: contender.name, scores: outcome.pooled, band: band, coverage: coverage,
      autocorrelation: autocorrelation, claimsToBeExact: contender.isExact,
      evaluations: outcome.evaluations, seconds: began.duration(to: clock.now) / .seconds(1))
  }

  /// What the comparison says of exact draws as they are, or spoilt.
  func selfCheck(_ broken: BrokenSampler?) throws -> SelfCheckResult {
    let scores = try yardsticks.exactScores(sizes.samples, set: 0) { draws, posterior, index in
      broken?.spoilt(draws, posterior, key: UInt64(index)) ?? draws
    }
    return SelfCheckResult(
      prior: problem.priorName, measurement: problem.operatorName,
      sampler: broken?.rawValue ?? ExactContender.exact.name, isBroken: broken != nil,
      violations: band.violations(scores))
  }
}
