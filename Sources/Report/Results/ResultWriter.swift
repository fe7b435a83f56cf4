import Foundation
import RunFiles
import Statistics

/// Writes what a run is for: maps, pictures, tables, the report.
///
/// Everything is computed from the parts alone, so the bytes of maps and pictures depend on the
/// samples only, not on who drew them in which order.
public struct ResultWriter: Sendable {
  let directory: RunDirectory
  let remarks: [String]
  let savesSamples: Bool
  private let quantiles: [Double]
  private let scaling: IntervalScaling?
  private let scene: @Sendable (ImageID, [Int]) -> SceneImages

  /// - Parameters:
  ///   - scaling: the factors of calibrated intervals, if there are any.
  ///   - remarks: sentences for the report on calibration, such as a guarantee with its conditions.
  ///   - scene: what is known of an image of the given shape besides its samples.
  public init(
    _ directory: RunDirectory, statistics: Configuration.Statistics,
    scaling: IntervalScaling? = nil, remarks: [String] = [],
    scene: @escaping @Sendable (ImageID, [Int]) -> SceneImages
  ) {
    self.directory = directory
    self.remarks = remarks
    quantiles = statistics.quantiles
    savesSamples = statistics.saveSamples
    self.scaling = scaling
    self.scene = scene
  }

  /// Writes the results of all images that have samples; what is there of others stays.
  ///
  /// Two passes over the images, one part in memory at a time: colour limits are common to all.
  /// `summary.json` is deleted first and written last, so where it is, everything is written.
  public func write(
    _ progress: RunProgress, facts: [String: SummaryValue]
  ) throws -> WrittenResults {
    let summary = "\(directory.path)/summary.json"
    try AtomicFile.remove(summary)
    let images = progress.images.keys.sorted()
    let limits = ReportLimits(std: try stdLimit(images, progress))
    let report = try ReportFile(
      path: "\(directory.path)/report.html", images: images.count, limits: limits)
    var tables = ResultTables(quantiles: quantiles)
    for image in images {
      guard let part = try directory.part(of: image, in: progress) else { continue }
      tables.failures.add(part)
      guard part.statistics.count > 0 else {
        tables.addEmpty(part)
        continue
      }
      let result = try result(of: part)
      try write(result, limits)
      try report.add(result, interval: intervalNames, folder: "maps/\(image.name)")
      try tables.add(result, interval: intervalNames)
    }
    tables.judge()
    let written = WrittenResults(
      table: MetricsTable(rows: tables.rows, interval: interval), calibration: tables.calibration,
      foreignMaps: MapFolder.images(in: directory).subtracting(images.map(\.name)).sorted())
    try write(tables, written)
    if !tables.sheet.isEmpty { try writeOverview(tables.sheet, limits.std) }
    try finish(report, tables, written)
    try AtomicFile.write(SummaryJSON.text(of: written.table, facts: facts), to: summary)
    return written
  }

  private func write(_ tables: ResultTables, _ written: WrittenResults) throws {
    try AtomicFile.write(written.table.csv, to: "\(directory.path)/metrics.csv")
    if !tables.quantities.isEmpty {
      try AtomicFile.write(tables.quantities.csv, to: "\(directory.path)/quantities.csv")
    }
  }

  /// Writes the report, and the figures of the calibration if there is one.
  private func finish(
    _ report: ReportFile, _ tables: ResultTables, _ written: WrittenResults
  ) throws {
    let figures = written.calibration.summary().map(CalibrationFigures.init)
    try figures?.write(to: "\(directory.path)/calibration", in: directory)
    let shown = MetricsTable(rows: tables.rows.filter { $0.samples > 0 }, interval: interval)
    try report.finish(
      shown, title: title, calibration: figures, remarks: remarks,
      failures: tables.failures, provenance: Provenance(directory))
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

  private func result(of part: Part) throws -> ImageResult {
    try ImageResult(
      part, scene: scene(part.image, part.shape), quantiles: quantiles, scaling: scaling)
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

// MARK: - Overview

extension ResultWriter {
  /// The name of the run folder.
  private var title: String {
    let name = (directory.path as NSString).lastPathComponent
    guard name == "." || name == ".." || name.isEmpty else { return name }
    return URL(filePath: directory.path).standardizedFileURL.lastPathComponent
  }

  private func writeOverview(_ rows: [OverviewPicture.Row], _ limit: Float) throws {
    let picture = try OverviewPicture(title: title, rows: rows, stdLimit: limit)
    try AtomicFile.write(
      PNGFile.encode(picture.render()), to: "\(directory.path)/overview.png")
  }
}
