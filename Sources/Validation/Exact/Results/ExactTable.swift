import Foundation

/// The results as text in Markdown: tables for each prior, and one for the operators that only
/// exact draws meet.
public struct ExactTable: CustomStringConvertible {
  private let results: [ExactResult]

  public init(_ results: [ExactResult]) { self.results = results }

  public var description: String {
    let main = results.filter(\.isForAll)
    let others = results.filter { !$0.isForAll }
    let tables = unique(main, \.prior).flatMap { prior in
      let rows = main.filter { $0.prior == prior }
      return [
        "\(prior): error of the mean / spread\n\n" + table(rows, .mean, .spread),
        "\(prior): sliced Wasserstein / energy distance\n\n" + table(rows, .wasserstein, .energy),
        "\(prior): residual / truths inside intervals, ± standard error\n\n" + coverage(rows),
      ]
    }
    return (tables + (others.isEmpty ? [] : ["Other operators\n\n" + list(others)]))
      .joined(separator: "\n")
  }

  // MARK: - A column for each operator

  private func table(
    _ rows: [ExactResult], _ first: ExactMeasure, _ second: ExactMeasure
  ) -> String {
    grid(rows, head: "*exact draws*") { result in
      "\(limits(result, first)) / \(limits(result, second))"
    } cell: { result in
      let text = String(format: "%.3f / %.3f", result.scores[first], result.scores[second])
      let violations = result.band.violations(result.scores)
      return violations.contains(first) || violations.contains(second) ? text : "**\(text)**"
    }
  }

  private func coverage(_ rows: [ExactResult]) -> String {
    grid(rows, head: "*exact draws*") { result in
      "\(limits(result, .residual)) / "
        + (result.coverage == nil ? "–" : String(format: "%.3f", TruthCoverage.nominal))
    } cell: { result in
      let residual = String(format: "%.3f", result.scores.residual)
      let isInside = !result.band.violations(result.scores).contains(.residual)
      return (isInside ? "**\(residual)**" : residual) + " / " + coverageText(result)
    }
  }

  private func coverageText(_ result: ExactResult) -> String {
    guard let coverage = result.coverage else { return "–" }
    let text = String(format: "%.3f ± %.3f", coverage.fraction, coverage.standardError)
    return coverage.isNominal ? "**\(text)**" : text
  }

  private func grid(
    _ rows: [ExactResult], head: String, expected: (ExactResult) -> String,
    cell: (ExactResult) -> String
  ) -> String {
    let columns = unique(rows, \.measurement)
    let titles = ["sampler", "evaluations"] + columns
    let band =
      [head, ""]
      + columns.map { column in rows.first { $0.measurement == column }.map(expected) ?? "" }
    let lines = unique(rows, \.sampler).map { sampler in
      let own = rows.filter { $0.sampler == sampler }
      return [sampler, "\(own[0].evaluations)"]
        + columns.map { column in own.first { $0.measurement == column }.map(cell) ?? "–" }
    }
    return markdown([titles, titles.map { _ in "---" }, band] + lines)
  }

  // MARK: - A row for each operator

  private func list(_ rows: [ExactResult]) -> String {
    let titles =
      ["prior", "operator", "sampler"] + ExactMeasure.allCases.map(\.title) + ["coverage"]
    let lines = rows.map { result in
      let violations = result.band.violations(result.scores)
      return [result.prior, result.measurement, result.sampler]
        + ExactMeasure.allCases.map { measure in
          let text = String(format: "%.3f", result.scores[measure])
          return (violations.contains(measure) ? text : "**\(text)**")
            + " (\(limits(result, measure)))"
        } + [coverageText(result)]
    }
    return markdown([titles, titles.map { _ in "---" }] + lines)
  }

  /// What exact draws show: from where to where, or the most of what is best at 0.
  private func limits(_ result: ExactResult, _ measure: ExactMeasure) -> String {
    let range = result.band[measure]
    return measure == .spread || measure == .residual
      ? String(format: "%.3f…%.3f", range.lowerBound, range.upperBound)
      : String(format: "< %.3f", range.upperBound)
  }

  private func markdown(_ rows: [[String]]) -> String {
    rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  private func unique(_ rows: [ExactResult], _ key: (ExactResult) -> String) -> [String] {
    rows.map(key).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension ExactMeasure {
  fileprivate var title: String {
    switch self {
    case .mean: "error of the mean"
    case .spread: "spread"
    case .wasserstein: "sliced Wasserstein"
    case .energy: "energy distance"
    case .residual: "residual"
    }
  }
}
