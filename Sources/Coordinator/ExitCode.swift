/// The exit codes of the program, as in sysexits.h where that has one.
public enum ExitCode: Int32, Hashable, Sendable, CaseIterable {
  /// Everything asked for is done.
  case complete = 0
  /// Everything is done, but some samples failed and are left out.
  case completeWithFailedSamples = 1
  /// The command line is wrong.
  case usage = 64
  /// The configuration, an input or the run folder does not fit.
  case badInput = 65
  /// The program is at fault.
  case internalError = 70
  /// Reading or writing failed.
  case inputOutput = 74
  /// Interrupted; the same command goes on where it stopped.
  case interrupted = 75

  /// Whether all the work is done.
  public var isComplete: Bool { self == .complete || self == .completeWithFailedSamples }
}

extension ExitCode: CustomStringConvertible {
  /// In a few words.
  public var description: String {
    switch self {
    case .complete: "complete"
    case .completeWithFailedSamples: "complete with failed samples"
    case .usage: "wrong usage"
    case .badInput: "bad configuration or data"
    case .internalError: "internal error"
    case .inputOutput: "input/output error"
    case .interrupted: "interrupted; run again to resume"
    }
  }
}
