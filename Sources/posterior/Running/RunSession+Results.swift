import Coordinator
import Foundation
import Report
import RunFiles
import Statistics
import Synchronization
import Tensors
import Worker

extension RunSession {
  /// Writes the maps of a complete run; a shard leaves that to `merge`.
  ///
  /// - Returns: `ending`, or an input/output error if the results cannot be written.
  func conclude(
    _ ending: RunEnding, console: Console, calibration: CalibrationOptions?
  ) -> RunEnding {
    do {
      guard ending.code.isComplete, let run, let loaded = known else { return ending }
      if let share = run.share {
        console.note(
          "share \(share.shard) is complete; `posterior \(calibration == nil ? "merge" : "calibrate") "
            + "\(run.directory.path)` joins all shares that are there")
        return ending
      }
      let standing = try Standing(
        run.directory, loaded.experiment.configuration, run.directory.scan())
      let results = RunResults(
        loaded.experiment.configuration, console: console, operators: loaded.experiment.operators)
      let written = try results.write(standing, report: console.latest)
      console.close()
      print(written.text)
      if let calibration {
        print(
          try calibration.conclude(written.results.calibration, in: run.directory, console: console)
        )
      }
      let lost = run.plan.remaining(after: standing.progress)
      return lost.isEmpty ? ending : Self.bereft(of: lost, run.directory)
    } catch let error as Failure {
      return RunEnding(error.exitCode, error.description)
    } catch {
      return RunEnding(
        .inputOutput, "the samples are safe, but the maps were not written: \(error)")
    }
  }

  /// The ending of a run whose parts are not all there any more when it is done.
  ///
  /// A share that goes on beside a run of everything may add a part that the run counts on to others
  /// that the run has drawn again. Sums cannot be taken apart, so one of the two is set aside.
  private static func bereft(of lost: [RemainingWork], _ folder: RunDirectory) -> RunEnding {
    RunEnding(
      .interrupted,
      "\(lost.reduce(0) { $0 + $1.samples.count }) samples that were finished are missing now: "
        + "files in \(folder.partsPath) were deleted or damaged, or another process has added "
        + "them to sums that overlap with those of this run; run again to draw them anew")
  }
}

/// Turns the parts of a run folder into maps, pictures and tables.
struct RunResults {
  private let configuration: ResolvedConfiguration
  private let console: Console
  private let operators: OperatorSource?

  /// - Parameter operators: those the samples were drawn with, if this process has them.
  init(
    _ configuration: ResolvedConfiguration, console: Console, operators: OperatorSource? = nil
  ) {
    self.configuration = configuration
    self.console = console
    self.operators = operators
  }

  /// Writes the results of all images that have samples.
  ///
  /// - Parameter standing: what is there, its content verified.
  /// - Returns: a one-screen table with where to look, and what was found.
  func write(
    _ standing: Standing, report: ProgressReport? = nil
  ) throws -> (text: String, results: WrittenResults) {
    let intervals = try CalibratedIntervals(configuration, standing.folder)
    for warning in intervals?.warnings ?? [] { console.note("warning: \(warning)") }
    standing.surplus.map(console.note)
    let results = try withWriter(standing, intervals) {
      try $0.write(standing.progress, facts: facts(standing, report))
    }
    noteForeignMaps(results.foreignMaps, standing.folder)
    let text = [
      results.table.text(width: 110), "",
      "report: \(standing.folder.path)/report.html   maps and pictures: \(standing.folder.path)/maps/",
    ].joined(separator: "\n")
    return (text, results)
  }

  /// What the images with truth say together; writes nothing.
  func calibration(_ standing: Standing) throws -> RunCalibration {
    try withWriter(standing) { try $0.calibration(standing.progress) }
  }

  private func withWriter<Result>(
    _ standing: Standing, _ intervals: CalibratedIntervals? = nil,
    _ body: (ResultWriter) throws -> Result
  ) throws -> Result {
    let scenes = SceneSource(
      configuration.configuration, standing.folder, operators: operators, console: console)
    let statistics = configuration.configuration.statistics
    let writer = ResultWriter(
      standing.folder, statistics: statistics, scaling: intervals?.scaling,
      remarks: intervals?.remarks ?? [],
      threads: ResultThreads(statistics).count(for: standing.progress)
    ) { [shape = configuration.shape] part in
      // As many as when the samples were drawn: operators then give the same bits.
      TorchRuntime.setThreads(shape.threads)
      return scenes.images(of: part)
    }
    defer { scenes.replacedNotice.map(console.note) }
    return try body(writer)
  }

  private func noteForeignMaps(_ images: [String], _ directory: RunDirectory) {
    guard !images.isEmpty else { return }
    console.note(
      "\(directory.path)/maps has maps of \(images.firstNames), of which parts/ has no sample (any more): "
        + "they are left as they are, and are in no table")
  }

  private func facts(
    _ standing: Standing, _ report: ProgressReport?
  ) -> [String: SummaryValue] {
    let mark = ResultsMark(standing.folder, standing.progress)
    var facts: [String: SummaryValue] = [
      "program": .text(Program.name), "work_hash": .text(mark.workHash),
      "covered_sha256": .text(mark.coveredSha256), "complete": .flag(standing.missing.isEmpty),
    ]
    if let report, report.elapsed > 0, report.doneSamples > report.resumedSamples {
      let drawn = Double(report.doneSamples - report.resumedSamples)
      facts["elapsedSeconds"] = .number(report.elapsed)
      facts["samplesPerSecond"] = .number(drawn / report.elapsed)
      facts["networkEvaluationsPerSecond"] = .number(
        drawn * Double(configuration.configuration.sampler.evaluationsPerSample) / report.elapsed)
    }
    return facts
  }
}
