import Foundation

/// Ends this process if MPI does not start in time.
///
/// A rank that never comes up (its machine hangs, say) keeps all others inside MPI's start, where
/// nothing of ours runs; without this they would wait until the job's time is over.
final class StartWatch: Sendable {
  private let isOver = Monitor(false)

  /// Watches from now on, for at most `seconds`.
  init(seconds: Double) {
    let thread = Thread { [isOver] in
      let end = MonotonicClock.now() + seconds
      // A timed wait alone would end the process early where something meddles with its clock.
      while MonotonicClock.now() < end {
        if isOver.wait(upTo: 1, { $0 ? true : nil }) != nil { return }
      }
      let text = """
        posterior: MPI has not started within \(Int(seconds)) s: some rank hangs or was never started; \
        nothing was done, run again\n
        """
      StandardStreams.writeError(text)
      _exit(ExitCode.interrupted.rawValue)
    }
    thread.name = "start watch"
    thread.start()
  }

  /// MPI has started.
  func end() { isOver.change { $0 = true } }
}
