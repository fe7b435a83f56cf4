import RunFiles

/// Why a run stops before its work is done.
public enum StopReason: Hashable, Sendable {
  /// A signal, by number.
  case signal(Int32)
  /// Something else, in words.
  case other(String)
}

extension StopReason: CustomStringConvertible {
  /// In words.
  public var description: String {
    switch self {
    case .signal(let number): SignalName.text(number)
    case .other(let text): text
    }
  }
}

/// How a run ended, the same on all ranks.
public struct RunEnding: Hashable, Sendable {
  /// The exit code all ranks leave with.
  public var code: ExitCode
  /// What to tell the user; nil if all is well.
  public var text: String?

  /// An ending.
  public init(_ code: ExitCode, _ text: String? = nil) {
    self.code = code
    self.text = text
  }
}

/// An error that ends the run: who, where, what, why.
public struct WorkerFailure: Hashable, Sendable {
  /// The rank it happened on.
  public var rank: Int
  /// The rank's machine.
  public var host: String
  /// The unit that was worked on, if it was in one.
  public var unit: WorkUnit?
  /// The cause in words.
  public var cause: String
  /// The exit code for it.
  public var code: ExitCode

  /// The message for the user.
  public var text: String {
    let place = unit.map { ", \($0)" } ?? ""
    return "rank \(rank) (\(host))\(place): \(cause)"
  }
}
