import Foundation

/// How a run ended on this rank.
public struct RunOutcome: Sendable {
  /// How it ended; the same on all ranks.
  public var ending: RunEnding
  /// How far it came; on rank 0.
  public var report = ProgressReport()
  /// Processor time the coordinating thread of rank 0 used, in seconds.
  public var coordinatorSeconds = 0.0
  /// Results that were committed; on rank 0.
  public var results = 0
  /// Bytes of these results.
  public var resultBytes = 0
  /// Time in which the committing thread was at work or waited for the disk, in seconds; on rank 0.
  public var committingSeconds = 0.0
  /// Time from the first message to the end, in seconds.
  public var elapsedSeconds = 0.0
  /// Some rank cannot be reached and must be ended from here.
  public var mustAbort = false
  /// A worker thread of this process did not stop: the process must end without running exit
  /// handlers under its feet.
  public var hasAbandonedThreads = false

  /// An outcome.
  public init(_ ending: RunEnding) { self.ending = ending }

  /// Leaves the run together with the other ranks and ends the process; call it last.
  ///
  /// - Parameter code: another exit code than that of the ending.
  public func leave(_ transport: any Transport, code: ExitCode? = nil) -> Never {
    let code = code ?? ending.code
    fflush(nil)
    if mustAbort { transport.abort(code) }
    do {
      try transport.finish(within: 60)
    } catch {
      transport.abort(code)
    }
    if hasAbandonedThreads { _exit(code.rawValue) }
    exit(code.rawValue)
  }
}

/// Errors that know their exit code.
public protocol ExitCodeError: Error {
  /// The exit code a run ends with for this error.
  var exitCode: ExitCode { get }
}
