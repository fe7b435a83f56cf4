import Foundation

/// What one sampler does on one kind of problem whose posterior is known.
public struct ExactResult: Sendable {
  /// Name of the problem's prior in the tables.
  public let prior: String
  /// Name of the problem's operator in the tables.
  public let measurement: String
  /// Whether all samplers meet the problem.
  public let isForAll: Bool
  /// Name of the ``ExactContender`` in the tables.
  public let sampler: String
  /// Pooled over the measurements of the problem.
  public let scores: DrawScores
  /// What exact draws of the same number score.
  public let band: ExactBand
  /// How often intervals hold the truth; nothing if it was not asked for.
  public let coverage: TruthCoverage?
  /// The longest autocorrelation time of the Gibbs chains behind the problem, in sweeps.
  public let autocorrelation: Double?
  /// Whether the sampler's theory says that it must pass.
  public let claimsToBeExact: Bool
  /// Network evaluations of a sample.
  public let evaluations: Int
  let seconds: Double

  /// Whether all scores are what exact draws show, and intervals hold the truth as often as they should.
  public var isExact: Bool {
    band.violations(scores).isEmpty && coverage?.isNominal ?? true
  }

  /// The result in one line.
  public var line: String {
    let figures = ExactMeasure.allCases.map { measure in
      String(
        format: "%@ %.3f (%.3f…%.3f)", measure.rawValue, scores[measure],
        band[measure].lowerBound, band[measure].upperBound)
    }
    let covered = coverage.map { String(format: ", coverage %.3f", $0.fraction) } ?? ""
    return "\(prior), \(measurement), \(sampler): " + figures.joined(separator: ", ") + covered
      + String(format: ", %.1f s", seconds)
  }
}

/// What the comparison says of draws that are exact, or broken on purpose.
public struct SelfCheckResult: Sendable {
  let prior: String
  let measurement: String
  let sampler: String
  let isBroken: Bool
  /// The measures that are outside of what exact draws show.
  public let violations: [ExactMeasure]

  /// Whether what is broken was found, and what is exact was not accused.
  public var isRight: Bool { violations.isEmpty != isBroken }

  /// The result in one line.
  public var line: String {
    let found =
      violations.isEmpty
      ? "passes" : "fails: " + violations.map(\.rawValue).joined(separator: ", ")
    return "\(isRight ? "ok   " : "WRONG") \(prior), \(measurement), \(sampler): \(found)"
  }
}
