import Foundation

/// How often a run was started, where and for how long, as its event logs tell.
///
/// Logs can be lost or cut short without harm to a run, so this is a record, not evidence.
public struct RunHistory: Sendable, Equatable {
  /// One start of the program, with all its ranks.
  public struct Start: Sendable, Equatable {
    /// The identity of the start.
    public let run: String
    /// When its first rank began, UTC, ISO 8601.
    public internal(set) var began: String
    /// The time of the last line that is known of it.
    public internal(set) var ended: String
    /// The hosts of its ranks, sorted.
    public internal(set) var hosts: [String]
    /// Number of ranks.
    public internal(set) var ranks: Int
    /// How it ended; nil if no log says so, as after a kill.
    public internal(set) var outcome: String?
    /// The largest memory of any of its processes, in bytes; nil if no log says so.
    public internal(set) var peakMemoryBytes: Int?

    /// Seconds from its first to its last line; nil if a time cannot be read.
    public var seconds: Double? {
      guard let began = Timestamp.date(began), let ended = Timestamp.date(ended) else { return nil }
      return ended.timeIntervalSince(began)
    }
  }

  /// The starts, by time.
  public let starts: [Start]

  /// The hosts of all starts, sorted.
  public var hosts: [String] { Set(starts.flatMap(\.hosts)).sorted() }

  /// Reads the logs in a run folder; lines that cannot be read are passed over.
  ///
  /// - Throws: `FileError` if the folder cannot be listed.
  public init(folder: String) throws(FileError) {
    let names = try FolderCalls.names(in: folder).filter {
      $0.hasPrefix("events-") && $0.hasSuffix(".jsonl")
    }
    var starts: [String: Start] = [:]
    for name in names.sorted() {
      let text = (try? FolderCalls.text(of: "\(folder)/\(name)")) ?? ""
      for line in Self.lines(of: text) { line.add(to: &starts) }
    }
    self.starts = starts.values.sorted { ($0.began, $0.run) < ($1.began, $1.run) }
  }

  /// The lines that tell of a start or an end, and the last one of the file: a run that was killed
  /// has written no other end. Lines of units, by far the most, are not decoded.
  private static func lines(of text: String) -> [HistoryLine] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let marks = ["\"event\":\"started\"", "\"event\":\"ended\""]
    var lines = text.split(separator: "\n").filter { line in marks.contains { line.contains($0) } }
    if let last = text.split(separator: "\n").last { lines.append(last) }
    return lines.compactMap { try? decoder.decode(HistoryLine.self, from: Data($0.utf8)) }
  }
}

/// What counts of a line of an event log.
private struct HistoryLine: Decodable {
  let time: String
  let run: String
  let host: String
  let rank: Int
  let outcome: String?
  let event: String
  let peakMemoryBytes: Int?

  func add(to starts: inout [String: RunHistory.Start]) {
    var start =
      starts[run]
      ?? RunHistory.Start(
        run: run, began: time, ended: time, hosts: [], ranks: 0, outcome: nil,
        peakMemoryBytes: nil)
    (start.began, start.ended) = (min(start.began, time), max(start.ended, time))
    if !start.hosts.contains(host) { start.hosts = (start.hosts + [host]).sorted() }
    start.ranks = max(start.ranks, rank + 1)
    if event == "ended", rank == 0 { start.outcome = outcome ?? start.outcome }
    if let bytes = peakMemoryBytes {
      start.peakMemoryBytes = max(start.peakMemoryBytes ?? 0, bytes)
    }
    starts[run] = start
  }
}
