/// All figures of a comparison, a row for each measure: CSV with a header, numbers in full.
///
/// `low` and `high` are the range of exact draws; for `coverage` the nominal value ± 5 standard errors.
public struct ExactCSV: CustomStringConvertible {
  private let results: [ExactResult]

  public init(_ results: [ExactResult]) { self.results = results }

  public var description: String {
    let head = "prior,operator,sampler,evaluations,seconds,measure,value,low,high,inside\n"
    return head + results.flatMap(lines).joined()
  }

  private func lines(_ result: ExactResult) -> [String] {
    let measures = ExactMeasure.allCases.map { measure in
      line(
        result, measure.rawValue, result.scores[measure], result.band[measure],
        isInside: !result.band.violations(result.scores).contains(measure))
    }
    guard let coverage = result.coverage else { return measures }
    let reach = 5 * coverage.standardError
    return measures + [
      line(
        result, "coverage", coverage.fraction,
        (TruthCoverage.nominal - reach)...(TruthCoverage.nominal + reach),
        isInside: coverage.isNominal)
    ]
  }

  private func line(
    _ result: ExactResult, _ measure: String, _ value: Double, _ range: ClosedRange<Double>,
    isInside: Bool
  ) -> String {
    [
      result.prior, result.measurement, "\"\(result.sampler)\"", "\(result.evaluations)",
      "\(result.seconds)", measure, "\(value)", "\(range.lowerBound)", "\(range.upperBound)",
      isInside ? "yes" : "no",
    ].joined(separator: ",") + "\n"
  }
}
