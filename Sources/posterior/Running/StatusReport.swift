import Coordinator
import Foundation
import RunFiles

/// What `posterior status` prints.
struct StatusReport {
  private let standing: Standing
  private let statuses: [(name: String, status: RunStatus?)]
  private let activity: RunActivity
  private let isMapped: Bool
  /// A screen is enough; the rest is counted.
  private static let longest = 20

  init(_ standing: Standing, _ statuses: [String: RunStatus?]) {
    self.standing = standing
    self.statuses = statuses.sorted {
      $0.key.utf8.count == $1.key.utf8.count
        ? $0.key < $1.key : $0.key.utf8.count < $1.key.utf8.count
    }.map { ($0.key, $0.value) }
    activity = RunActivity(statuses.values.compactMap { $0 })
    isMapped = standing.isMapped
  }

  /// Whether all samples are there and their maps are written.
  var isFinished: Bool { standing.missing.isEmpty && isMapped }

  var lines: [String] {
    [["\(standing.folder.path): \(standing.doneText)"], record, surplus, shares, rate]
      .flatMap { $0 }
      + Self.shortened(standing.notices.map { "  \($0)" }, "files that do not count")
      + verdict
  }

  private var record: [String] {
    standing.isFromRecord
      ? ["  the data folder is not to be seen from here: images as recorded in run.yaml"] : []
  }

  private var surplus: [String] { standing.surplus.map { ["  \($0)"] } ?? [] }

  private var shares: [String] {
    let isMany = statuses.count > 1
    let shown = statuses.filter { !isMany || $0.status?.state != .complete }
    let lines = shown.map { name, status in
      "  \(name): \(status.map { RunActivity.line($0) } ?? "cannot be read")"
    }
    return (isMany ? ["  shares: \(activity.text)"] : []) + Self.shortened(lines, "of them")
  }

  private var rate: [String] {
    guard !standing.missing.isEmpty, let rate = activity.samplesPerSecond else { return [] }
    let bound = standing.extent.openSamples > 0 ? "at most " : ""
    let text = bound + ProgressLine.duration(Double(standing.mostMissingSamples) / rate)
    return [
      String(format: "  %.3g samples/s of \(activity.count(.running)) running: ", rate)
        + "\(text) for all that is missing"
    ]
  }

  private var verdict: [String] {
    if !standing.missing.isEmpty { return [standing.missingText] }
    let folder = standing.folder.path
    return [
      isMapped
        ? "maps and tables are written: \(folder)/maps/"
        : "maps are not written (or of fewer samples): type posterior merge \(folder)"
    ]
  }

  private static func shortened(_ lines: [String], _ what: String) -> [String] {
    let rest = lines.count - longest
    return lines.prefix(longest) + (rest > 0 ? ["  … and \(rest) more \(what)"] : [])
  }
}
