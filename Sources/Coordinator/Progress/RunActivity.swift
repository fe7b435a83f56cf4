import Foundation
import RunFiles

/// What a run and its shares say of themselves, taken together.
public struct RunActivity: Sendable {
  /// What a share does, as far as its status tells.
  public enum Doing: String, Sendable, CaseIterable {
    /// It says that it runs, and said so lately.
    case running
    /// It says that it runs, but has not said so for a while: it was killed or cut off.
    case silent
    /// It was stopped by an error.
    case failed
    /// It was interrupted.
    case interrupted
    /// Its work is done.
    case complete
  }

  /// A run that has written no status for so many seconds is silent; a running one writes every 10.
  public static let silence = 60.0

  /// The statuses, by what their shares do.
  private let statuses: [Doing: [RunStatus]]

  /// The activity that the statuses tell of at `now`.
  public init(_ statuses: some Sequence<RunStatus>, now: Date = Date()) {
    self.statuses = Dictionary(grouping: statuses) { Self.doing($0, now: now) }
  }

  /// What the share does that wrote this.
  public static func doing(_ status: RunStatus, now: Date = Date()) -> Doing {
    switch status.state {
    case .running, .stopping:
      // A clock that goes ahead on the other host is no silence.
      (status.age(now: now) ?? .infinity) > silence ? .silent : .running
    case .complete: .complete
    case .interrupted: .interrupted
    case .failed: .failed
    }
  }

  /// Whether another process than this one seems to work on the share that wrote this: one that said so lately and
  /// is there, as far as that can be seen from here.
  public static func isAtWorkElsewhere(_ status: RunStatus, now: Date = Date()) -> Bool {
    guard doing(status, now: now) == .running else { return false }
    let isHere = status.host == HostName.current
    return !isHere || status.process != getpid() && (kill(status.process, 0) == 0 || errno == EPERM)
  }

  /// Number of shares that do something.
  public func count(_ doing: Doing) -> Int { statuses[doing]?.count ?? 0 }

  /// Samples a second of all that run, each over its whole time; nil if none has finished any.
  public var samplesPerSecond: Double? {
    let rates = (statuses[.running] ?? []).compactMap(Self.rate)
    return rates.isEmpty ? nil : rates.reduce(0, +)
  }

  private static func rate(_ status: RunStatus) -> Double? {
    let drawn = status.samples.done - status.samples.resumed
    guard drawn > 0, status.elapsedSeconds > 0 else { return nil }
    return Double(drawn) / status.elapsedSeconds
  }

  /// For example `5 complete, 2 running, 1 silent`.
  public var text: String {
    [Doing.complete, .running, .interrupted, .failed, .silent].compactMap { doing in
      count(doing) > 0 ? "\(count(doing)) \(doing.rawValue)" : nil
    }.joined(separator: ", ")
  }
}

// MARK: - One share

extension RunActivity {
  /// How one share stands: for example `running on n3 (updated …), share 3/8, job 12_3, 4/6 units,
  /// 1.20 units/s, 2 s left`.
  public static func line(_ status: RunStatus, now: Date = Date()) -> String {
    let doing = doing(status, now: now)
    let items = [
      doing == .silent
        ? "silent since \(status.updated), it ran on \(status.host)"
        : "\(doing.rawValue) on \(status.host) (updated \(status.updated))",
      status.shard.map { "share \($0)" }, status.job.map { "job \($0)" }, restarts(status),
      "\(status.units.done)/\(status.units.total) units"
        + (status.units.most.map { " (at most \($0))" } ?? ""),
    ]
    let running = doing == .running ? speed(status, now: now) : []
    return (items + running + [status.error]).compactMap { $0 }.joined(separator: ", ")
  }

  private static func restarts(_ status: RunStatus) -> String? {
    status.restartCount.flatMap { $0 > 0 ? "restarted \($0) times" : nil }
  }

  private static func speed(_ status: RunStatus, now: Date) -> [String?] {
    [
      status.unitsPerSecond.map { "\(ProgressLine.number($0)) units/s" },
      timeLimit(status, now: now)
        ?? status.remainingSeconds.map { "\(bound(status))\(ProgressLine.duration($0)) left" },
    ]
  }

  private static func bound(_ status: RunStatus) -> String {
    status.units.most == nil ? "" : "at most "
  }

  private static func timeLimit(_ status: RunStatus, now: Date) -> String? {
    guard let remaining = status.remainingSeconds, remaining > 0, let deadline = status.deadline
    else { return nil }
    let left = max(0, deadline - now.timeIntervalSince1970)
    return TimeLimit.text(remaining: remaining, left: left, isBound: status.units.most != nil)
  }
}
