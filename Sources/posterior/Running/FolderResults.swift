import ArgumentParser
import Coordinator
import Foundation
import Report
import RunFiles

/// Joins what is finished in a run folder and tells what it says.
struct FolderResults {
  private let directory: String
  private let console = Console()

  init(_ directory: String) { self.directory = directory }

  /// Writes maps, tables and the report, and prints the table and what is missing.
  ///
  /// - Throws: the exit code for "interrupted" if something is missing.
  func write() throws {
    let (standing, results) = try open()
    print(try results.write(standing).text)
    try tellMissing(standing)
  }

  /// Compares samples with truths, and prints what follows and what is missing.
  ///
  /// Maps, tables and the report are written only where they are not of the samples that are there.
  /// - Throws: the exit code for "interrupted" if something is missing.
  func calibrate(_ options: CalibrationOptions) throws {
    let (standing, results) = try open()
    try options.check(standing)
    let calibration =
      try standing.isMapped ? results.calibration(standing) : written(standing, results)
    print(try options.conclude(calibration, in: standing.folder, console: console))
    try tellMissing(standing)
  }

  private func written(_ standing: Standing, _ results: RunResults) throws -> RunCalibration {
    let (text, written) = try results.write(standing)
    print(text)
    return written.calibration
  }

  private func open() throws -> (Standing, RunResults) {
    let folder = try RunDirectory.open(directory)
    let configuration = try folder.configuration()
    let progress = try folder.tidy(folder.scan(), configuration.goal)
    let standing = try Standing(folder, configuration, progress)
    standing.notices.forEach(console.note)
    return (standing, RunResults(configuration, console: console))
  }

  private func tellMissing(_ standing: Standing) throws {
    guard !standing.missing.isEmpty else { return }
    print(standing.missingText)
    throw ArgumentParser.ExitCode(Coordinator.ExitCode.interrupted.rawValue)
  }
}

extension RunDirectory {
  /// The configuration in `run.yaml`.
  func configuration() throws -> ResolvedConfiguration {
    let file = "\(path)/run.yaml"
    let read = try Configuration.load(text: description.configuration, name: file)
    guard let recorded = read.configuration.recorded else {
      throw RunDirectoryError.damagedDescription(file)
    }
    return recorded
  }

  /// Hash of measurement, prior and sampler, as the run has recorded it; nil in folders of old versions.
  func problemHash() throws -> String? {
    try Configuration.record(inYAML: description.configuration, name: "\(path)/run.yaml")["problem"]
  }
}
