import Coordinator
import Foundation
import RunFiles
import Synchronization

/// What a run says on standard error: on rank 0 only.
final class Console: RunObserver {
  private struct State {
    var pacer: ProgressPacer
    var lineIsOpen = false
    var latest = ProgressReport()
    var limit: TimeLimit
  }

  private let isTerminal: Bool
  private let state: Mutex<State>

  /// - Parameter job: the job whose end is compared with that of the run.
  init(job: SlurmJob = SlurmJob()) {
    isTerminal = isatty(2) == 1
    state = Mutex(
      State(
        pacer: ProgressPacer(isTerminal: isTerminal), limit: TimeLimit(deadline: job.deadline)))
  }

  func began(_ report: ProgressReport) {
    let resumed =
      report.resumedUnits > 0
      ? "; \(report.resumedUnits) done before are skipped" : ""
    let most = report.openUnits > 0 ? ", at most \(report.mostUnits)" : ""
    note(
      "\(report.totalUnits) \(report.totalUnits == 1 ? "unit" : "units") of work\(most)\(resumed)")
  }

  func rankJoined(_ info: RankInfo) { note(info.line) }

  func ranksJoined(_ ranks: [RankInfo]) {
    let environment = ProcessInfo.processInfo.environment
    for warning in PlacementWarning.all(ranks, environment: environment) {
      note("warning: \(warning)")
    }
  }

  func progressed(_ report: ProgressReport) {
    let remark = state.withLock {
      $0.limit.remark(
        remaining: report.remaining, isBound: report.openUnits > 0,
        now: Date().timeIntervalSince1970)
    }
    if let remark { note(remark) }
    state.withLock { state in
      state.latest = report
      guard state.pacer.isDue(report, now: report.elapsed) else { return }
      if isTerminal {
        write(ProgressLine.terminal(report, columns: Self.columns))
      } else {
        write(ProgressLine.text(report) + "\n")
      }
      state.lineIsOpen = isTerminal
    }
  }

  /// What was told last.
  var latest: ProgressReport { state.withLock { $0.latest } }

  func sampleFailed(_ sample: FailedSample) {
    note(
      "\(sample.image.name), sample \(sample.index) failed after \(sample.attempts) attempts and "
        + "is left out: \(sample.reason)")
  }
  func stopping(_ text: String) { note("stopping: finishing the steps under way") }
  func message(_ text: String) { note(text) }

  /// One line, above the progress line if there is one.
  func note(_ text: String) {
    state.withLock { state in
      if state.lineIsOpen { write("\r\u{1B}[K") }
      state.lineIsOpen = false
      write("posterior: \(text)\n")
    }
  }

  /// Ends the progress line.
  func close() {
    state.withLock { state in
      if state.lineIsOpen { write("\n") }
      state.lineIsOpen = false
    }
  }

  private func write(_ text: String) {
    StandardStreams.writeError(text)
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
