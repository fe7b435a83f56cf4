import RunFiles
import Statistics

/// What is gathered of images while their maps are written.
struct ResultTables: Sendable {
  /// Of all images with samples, good or failed.
  private(set) var rows: [ImageMetrics] = []
  private(set) var calibration = RunCalibration()
  private(set) var quantities: QuantityTable
  /// The images of the overview.
  private(set) var sheet: [OverviewPicture.Row] = []
  private(set) var failures = FailedSamples()

  /// - Parameter quantiles: levels of the quantile columns.
  init(quantiles: [Double]) { quantities = QuantityTable(quantiles: quantiles) }

  /// Adds an image with good samples.
  ///
  /// - Parameter interval: names of the two quantile maps whose coverage is counted.
  mutating func add(
    _ result: ImageResult, interval: (lower: String, upper: String)?, isOnOverview: Bool
  ) throws {
    let metrics = try result.metrics(interval: interval)
    rows.append(metrics)
    failures.add(result.part)
    calibration.append(RunCalibration(result, interval: interval))
    quantities.add(result)
    if isOnOverview { sheet.append(try result.overviewRow(metrics)) }
  }

  /// Adds an image all of whose samples have failed.
  mutating func addEmpty(_ part: Part) {
    rows.append(ImageMetrics(withoutSamples: part))
    failures.add(part)
  }

  /// Adds the images of other tables behind those of these.
  mutating func append(_ other: ResultTables) {
    rows += other.rows
    calibration.append(other.calibration)
    quantities.append(other.quantities)
    sheet += other.sheet
    failures.append(other.failures)
  }

  /// Flags the images whose samples and data disagree, once all are known.
  mutating func judge() {
    let findings = PosteriorPredictiveCheck.findings(rows.map(\.dataCheck))
    for (row, finding) in findings.enumerated() { rows[row].dataFinding = finding }
  }
}

extension ImageMetrics {
  fileprivate init(withoutSamples part: Part) {
    self.init(
      image: part.image.name, samples: 0, failed: part.failedCount,
      evaluations: part.records.reduce(0) { $0 + $1.networkEvaluations },
      seconds: part.records.reduce(0) { $0 + $1.seconds })
  }
}

extension ImageResult {
  fileprivate func overviewRow(_ metrics: ImageMetrics) throws -> OverviewPicture.Row {
    let shape = part.shape
    let notes = metrics.meanPSNR.map { [String(format: "%.1f dB", $0)] } ?? []
    return OverviewPicture.Row(
      label: part.image.name, notes: notes,
      measurement: try scene.measurement.map { try FloatImage($0.values, shape: $0.shape) },
      truth: try scene.truth.map { try FloatImage($0, shape: shape) },
      mean: try image("mean"), standardDeviation: try image("std"),
      samples: try shownSamples.prefix(2).map { try FloatImage($0.values, shape: shape) })
  }
}
