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
    /// All that are wanted for certain, done or not, in earlier runs or in this one.
    public var total: Int
    /// Those that are finished and committed.
    public var done: Int
    /// Those that were done before this run began.
    public var resumed: Int
    /// The most there may be, by images whose number of samples is open; nil if `total` is all.
    public var most: Int?

    /// A count.
    ///
    /// - Parameter open: how many may be wanted besides.
    public init(total: Int = 0, done: Int = 0, resumed: Int = 0, open: Int = 0) {
      self.total = total
      self.done = done
      self.resumed = resumed
      most = open > 0 ? total + open : nil
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
  /// How the tasks of the array are numbered that the share belongs to; nil if the run works on
  /// everything.
  public var array: ArrayGeometry?
  /// Slurm's name of the job, `12` or `12_3`; nil outside a job.
  public var job: String?
  /// How often Slurm has started the job again; nil outside a job.
  public var restartCount: Int?
  /// When Slurm ends the job, seconds since 1970; nil if it does not tell.
  public var deadline: Double?
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
  /// Estimated seconds to the end, at most if the number of samples is open; nil if not known.
  public var remainingSeconds: Double?
  /// The last error, if one ended the run.
  public var error: String?

  /// The status of a run that began some seconds ago.
  public init(
    program: String, run: String, share: ArrayShare?, job: SlurmJob = SlurmJob(),
    secondsSinceStart: Double = 0
  ) {
    state = .running
    self.program = program
    self.run = run
    host = HostName.current
    process = getpid()
    shard = share?.shard.description
    array = share?.geometry
    (self.job, restartCount, deadline) = (job.name, job.restartCount, job.deadline)
    started = Timestamp.text(Date(timeIntervalSinceNow: -secondsSinceStart))
    updated = Timestamp.text(Date())
    elapsedSeconds = secondsSinceStart
  }

  /// Seconds since this was written, by the clock of this machine; nil if the time is not readable.
  public func age(now: Date = Date()) -> Double? {
    Timestamp.date(updated).map { now.timeIntervalSince($0) }
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

  /// The status of a run or of one of its shards; nil if there is none that can be read.
  public func status(shard: Shard?) -> RunStatus? { Self.status(in: statusPath(shard: shard)) }

  /// The status files in the folder, by file name: one of the run, or one a shard; nil for those
  /// that cannot be read.
  ///
  /// - Throws: `FileError` if the folder cannot be listed.
  public func statuses() throws(FileError) -> [String: RunStatus?] {
    try Self.statuses(in: path)
  }

  private static func statuses(in path: String) throws(FileError) -> [String: RunStatus?] {
    let names = try FolderCalls.names(in: path).filter {
      $0.hasPrefix("status") && $0.hasSuffix(".json")
    }
    return names.reduce(into: [:]) { $0.updateValue(status(in: "\(path)/\($1)"), forKey: $1) }
  }

  private static func status(in file: String) -> RunStatus? {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let text = try? FolderCalls.text(of: file) else { return nil }
    return try? decoder.decode(RunStatus.self, from: Data(text.utf8))
  }

  /// The numberings of the job arrays that have run in the folder at `path`, those with most tasks
  /// first, then the latest; none if there is no folder.
  public static func arrays(in path: String) -> [ArrayGeometry] {
    let statuses = ((try? statuses(in: path)) ?? [:]).values.compactMap { $0 }
    let latest = statuses.reduce(into: [ArrayGeometry: String]()) { latest, status in
      guard let array = status.array else { return }
      latest[array] = max(latest[array] ?? "", status.updated)
    }
    return latest.sorted {
      ($0.key.count, $0.value, $0.key.first, $0.key.step)
        > ($1.key.count, $1.value, $1.key.first, $1.key.step)
    }.map(\.key)
  }
}
