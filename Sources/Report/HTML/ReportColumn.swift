import Foundation

/// A column of numbers in the table of images.
struct ReportColumn {
  let title: String
  /// What the number is, in a sentence.
  let meaning: String
  /// The number; nil if it is not known.
  let value: (ImageMetrics) -> Double?
  let text: (Double) -> String

  private init(
    _ title: String, _ meaning: String, decimals: Int, unit: String = "",
    _ value: @escaping (ImageMetrics) -> Double?
  ) {
    (self.title, self.meaning, self.value) = (title, meaning, value)
    text = { NumberText.fixed($0, decimals: decimals) + unit }
  }

  /// The number of an image as text, a dash where it is not known or not a number.
  func cell(_ row: ImageMetrics) -> String {
    number(row).map(text) ?? "–"
  }

  /// The number if it is known and finite.
  func number(_ row: ImageMetrics) -> Double? {
    value(row).flatMap { $0.isFinite ? $0 : nil }
  }

  /// The columns that hold a value in some row.
  static func columns(of table: MetricsTable) -> [ReportColumn] {
    all(table).filter { column in
      table.rows.contains { column.number($0) != nil }
    }
  }

  private static func all(_ table: MetricsTable) -> [ReportColumn] {
    counts + qualities + [
      ReportColumn("std", "standard deviation of the samples, mean over pixels", decimals: 4) {
        $0.standardDeviation
      },
      ReportColumn("MCSE", "Monte Carlo error of the mean, mean over pixels", decimals: 4) {
        $0.monteCarloError
      },
      ReportColumn(
        table.intervalTitle,
        "pixels whose truth lies between the outermost quantiles"
          + (table.rightCoverage.map { "; \($0)" } ?? ""), decimals: 1, unit: " %"
      ) { $0.coverage.map { 100 * $0 } },
      ReportColumn(
        "in calibrated", "pixels whose truth lies in the calibrated interval", decimals: 1,
        unit: " %"
      ) { $0.calibratedCoverage.map { 100 * $0 } },
      ReportColumn(
        "misfit", "y − A(x) over the noise level, root mean square, mean over samples", decimals: 2
      ) { $0.residual },
      ReportColumn(
        "p data",
        "posterior predictive p-value: near 0 the samples miss the data, near 1 they follow "
          + "its noise", decimals: 3
      ) { $0.dataCheck?.pValue },
      ReportColumn("modes", "groups the kept samples fall into", decimals: 0) {
        $0.modes.map(Double.init)
      },
      ReportColumn(
        "answers", "solutions of the measurement that the kept samples fall into", decimals: 0
      ) { $0.answers.map(Double.init) },
      ReportColumn("NFE", "network evaluations", decimals: 0) { Double($0.evaluations) },
      ReportColumn("seconds", "time of the workers", decimals: 1) { $0.seconds },
    ]
  }

  private static var counts: [ReportColumn] {
    [
      ReportColumn("samples", "samples in the maps", decimals: 0) { Double($0.samples) },
      ReportColumn("failed", "samples that failed and are left out", decimals: 0) {
        Double($0.failed)
      },
    ]
  }

  private static var qualities: [ReportColumn] {
    [
      ReportColumn("PSNR mean", "PSNR of the mean, dB", decimals: 2) { $0.meanPSNR },
      ReportColumn("SSIM mean", "SSIM of the mean", decimals: 3) { $0.meanSSIM },
      ReportColumn("PSNR samples", "PSNR of a sample, mean over samples, dB", decimals: 2) {
        $0.samplePSNR
      },
      ReportColumn("SSIM samples", "SSIM of a sample, mean over samples", decimals: 3) {
        $0.sampleSSIM
      },
    ]
  }
}
