import Foundation
import Statistics

/// Whether the uncertainty can be trusted: figures, scores, or that nothing is known.
struct CalibrationSection {
  private static let fewImages = 50

  let figures: CalibrationFigures?
  /// Sentences such as a guarantee with its conditions.
  let remarks: [String]
  let table: MetricsTable

  var html: String {
    """
    <section id="calibration" aria-labelledby="calibration-title">
    <h2 id="calibration-title">Can the maps be trusted?</h2>
    \(paragraphs.map { "<p>\(HTML.escaped($0))</p>" }.joined(separator: "\n"))
    \(scores)
    <div class="plots">\(plots)</div>
    </section>

    """
  }

  private var paragraphs: [String] {
    let tested = figures.map(\.summary).map { summary in
      "Tested on \(Words.count(summary.images, "image")) whose truth is known, with "
        + "\(samples(summary.samples)) each."
        + (summary.images < Self.fewImages
          ? " So few tell little: mind the bands." : "")
    }
    return [tested ?? untested] + remarks
  }

  private func samples(_ range: ClosedRange<Int>) -> String {
    range.lowerBound == range.upperBound
      ? "\(range.lowerBound) samples" : "\(range.lowerBound) to \(range.upperBound) samples"
  }

  private var untested: String {
    "Not tested here. A map of std is what the sampler claims; whether errors are of that size only "
      + "images with known truth can tell, over many of them." + (covered ?? "")
  }

  /// A first sign where truths are known.
  private var covered: String? {
    guard let interval = table.interval,
      let coverage = ImageMetrics(totalOf: table.rows).coverage, coverage.isFinite
    else { return nil }
    let claimed = NumberText.short(100 * (interval.upperBound - interval.lowerBound))
    return " A first sign: the interval that claims \(claimed) % of pixels holds the truth in "
      + "\(NumberText.fixed(100 * coverage, decimals: 1)) % of them, over "
      + "\(Words.count(table.rows.count, "image"))."
  }

  private var plots: String {
    let items = figures?.items ?? []
    return items.map { ReportFigure($0.figure, file: "calibration/\($0.name)").html }.joined()
  }

  private var scores: String {
    guard let figures, !figures.scores.isEmpty else { return "" }
    let facts = figures.scores.map { _, label, score in
      OverviewSection.fact(
        label,
        "\(NumberText.short(score.mean)) ± \(NumberText.short(score.standardError, digits: 2))")
    }
    return "<dl class=\"facts\">\(facts.joined())</dl>"
  }
}
