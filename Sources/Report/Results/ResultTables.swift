import RunFiles
import Statistics

/// What is gathered of all images while their maps are written, one after another.
struct ResultTables {
  /// Of all images with samples, good or failed.
  private(set) var rows: [ImageMetrics] = []
  private(set) var calibration = RunCalibration()
  private(set) var quantities: QuantityTable
  /// The first images, for the overview.
  private(set) var sheet: [OverviewPicture.Row] = []
  var failures = FailedSamples()

  /// - Parameter quantiles: levels of the quantile columns.
  init(quantiles: [Double]) { quantities = QuantityTable(quantiles: quantiles) }

  /// - Parameter interval: names of the two quantile maps whose coverage is counted.
  mutating func add(_ result: ImageResult, interval: (lower: String, upper: String)?) throws {
    let metrics = try result.metrics(interval: interval)
    rows.append(metrics)
    if let image = result.calibrationImage(interval: interval) { calibration.add(image) }
    quantities.add(result)
    if sheet.count < OverviewPicture.maximumRows { sheet.append(try result.overviewRow(metrics)) }
  }

  /// An image all of whose samples have failed.
  mutating func addEmpty(_ part: Part) {
    rows.append(ImageMetrics(withoutSamples: part))
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
