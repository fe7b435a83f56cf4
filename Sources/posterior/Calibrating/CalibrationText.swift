import Foundation
import Report
import Statistics

/// A calibration in a screen of text.
struct CalibrationText {
  private let summary: CalibrationSummary

  init(_ summary: CalibrationSummary) { self.summary = summary }

  var text: String {
    ([headline, "", "coverage: intervals that claim … hold the truth of"] + coverage
      + ["", "errors over what the std says, by std (1: the std is right)"] + errors
      + ["", "ranks of the truth (uniform if calibrated), p of a χ² test"] + ranks + [""] + scores)
      .joined(separator: "\n")
  }

  private var headline: String {
    let samples =
      summary.samples.count == 1
      ? "\(summary.samples.lowerBound)"
      : "\(summary.samples.lowerBound) to \(summary.samples.upperBound)"
    return "calibration over \(summary.images) images, \(samples) samples each; "
      + "bands hold 95 % of resampled sets of images"
  }

  private var coverage: [String] {
    summary.coverage.points.filter { [0.5, 0.8, 0.9, 0.95].contains($0.nominal) }.map { point in
      let inner = summary.unsaturatedCoverage?.points.first { $0.nominal == point.nominal }
      return String(
        format: "  %2.0f %%   %5.1f %% of all pixels (%.1f–%.1f)", 100 * point.nominal,
        100 * point.observed, 100 * point.band.lowerBound, 100 * point.band.upperBound)
        + (inner.map {
          String(
            format: "   %5.1f %% of those strictly between 0 and 1 (%.1f–%.1f)", 100 * $0.observed,
            100 * $0.band.lowerBound, 100 * $0.band.upperBound)
        } ?? "")
    }
  }

  private var errors: [String] {
    summary.errors.bins.map { bin in
      String(
        format: "  std %.4f to %.4f   %6.2f (%.2f–%.2f)   %d pixels", bin.range.lowerBound,
        bin.range.upperBound, bin.ratio, bin.band.lowerBound, bin.band.upperBound,
        bin.pixels)
    }
  }

  private var ranks: [String] {
    guard !summary.ranks.isEmpty else {
      return ["  none: they need \(RankHistogram.fewestTruths) images"]
    }
    return summary.ranks.map { rank in
      let counts = rank.counts.map(String.init).joined(separator: " ")
      return "  " + rank.quantity.padding(toLength: 14, withPad: " ", startingAt: 0)
        + String(format: " p = %.2g   ", rank.pValue) + "counts \(counts), "
        + "each \(rank.band.lowerBound)–\(rank.band.upperBound) expected"
    }
  }

  private var scores: [String] {
    [
      ("CRPS a pixel", summary.crps), ("energy score / √pixels", summary.energyScore),
      ("width of the quantile interval", summary.intervalWidth),
    ].compactMap { name, score in
      score.map { String(format: "%@: %.5f ± %.5f", name, $0.mean, $0.standardError) }
    }
  }

  /// The factors found, what they promise and how to use them.
  static func intervals(
    _ outcome: ConformalCalibration.Outcome, missRate: Double, delta: Double, path: String
  ) -> String {
    let lines = outcome.scaling.groups.indices.map { index in
      let group = outcome.scaling.groups[index]
      let pixels = group.stdBelow.isFinite ? "std below \(group.stdBelow)" : "std above"
      return String(
        format: "  %@ mean ± %.3f·std   misses %.2f %%, at most %.2f %%",
        outcome.scaling.groups.count == 1 ? "" : pixels, group.factor,
        100 * outcome.missRates[index], 100 * outcome.bounds[index])
    }
    let promise = String(
      format: "calibrated intervals (miss at most %g %% of pixels with probability %g %%):",
      100 * missRate, 100 * (1 - delta))
    return
      ([promise] + lines + ["written to \(path); use with --set statistics.calibration=\(path)"])
      .joined(separator: "\n")
  }
}
