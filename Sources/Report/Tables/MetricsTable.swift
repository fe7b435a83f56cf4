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

// MARK: - Interval

extension MetricsTable {
  /// `in 90 %`, the heading of the coverage.
  var intervalTitle: String {
    interval.map { "in \(NumberText.short(100 * $0.width)) %" } ?? "covered"
  }

  /// Which coverage is right, where few samples make that less than the interval's probability: for example
  /// `with 16 samples about 79 % would be right`; nil without a coverage, or where that makes no difference.
  ///
  /// Between n samples of the law of the truth itself lie n + 1 places, each as likely for the truth. Quantiles at
  /// (n − 1)·p leave (n − 1)/(n + 1) of the probability between them, and by their interpolation one or two
  /// percent more where the law has tails.
  var rightCoverage: String? {
    let counts = rows.filter { $0.coverage != nil }.map(\.samples)
    guard let interval, let few = counts.min(), let most = counts.max(), few < 100 else {
      return nil
    }
    func right(_ samples: Int) -> String {
      let n = Double(samples)
      return NumberText.fixed(100 * interval.width * (n - 1) / (n + 1), decimals: 0)
    }
    return few == most
      ? "with \(few) samples about \(right(few)) % would be right"
      : "with \(few) to \(most) samples about \(right(few)) to \(right(most)) % would be right"
  }
}

extension ClosedRange<Double> {
  fileprivate var width: Double { upperBound - lowerBound }
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
