import ArgumentParser
import Coordinator
import Foundation
import RunFiles

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Joins what is finished in a run folder and writes its maps.",
    discussion: """
      Works at any time, also while array tasks still run: the maps are those of the samples that \
      are there, and what is missing is listed. Exits with 75 while something is missing.

        posterior merge runs/quickstart
      """)

  @Argument(help: "Run folder, as `posterior run` wrote it.")
  var directory: String

  func run() throws {
    let console = Console()
    let folder = try RunDirectory.open(directory)
    let configuration = try folder.configuration()
    let progress = try folder.tidy(folder.scan(), samples: configuration.run.samples)
    let standing = try Standing(folder, configuration, progress)
    standing.notices.forEach(console.note)
    print(try RunResults(configuration, console: console).write(standing))
    guard standing.missing.isEmpty else {
      print(standing.missingText)
      throw ArgumentParser.ExitCode(Coordinator.ExitCode.interrupted.rawValue)
    }
  }
}

extension RunDirectory {
  /// The configuration in `run.yaml`.
  func configuration() throws -> Configuration {
    try Configuration.load(text: description.configuration, name: "\(path)/run.yaml").configuration
  }
}
