import Batch
import Coordinator
import Foundation
import RunFiles

/// A measured plan as text.
struct PlanText: CustomStringConvertible {
  static let ranks = [1, 8, 64, 512]

  let measured: CostMeasurement
  let options: ExperimentOptions

  private var cost: RunCost { measured.cost }

  var description: String {
    ([heading] + rows(facts) + notes + [""] + table + [""] + array).joined(separator: "\n")
  }

  private var heading: String {
    "\(options.config), results in \(measured.configuration.run.output)\n"
  }

  // MARK: - Facts

  private var facts: [(String, String)] {
    [
      ("images", "\(cost.images)"),
      ("samples", samplesText),
      ("units", unitsText),
      ("network", "\(cost.evaluations) evaluations   \(cost.evaluationsPerSample) a sample"),
      ("workers", "\(cost.workers) a rank, on \(measured.device); all were measured at once"),
      ("a unit", unitText),
      ("start", Self.seconds(cost.startSeconds)),
      ("results", resultsText),
      ("memory", measured.memory.map { "\(Self.bytes($0)) a rank" } ?? "not known"),
      ("disk", diskText),
    ]
  }

  private var resultsText: String {
    "\(Self.seconds(cost.resultSeconds)) an image, \(cost.resultThreads) at once, written at the end by rank 0"
  }

  private var samplesText: String {
    let goal = cost.goal
    guard goal.rule != nil else { return "\(cost.samples)   \(goal.most) each" }
    return "\(goal.least * cost.images) to \(cost.samples)   \(goal)"
  }

  private var unitsText: String {
    let least =
      cost.goal.rule == nil ? "" : "\(cost.goal.unitRange.lowerBound * cost.images) to "
    return "\(least)\(cost.units)   of \(cost.grid.unit) samples, drawn as one batch"
  }

  private var unitText: String {
    let sample = cost.unitSeconds / Double(cost.grid.unit)
    return "\(Self.seconds(cost.unitSeconds)) on one worker, \(Self.seconds(sample)) a sample"
      + (cost.setupSeconds > 0.01 * cost.unitSeconds
        ? "; \(Self.seconds(cost.setupSeconds)) an image to set it up" : "")
  }

  private var diskText: String {
    let disk = measured.disk
    let items = [
      ("parts", disk.parts), ("maps", disk.maps), ("pictures", disk.pictures),
      ("samples", disk.samples),
    ].filter { $0.1 > 0 }
    return "\(Self.bytes(disk.total))   "
      + items.map { "\($0.0) \(Self.bytes($0.1))" }.joined(separator: ", ")
  }

  private var notes: [String] {
    var notes: [String] = []
    if cost.goal.rule != nil {
      notes.append("All that follows from the number of samples is told for the most of them.")
    }
    if !measured.settled.isEmpty {
      notes.append(
        "Settled, as the configuration leaves it open: \(measured.settled.joined(separator: " "))")
    }
    if measured.timing.drawnShare < 1 {
      let share = String(format: "%.2g", 100 * measured.timing.drawnShare)
      notes.append("A unit was broken off after \(share) % of it; its time is scaled from that.")
    }
    if measured.wasDisturbed {
      notes.append(
        "Other programs had the cores: a unit took \(Self.seconds(measured.timing.seconds)) by the "
          + "clock. The times are those of a quiet machine.")
    }
    if measured.configuration.recording != nil { notes.append("Trajectories are not counted.") }
    return notes
  }

  // MARK: - Tables

  private var table: [String] {
    [Self.columns("ranks", "workers", "units a worker", "time")]
      + Self.ranks.map { ranks in
        Self.columns(
          "\(ranks)", "\(ranks * cost.workers)", "\(cost.unitsPerWorker(ranks: ranks))",
          ProgressLine.duration(cost.seconds(ranks: ranks)))
      } + ["A rank here has \(cost.workers) workers, as this machine gives it."]
  }

  private var array: [String] {
    let advice = ArrayAdvice(for: cost)
    let range = "--array=0-\(advice.tasks - 1)"
    let time = "--time=\(SlurmTime(forWorkOf: advice.seconds))"
    return [
      "As a Slurm array: \(range) --cpus-per-task=\(measured.cores) \(time)",
      "  the longest task takes about \(ProgressLine.duration(advice.seconds)), merging "
        + ProgressLine.duration(cost.mergeSeconds(cores: JobRequest(for: .merge).cpusPerTask)),
      "  posterior submit \(ShellWord.joined(options.words + settings)) --array \(advice.tasks)",
    ]
  }

  /// So that all tasks draw alike.
  private var settings: [String] { measured.settled.flatMap { ["--set", $0] } }

  private func rows(_ facts: [(String, String)]) -> [String] {
    facts.map { "  " + $0.0.padding(toLength: 10, withPad: " ", startingAt: 0) + $0.1 }
  }

  private static func columns(_ words: String...) -> String {
    zip(words, [7, 10, 16, 16]).map { word, width in
      String(repeating: " ", count: max(0, width - word.count)) + word
    }.joined()
  }

  // MARK: - Numbers

  /// Three significant digits up to a minute.
  static func seconds(_ value: Double) -> String {
    switch value {
    case ..<0.001: "under 1 ms"
    case ..<1: String(format: "%.3g ms", value * 1000)
    case ..<60: String(format: "%.3g s", value)
    default: ProgressLine.duration(value)
    }
  }

  static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var (value, unit) = (Double(count), 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    return String(format: unit == 0 ? "%.0f %@" : "%.3g %@", value, units[unit])
  }
}

extension ExperimentOptions {
  /// The words that give these options again.
  var words: [String] {
    [config] + overrides.flatMap { ["--set", $0] } + (output.map { ["--output", $0] } ?? [])
  }
}
