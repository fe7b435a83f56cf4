/// The ranges that the scores of exact draws stay in: their mean ± 5 standard deviations over replications.
///
/// With the 40 replications of the command an exact sampler leaves a range with a probability of
/// 1.5·10⁻⁵ if scores are normal (Student's law with 39 degrees of freedom beyond 5/√(1 + 1/40)).
public struct ExactBand: Sendable {
  private let ranges: [ExactMeasure: ClosedRange<Double>]

  init(_ replications: [DrawScores]) {
    ranges = Dictionary(
      uniqueKeysWithValues: ExactMeasure.allCases.map { measure in
        (measure, Self.range(replications.map { $0[measure] }))
      })
  }

  /// The range of a measure.
  public subscript(measure: ExactMeasure) -> ClosedRange<Double> { ranges[measure] ?? 0...0 }

  /// The measures that are out of their range or no number.
  public func violations(_ scores: DrawScores) -> [ExactMeasure] {
    ExactMeasure.allCases.filter { !self[$0].contains(scores[$0]) }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let reach = 5 * variance.squareRoot()
    return (mean - reach)...(mean + reach)
  }
}
