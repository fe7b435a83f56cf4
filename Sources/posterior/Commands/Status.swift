import ArgumentParser
import Coordinator
import Foundation
import RunFiles

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells how far a run is, from its folder alone.",
    discussion: """
      Reads the run folder from any machine that sees it, also while the run goes on. Exits with 0 \
      when everything is done, with 75 while samples are missing.

        posterior status runs/quickstart
      """)

  @Argument(help: "Run folder, as `posterior run` wrote it.")
  var directory: String

  func run() throws {
    let folder = try RunDirectory.open(directory)
    let configuration = try folder.configuration()
    let progress = try folder.scan()
    let standing = try Standing(folder, configuration, progress)
    print(
      "\(directory): \(standing.samplesDone) of \(standing.samplesWanted) samples of "
        + "\(standing.images) images are done, \(standing.failedSamples) failed")
    for (name, status) in try folder.statuses().sorted(by: { $0.key < $1.key }) {
      print("  \(name): \(line(status))")
    }
    for file in progress.ignored { print("  ignored \(file.name): \(file.reason)") }
    for part in progress.overlapping {
      print("  set aside \(part.name): it overlaps a larger part")
    }
    guard standing.missingSamples == 0 else {
      print(standing.missingText)
      throw ArgumentParser.ExitCode(Coordinator.ExitCode.interrupted.rawValue)
    }
  }

  private func line(_ status: RunStatus) -> String {
    var items = ["\(status.state.rawValue) on \(status.host) (updated \(status.updated))"]
    if let shard = status.shard { items.append("share \(shard)") }
    items.append("\(status.units.done)/\(status.units.total) units")
    if let rate = status.unitsPerSecond { items.append(String(format: "%.3g units/s", rate)) }
    if let rest = status.remainingSeconds { items.append(String(format: "%.0f s left", rest)) }
    if let error = status.error { items.append(error) }
    return items.joined(separator: ", ")
  }
}
