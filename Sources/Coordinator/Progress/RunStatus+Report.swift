import RunFiles

extension RunStatus {
  /// The status of a run that has come as far as `report` says.
  ///
  /// - Parameter ending: how it ended; nil while it goes on.
  init(_ run: OpenedRun, _ report: ProgressReport, ending: RunEnding? = nil) {
    self.init(
      program: run.directory.description.program, run: run.directory.writer, share: run.share,
      job: run.job, secondsSinceStart: report.elapsed)
    state = ending.map(State.init) ?? .running
    units = Count(
      total: report.totalUnits, done: report.doneUnits, resumed: report.resumedUnits,
      open: report.openUnits)
    samples = Count(
      total: report.totalSamples, done: report.doneSamples, resumed: report.resumedSamples,
      open: report.openSamples)
    failedSamples = report.failedSamples
    ranks = report.ranks
    workers = report.workers
    unitsPerSecond = report.unitsPerSecond
    remainingSeconds = report.remaining
    error = ending.flatMap { $0.code.isComplete ? nil : $0.text }
  }
}

extension RunStatus.State {
  fileprivate init(_ ending: RunEnding) {
    self = ending.code.isComplete ? .complete : ending.code == .interrupted ? .interrupted : .failed
  }
}
