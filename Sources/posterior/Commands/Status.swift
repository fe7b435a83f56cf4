import ArgumentParser
import Coordinator
import Foundation
import RunFiles

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells how far a run is, from its folder alone.",
    discussion: """
      Reads the run folder from any machine that sees it, also while the run goes on. Exits with 0 \
      when all samples are there and their maps are written, else with 75: the judge of a job, \
      whatever its launcher says.

        posterior status runs/quickstart
      """)

  @Argument(help: "Run folder, as `posterior run` wrote it.")
  var directory: String

  func run() throws {
    let folder = try RunDirectory.open(directory)
    // The headers tell what is there; a flipped byte is found when it is read for the maps.
    let standing = try Standing(folder, folder.configuration(), folder.scan(verify: .header))
    let report = StatusReport(standing, try folder.statuses())
    for line in report.lines { print(line) }
    if !report.isFinished {
      throw ArgumentParser.ExitCode(Coordinator.ExitCode.interrupted.rawValue)
    }
  }
}
