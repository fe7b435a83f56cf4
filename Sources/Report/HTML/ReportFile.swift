import Foundation
import RunFiles

/// Writes `report.html`: one file that needs no other and no network.
///
/// Images are added one by one; their pictures wait on the disk until the table, which stands before
/// them so that it shows first, is known. So memory holds one image and the rows of the table.
final class ReportFile {
  private let path: String
  private let spool: SpoolFile
  private let limits: ReportLimits
  /// Why the samples of each image contradict its measurement, as far as that shows in it alone.
  private var misfits: [String?] = []

  /// - Parameter path: the file to be written; it is there only after `finish`.
  init(path: String, limits: ReportLimits) throws(FileError) {
    self.path = path
    self.limits = limits
    spool = try SpoolFile(beside: path)
  }

  /// Adds an image, in the order of the table.
  func add(_ entry: ImageEntry) throws(FileError) {
    try spool.append(entry.html(number: misfits.count))
    misfits.append(entry.disagreement)
  }

  /// The misfit alone speaks only where the check, which knows what was measured, cannot.
  private static func disagreement(_ misfit: String?, _ row: ImageMetrics) -> String? {
    let data = row.dataCheck == nil ? misfit : row.disagreement
    let found = [data, row.separateAnswers].compactMap { $0 }
    return found.isEmpty ? nil : found.joined(separator: " ")
  }

  /// Writes the file.
  func finish(
    _ table: MetricsTable, title: String, calibration: CalibrationFigures?, remarks: [String],
    failures: FailedSamples, provenance: Provenance
  ) throws {
    let disagreements = zip(misfits, table.rows).map(Self.disagreement)
    let images = TableSection(table, disagreements: disagreements, limits: limits)
    let file = try AtomicFileStream(path: path)
    try file.write(ReportHead(title: title).html)
    try file.write("<a class=\"skip\" href=\"#images\">Skip to the images</a>\n<main id=\"run\">\n")
    try file.write(
      OverviewSection(
        title: title, table: table, failures: failures,
        disagreeing: disagreements.count { $0 != nil }, limits: limits
      ).html)
    try file.write(CalibrationSection(figures: calibration, remarks: remarks, table: table).html)
    try file.write(FailuresSection(failures: failures).html)
    try file.write(images.html)
    try file.write(
      ProvenanceSection(provenance: provenance, total: ImageMetrics(totalOf: table.rows)).html)
    try file.write("</main>\n<main id=\"page\" hidden></main>\n")
    try file.write(
      "<script type=\"application/json\" id=\"table-data\">\(HTML.json(images.data))</script>\n")
    try spool.copy(to: file)
    try file.write(ReportHead.scriptElement + "</body>\n</html>\n")
    try file.commit()
  }
}
