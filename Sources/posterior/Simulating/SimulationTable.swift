import Coordinator
import Foundation
import RunFiles

/// What the coordinator did and what it cost, in two lines.
struct SimulationTable {
  private var columns: [(name: String, value: String)] = []

  /// A simulated run: seconds are those of its own clock.
  init(_ report: SimulationReport, workers: Int) {
    add("ranks", workers)
    addLoad(report.units, report.resultBytes, report.seconds)
    add("messages/s", Double(report.messages) / report.seconds)
    addCost(report.coordinatorSeconds, report.units, report.seconds)
    add("largest backlog MB", Double(report.largestBacklog) / 1e6)
  }

  /// A real run.
  init(_ outcome: RunOutcome, ranks: Int) {
    let report = outcome.report
    let units = report.doneUnits - report.resumedUnits
    add("ranks", ranks)
    addLoad(units, outcome.resultBytes, outcome.elapsedSeconds)
    addCost(outcome.coordinatorSeconds, units, outcome.elapsedSeconds)
    add("results", outcome.results)
    add("disk %", 100 * outcome.committingSeconds / outcome.elapsedSeconds)
    add("memory MB", Double(ProcessMemory.peakBytes ?? 0) / 1e6)
  }

  /// A line of names and one of values.
  var text: String {
    let widths = columns.map { max($0.name.count, $0.value.count) }
    let lines = [columns.map(\.name), columns.map(\.value)].map { row in
      zip(row, widths).map { text, width in
        String(repeating: " ", count: width - text.count) + text
      }.joined(separator: "  ")
    }
    return lines.joined(separator: "\n")
  }

  private mutating func addLoad(_ units: Int, _ bytes: Int, _ seconds: Double) {
    add("units", units)
    add("seconds", seconds)
    add("units/s", Double(units) / seconds)
    add("MB/s", Double(bytes) / 1e6 / seconds)
  }

  /// Processor time of the coordinating thread.
  private mutating func addCost(_ cost: Double, _ units: Int, _ seconds: Double) {
    add("µs/unit", cost * 1e6 / Double(max(1, units)))
    add("thread %", 100 * cost / seconds)
    add("units/s at 100 %", Double(units) / cost)
  }

  private mutating func add(_ name: String, _ value: Int) { columns.append((name, "\(value)")) }

  private mutating func add(_ name: String, _ value: Double) {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
    columns.append((name, value.isFinite ? String(format: "%.\(digits)f", value) : "–"))
  }
}
