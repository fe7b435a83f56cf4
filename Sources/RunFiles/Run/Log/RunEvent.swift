import Foundation

/// One line of the event log.
///
/// Written as JSON with the keys below in snake_case; what is nil is left out.
public struct RunEvent: Encodable, Sendable {
  /// What happened.
  public enum Kind: String, Encodable, Sendable {
    case started, unit, committed, failed, ended
  }

  /// What happened.
  public var event: Kind
  /// The worker thread of the rank.
  public var worker: Int?
  /// The image's name.
  public var image: String?
  /// Sample indices, such as `0-7`.
  public var samples: String?
  /// How long it took.
  public var seconds: Double?
  /// Processor time of the coordinating thread, in seconds.
  public var coordinatorSeconds: Double?
  /// Seconds by the clock in which rank 0 was writing parts, on a thread of its own.
  public var committingSeconds: Double?
  /// Forward evaluations of the network.
  public var networkEvaluations: Int?
  /// Number of failed samples.
  public var failedSamples: Int?
  /// Bytes written.
  public var bytes: Int?
  /// Largest resident memory of the process so far.
  public var peakMemoryBytes: Int?
  /// How often Slurm has restarted this job.
  public var restartCount: Int?
  /// `done`, `interrupted`, `failed`, or an exit code's name.
  public var outcome: String?
  /// Anything else, in words.
  public var text: String?

  /// An event with nothing but its kind; set the other fields as needed.
  public init(_ event: Kind) { self.event = event }

  /// An event about a unit.
  public init(_ event: Kind, unit: WorkUnit) {
    self.event = event
    image = unit.image.name
    samples = SampleRanges(unit.samples).description
  }
}

/// An event with what is the same for all lines of a file.
struct EventLine: Encodable {
  let time: String
  let run: String
  let host: String
  let rank: Int
  let process: Int32
  let content: RunEvent

  private enum Key: String, CodingKey { case time, run, host, rank, process }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(time, forKey: .time)
    try fields.encode(run, forKey: .run)
    try fields.encode(host, forKey: .host)
    try fields.encode(rank, forKey: .rank)
    try fields.encode(process, forKey: .process)
    try content.encode(to: encoder)
  }
}
