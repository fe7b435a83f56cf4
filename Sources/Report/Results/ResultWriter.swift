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
  let writesPictures: Bool
  private let work: OrderedWork
  let quantiles: [Double]
  let scaling: IntervalScaling?
  let scene: @Sendable (Part) -> SceneImages

  /// - Parameters:
  ///   - scaling: the factors of calibrated intervals, if there are any.
  ///   - remarks: sentences for the report on calibration, such as a guarantee with its conditions.
  ///   - threads: how many images are worked on at once.
  ///   - scene: what is known of an image besides its samples; is asked by several threads.
  public init(
    _ directory: RunDirectory, statistics: Configuration.Statistics,
    scaling: IntervalScaling? = nil, remarks: [String] = [], threads: Int = 1,
    scene: @escaping @Sendable (Part) -> SceneImages
  ) {
    self.directory = directory
    self.remarks = remarks
    work = OrderedWork(threads: threads)
    quantiles = statistics.quantiles
    savesSamples = statistics.saveSamples
    writesPictures = statistics.pictures
    self.scaling = scaling
    self.scene = scene
  }

  /// Writes the results of all images that have samples; what is there of others stays.
  ///
  /// Two passes over the images, one part a thread in memory at a time: colour limits are common to all.
  /// `summary.json` is deleted first and written last, so where it is, everything is written.
  public func write(
    _ progress: RunProgress, facts: [String: SummaryValue]
  ) throws -> WrittenResults {
    let summary = "\(directory.path)/summary.json"
    try AtomicFile.remove(summary)
    try RunDirectory.removeAbandonedFiles(in: directory.path)
    let images = progress.images.keys.sorted()
    try directory.removeAbandonedSamples(of: images)
    let look = try CommonLook(of: images, work) { try directory.part(of: $0, in: progress) }
    let report = try ReportFile(path: "\(directory.path)/report.html", limits: look.limits)
    var tables = ResultTables(quantiles: quantiles)
    try work.run(images) { image in
      try directory.part(of: image, in: progress).map { try write($0, look) }
    } take: { written in
      guard let written else { return }
      tables.append(written.tables)
      if let entry = written.entry { try report.add(entry) }
    }
    tables.judge()
    let written = WrittenResults(
      table: MetricsTable(rows: tables.rows, interval: interval), calibration: tables.calibration,
      foreignMaps: MapFolder.images(in: directory).subtracting(images.map(\.name)).sorted())
    try write(tables, written)
    if !tables.sheet.isEmpty { try writeOverview(tables.sheet, look.limits.std) }
    try finish(report, tables, written)
    try AtomicFile.write(SummaryJSON.text(of: written.table, facts: facts), to: summary)
    return written
  }

  /// What the images with truth say together, from one pass over them; writes nothing.
  public func calibration(_ progress: RunProgress) throws -> RunCalibration {
    var calibration = RunCalibration()
    try work.run(progress.images.keys.sorted()) { image in
      guard let part = try directory.part(of: image, in: progress), part.statistics.count > 0
      else { return RunCalibration() }
      return RunCalibration(try result(of: part), interval: intervalNames)
    } take: {
      calibration.append($0)
    }
    return calibration
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

  var intervalNames: (lower: String, upper: String)? {
    interval.map {
      (
        ImageResult.name(ofQuantile: $0.lowerBound), ImageResult.name(ofQuantile: $0.upperBound)
      )
    }
  }
}

// MARK: - Overview

extension ResultWriter {
  /// The name of the run folder.
  private var title: String {
    let name = PathName.name(of: directory.path)
    guard name == "." || name == ".." || name.isEmpty else { return name }
    return URL(filePath: directory.path).standardizedFileURL.lastPathComponent
  }

  private func writeOverview(_ rows: [OverviewPicture.Row], _ limit: Float) throws {
    let picture = try OverviewPicture(title: title, rows: rows, stdLimit: limit)
    try AtomicFile.write(
      PNGFile.encode(picture.render()), to: "\(directory.path)/overview.png")
  }
}
