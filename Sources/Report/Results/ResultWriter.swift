import Foundation
import RunFiles
import Statistics

/// Writes what a run is for: maps, pictures, tables.
///
/// Everything is computed from the parts alone, so the bytes of maps and pictures depend on the
/// samples only, not on who drew them in which order.
public struct ResultWriter: Sendable {
  private let directory: RunDirectory
  private let quantiles: [Double]
  private let savesSamples: Bool
  private let scaling: IntervalScaling?
  private let scene: @Sendable (ImageID, [Int]) -> SceneImages

  /// - Parameters:
  ///   - scaling: the factors of calibrated intervals, if there are any.
  ///   - scene: what is known of an image of the given shape besides its samples.
  public init(
    _ directory: RunDirectory, statistics: Configuration.Statistics,
    scaling: IntervalScaling? = nil,
    scene: @escaping @Sendable (ImageID, [Int]) -> SceneImages
  ) {
    self.directory = directory
    quantiles = statistics.quantiles
    savesSamples = statistics.saveSamples
    self.scaling = scaling
    self.scene = scene
  }

  /// Writes the results of all images that have samples.
  ///
  /// Two passes over the images, one part in memory at a time: colour limits are common to all.
  /// `summary.json` is deleted first and written last, so where it is, everything is written.
  public func write(
    _ progress: RunProgress, facts: [String: SummaryValue]
  ) throws -> WrittenResults {
    let summary = "\(directory.path)/summary.json"
    try AtomicFile.remove(summary)
    let images = progress.images.keys.sorted()
    let limit = try stdLimit(images, progress)
    var rows: [ImageMetrics] = []
    var calibration = RunCalibration()
    var quantities = QuantityTable(quantiles: quantiles)
    var sheet: [OverviewPicture.Row] = []
    for image in images {
      guard let result = try result(of: image, progress) else { continue }
      rows.append(try result.metrics(interval: intervalNames))
      try write(result, stdLimit: limit)
      result.calibrationImage(interval: intervalNames).map { calibration.add($0) }
      quantities.add(result)
      if sheet.count < OverviewPicture.maximumRows { sheet.append(try row(result, rows.last)) }
    }
    let findings = PosteriorPredictiveCheck.findings(rows.map(\.dataCheck))
    for (row, finding) in findings.enumerated() { rows[row].dataFinding = finding }
    let table = MetricsTable(rows: rows, interval: interval)
    try AtomicFile.write(table.csv, to: "\(directory.path)/metrics.csv")
    if !quantities.isEmpty {
      try AtomicFile.write(quantities.csv, to: "\(directory.path)/quantities.csv")
    }
    if !sheet.isEmpty { try writeOverview(sheet, limit) }
    try AtomicFile.write(SummaryJSON.text(of: table, facts: facts), to: summary)
    return WrittenResults(table: table, calibration: calibration)
  }

  private var interval: ClosedRange<Double>? {
    guard let low = quantiles.min(), let high = quantiles.max(), low < high else { return nil }
    return low...high
  }

  private var intervalNames: (lower: String, upper: String)? {
    interval.map {
      (
        ImageResult.name(ofQuantile: $0.lowerBound), ImageResult.name(ofQuantile: $0.upperBound)
      )
    }
  }

  private func result(of image: ImageID, _ progress: RunProgress) throws -> ImageResult? {
    guard let part = try directory.part(of: image, in: progress), part.statistics.count > 0 else {
      return nil
    }
    return try ImageResult(
      part, scene: scene(image, part.shape), quantiles: quantiles, scaling: scaling)
  }

  private func stdLimit(_ images: [ImageID], _ progress: RunProgress) throws -> Float {
    var limit = StdColorLimit()
    for image in images {
      guard let part = try directory.part(of: image, in: progress), part.statistics.count > 1
      else { continue }
      limit.add(try FloatImage(part.statistics.standardDeviation(), shape: part.shape))
    }
    return limit.limit
  }
}

// MARK: - One image

extension ResultWriter {
  private func write(_ result: ImageResult, stdLimit: Float) throws {
    let folder = directory.mapsPath(of: result.part.image)
    try directory.makeFolder(of: "\(folder)/mean.npy")
    for (name, values) in result.maps {
      let array = StoredArray(values, shape: result.part.shape)
      try AtomicFile.write(Npy.encode(array), to: "\(folder)/\(name).npy")
      try picture(
        result.image(name), name, style(of: name, stdLimit), of: result, to: "\(folder)/\(name).png"
      )
    }
    try writeScene(result, folder)
    for (index, values) in result.part.kept.sorted(by: { $0.key < $1.key }).prefix(64) {
      let name = String(format: "sample-%03d", index)
      let image = try FloatImage(values, shape: result.part.shape)
      try picture(image, "sample \(index)", .picture, of: result, to: "\(folder)/\(name).png")
    }
    if savesSamples { try writeSamples(result.part) }
  }

  private func style(of map: String, _ stdLimit: Float) -> MapPicture.Style {
    switch map {
    case "std", "mcse": .map(.viridis, limits: 0...stdLimit)
    default: .picture
    }
  }

  private func writeScene(_ result: ImageResult, _ folder: String) throws {
    if let measurement = result.scene.measurement {
      let image = try FloatImage(measurement.values, shape: measurement.shape)
      try picture(image, "measurement", .picture, of: result, to: "\(folder)/measurement.png")
    }
    if let truth = result.scene.truth {
      let image = try FloatImage(truth, shape: result.part.shape)
      try picture(image, "truth", .picture, of: result, to: "\(folder)/truth.png")
    }
  }

  private func picture(
    _ image: FloatImage, _ title: String, _ style: MapPicture.Style, of result: ImageResult,
    to path: String
  ) throws {
    let picture = try MapPicture(title: "\(result.part.image.name): \(title)", style: style)
    try AtomicFile.write(PNGFile.encode(picture.render(image)), to: path)
  }

  private func writeSamples(_ part: Part) throws {
    let path = directory.samplesPath(of: part.image)
    try directory.makeFolder(of: path)
    let values = part.kept.sorted { $0.key < $1.key }.flatMap(\.value)
    let array = StoredArray(values, shape: [part.kept.count] + part.shape)
    try AtomicFile.write(Npy.encode(array), to: path)
  }
}

// MARK: - Overview

extension ResultWriter {
  private func row(_ result: ImageResult, _ metrics: ImageMetrics?) throws -> OverviewPicture.Row {
    let shape = result.part.shape
    let notes = metrics?.meanPSNR.map { [String(format: "%.1f dB", $0)] } ?? []
    return OverviewPicture.Row(
      label: result.part.image.name, notes: notes,
      measurement: try result.scene.measurement.map { try FloatImage($0.values, shape: $0.shape) },
      truth: try result.scene.truth.map { try FloatImage($0, shape: shape) },
      mean: try result.image("mean"), standardDeviation: try result.image("std"),
      samples: try result.part.kept.sorted { $0.key < $1.key }.prefix(2).map {
        try FloatImage($0.value, shape: shape)
      })
  }

  private func writeOverview(_ rows: [OverviewPicture.Row], _ limit: Float) throws {
    let title = (directory.path as NSString).lastPathComponent
    let picture = try OverviewPicture(title: title, rows: rows, stdLimit: limit)
    try AtomicFile.write(
      PNGFile.encode(picture.render()), to: "\(directory.path)/overview.png")
  }
}
