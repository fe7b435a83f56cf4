import ArgumentParser
import Coordinator
import Foundation
import Report
import RunFiles

/// Joins what is finished in a run folder and writes its results.
struct FolderResults {
  private let directory: String

  init(_ directory: String) { self.directory = directory }

  /// Prints the table, and what is missing.
  ///
  /// - Parameter then: is given what was written, before what is missing is told.
  /// - Throws: the exit code for "interrupted" if something is missing.
  func write(then: (WrittenResults, RunDirectory) throws -> Void = { _, _ in }) throws {
    let console = Console()
    let folder = try RunDirectory.open(directory)
    let configuration = try folder.configuration()
    let progress = try folder.tidy(folder.scan(), configuration.goal)
    let standing = try Standing(folder, configuration, progress)
    standing.notices.forEach(console.note)
    let written = try RunResults(configuration, console: console).write(standing)
    print(written.text)
    try then(written.results, folder)
    guard standing.missing.isEmpty else {
      print(standing.missingText)
      throw ArgumentParser.ExitCode(Coordinator.ExitCode.interrupted.rawValue)
    }
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
