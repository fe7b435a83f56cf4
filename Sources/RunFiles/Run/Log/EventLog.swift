import Foundation
import Synchronization

/// The event log of one process: `events-HOST-RANK.jsonl`, one JSON object a line, appended to.
///
/// Each line is one write, so processes that share a file do not mix their lines. A log that cannot
/// be written is reported once and never stops a run.
public final class EventLog: Sendable {
  /// The file.
  public let path: String
  private let run: String
  private let rank: Int
  private let report: @Sendable (String) -> Void
  private let state: Mutex<State>

  fileprivate struct State {
    var descriptor: Int32 = -1
    var isReported = false
    var endsInsideLine = false
  }

  /// The log of this process; the file is opened with the first line.
  ///
  /// - Parameters:
  ///   - folder: the run folder.
  ///   - run: an identity that tells this start of the program from others.
  ///   - report: called at most once, with a sentence, when a line could not be written.
  public init(
    folder: String, rank: Int, run: String, report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    path = "\(folder)/events-\(HostName.forFiles)-\(rank).jsonl"
    self.run = run
    self.rank = rank
    self.report = report
    state = Mutex(State())
  }

  deinit {
    state.withLock { state in
      if state.descriptor >= 0 { _ = close(state.descriptor) }
    }
  }

  /// Appends a line.
  public func write(_ event: RunEvent) {
    guard let line = line(of: event) else { return }
    let problem = state.withLock { $0.append(line, to: path) }
    if let problem { report("cannot write \(path): \(problem); the run goes on without it") }
  }

  private func line(of event: RunEvent) -> [UInt8]? {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    let line = EventLine(
      time: Timestamp.text(Date()), run: run, host: HostName.current, rank: rank,
      process: getpid(), content: event)
    return (try? encoder.encode(line)).map { Array($0) + [UInt8(ascii: "\n")] }
  }
}

extension EventLog.State {
  /// Writes a line; returns a problem that was not told before.
  mutating func append(_ line: [UInt8], to path: String) -> String? {
    if descriptor < 0 { descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { return tell(String(cString: strerror(errno))) }
    let bytes = endsInsideLine ? [UInt8(ascii: "\n")] + line : line
    let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    if written == bytes.count {
      endsInsideLine = false
      return nil
    }
    let reason = written < 0 ? String(cString: strerror(errno)) : "the disk is full"
    endsInsideLine = endsInsideLine || written > 0
    return tell(reason)
  }

  private mutating func tell(_ problem: String) -> String? {
    defer { isReported = true }
    return isReported ? nil : problem
  }
}

/// Points in time as text.
enum Timestamp {
  /// UTC in ISO 8601 with milliseconds.
  static func text(_ date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// The point in time of such a text; nil for anything else.
  static func date(_ text: String) -> Date? {
    try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
