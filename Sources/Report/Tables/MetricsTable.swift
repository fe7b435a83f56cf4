/// The figures of a run, as a CSV file and as a table for the terminal.
public struct MetricsTable: Sendable {
  /// A row an image.
  public let rows: [ImageMetrics]

  /// The probabilities of the ends of the credible interval, such as 0.05...0.95.
  public let interval: ClosedRange<Double>?

  /// Takes the rows in the order in which they are to be shown.
  public init(rows: [ImageMetrics], interval: ClosedRange<Double>?) {
    self.rows = rows
    self.interval = interval
  }
}

extension MetricsTable {
  /// The images whose samples and data disagree.
  public var disagreeing: [ImageMetrics] {
    rows.filter { $0.dataFinding != nil && $0.dataFinding != .agrees }
  }
}

// MARK: - CSV

extension MetricsTable {
  private static let header = [
    "image", "samples", "failed", "psnr_mean", "ssim_mean", "psnr_samples", "ssim_samples", "std",
    "mcse", "coverage", "coverage_calibrated", "p_data", "data", "modes", "answers", "nfe",
    "seconds", "residual",
  ]

  /// The text of `metrics.csv`: a header and a row an image, in UTF-8.
  ///
  /// Fields are quoted as in RFC 4180; lines end in LF. Numbers have six significant digits, an
  /// unknown value is an empty field.
  public var csv: String {
    let records = [Self.header] + rows.map(Self.record)
    return CSV.text(records)
  }

  private static func record(_ row: ImageMetrics) -> [String] {
    let figures = [
      row.meanPSNR, row.meanSSIM, row.samplePSNR, row.sampleSSIM, row.standardDeviation,
      row.monteCarloError, row.coverage, row.calibratedCoverage, row.dataCheck?.pValue,
    ]
    return [row.image, "\(row.samples)", "\(row.failed)"] + figures.map(CSV.field)
      + [row.dataFinding?.rawValue ?? ""]
      + [row.modes, row.answers].map { count in count.map { "\($0)" } ?? "" }
      + ["\(row.evaluations)", CSV.field(row.seconds), CSV.field(row.residual)]
  }
}
