import RunFiles

/// What a simulated run looks like besides its work.
public struct SimulationSettings: Sendable {
  /// Number of ranks.
  public var ranks = 1
  /// Worker threads of each.
  public var workersPerRank = 1
  /// Seconds a worker takes for a unit.
  public var unitSeconds = 1.0
  /// How uneven units are: they take up to this share more or less than ``unitSeconds``, 0…1.
  public var spread = 0.5
  /// Seconds from the sending of a message to the coordinator's look for it.
  public var pause = 0.0005
  /// Seconds the disk takes for a part, one after the other.
  public var commitSeconds = 0.0
  /// How the run behaves in time.
  public var run = RunSettings()
  /// What goes wrong.
  var faults: [SimulatedFault] = []

  /// One rank with one worker that takes a second a unit.
  public init() {}
}

/// Something that goes wrong in a simulated run.
struct SimulatedFault {
  enum Effect {
    /// No message from or to the rank arrives any more.
    case silence(rank: Int)
    /// A worker of the rank fails.
    case error(rank: Int, cause: String)
    /// The results of the rank arrive once more some seconds later.
    case duplicates(rank: Int, delay: Double)
    /// The rank is asked to stop.
    case stop(rank: Int)
    /// All processes are gone.
    case kill
  }

  /// When, in seconds from the beginning.
  let time: Double
  let effect: Effect
}

/// What a simulated run came to.
public struct SimulationReport: Sendable {
  /// How the run ended; nil if it was killed, or never ended.
  public var ending: RunEnding?
  /// Seconds of simulated time.
  public var seconds = 0.0
  /// Units whose samples were committed.
  public var units = 0
  /// Samples that were committed twice; there must be none.
  public var doubledSamples = 0
  /// Samples that were asked for and not committed.
  public var missingSamples = 0
  /// Results that were committed, and their bytes.
  public var results = 0
  /// Bytes of these results.
  public var resultBytes = 0
  /// The most bytes that waited to be written at one time.
  public var largestBacklog = 0
  /// Messages the coordinator received and sent.
  public var messages = 0
  /// Processor time the coordinator took to read, handle and answer all messages, in seconds.
  public var coordinatorSeconds = 0.0
  /// The most ranges and units the schedule held at one time.
  public var mostEntries = 0
  /// What was committed, by image.
  var committed: [ImageID: SampleRanges] = [:]
}
