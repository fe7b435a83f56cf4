import Foundation

/// How a run stands, as it says itself in `status.json`: for the `status` command and for monitors.
///
/// It is written now and then and may be old: a run that was killed says `running` for ever; see
/// ``updated``. What is finished for certain is told by the parts alone.
public struct RunStatus: Codable, Equatable, Sendable {
  /// What a run is doing.
  public enum State: String, Codable, Sendable {
    case running, stopping, complete, interrupted, failed
  }

  /// A count of how many there are and how many are done.
  public struct Count: Codable, Equatable, Sendable {
    /// All of them, done or not, in earlier runs or in this one.
    public var total: Int
    /// Those that are finished and committed.
    public var done: Int
    /// Those that were done before this run began.
    public var resumed: Int

    /// A count.
    public init(total: Int = 0, done: Int = 0, resumed: Int = 0) {
      self.total = total
      self.done = done
      self.resumed = resumed
    }
  }

  /// What the run is doing.
  public var state: State
  /// Program and version.
  public var program: String
  /// Tells this start of the program from others.
  public var run: String
  /// The host of rank 0.
  public var host: String
  /// The process id of rank 0.
  public var process: Int32
  /// `I/N`; nil if the run works on everything.
  public var shard: String?
  /// When the run began, UTC, ISO 8601.
  public var started: String
  /// When this was written, UTC, ISO 8601.
  public var updated: String
  /// Seconds from ``started`` to ``updated``.
  public var elapsedSeconds: Double = 0
  /// Units of work of this run or shard.
  public var units = Count()
  /// Samples of this run or shard.
  public var samples = Count()
  /// Failed samples of this run so far.
  public var failedSamples = 0
  /// Number of ranks.
  public var ranks = 0
  /// Number of worker threads of all ranks.
  public var workers = 0
  /// Units finished per second in this run; nil before the first.
  public var unitsPerSecond: Double?
  /// Estimated seconds to the end; nil if not known.
  public var remainingSeconds: Double?
  /// The last error, if one ended the run.
  public var error: String?

  /// The status of a run that began some seconds ago.
  public init(program: String, run: String, shard: Shard?, secondsSinceStart: Double = 0) {
    state = .running
    self.program = program
    self.run = run
    host = HostName.current
    process = getpid()
    self.shard = shard?.description
    started = Timestamp.text(Date(timeIntervalSinceNow: -secondsSinceStart))
    updated = Timestamp.text(Date())
    elapsedSeconds = secondsSinceStart
  }
}

// MARK: - File

extension RunDirectory {
  /// The status file of a run or of one of its shards.
  public func statusPath(shard: Shard?) -> String {
    shard.map { "\(path)/status-\($0.index)-of-\($0.count).json" } ?? "\(path)/status.json"
  }

  /// Writes the status, with the time.
  ///
  /// - Throws: `FileError`.
  public func write(_ status: RunStatus, shard: Shard?, now: Date = Date()) throws {
    var status = status
    status.updated = Timestamp.text(now)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(Array(try encoder.encode(status)) + [10], to: statusPath(shard: shard))
  }

  /// The status files in the folder that can be read, by file name: one of the run, or one a shard.
  ///
  /// - Throws: `FileError` if the folder cannot be listed.
  public func statuses() throws -> [String: RunStatus] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let names = try FolderCalls.names(in: path).filter {
      $0.hasPrefix("status") && $0.hasSuffix(".json")
    }
    return names.reduce(into: [:]) { statuses, name in
      guard let text = try? FolderCalls.text(of: "\(path)/\(name)") else { return }
      statuses[name] = try? decoder.decode(RunStatus.self, from: Data(text.utf8))
    }
  }
}
