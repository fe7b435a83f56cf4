/// How a run behaves in time.
public struct RunSettings: Hashable, Sendable {
  /// Finished units are sent to rank 0 and committed at least this often, in seconds.
  public var checkpoint = 60.0
  /// A rank that is silent for so many seconds is taken as lost.
  public var lease = 120.0
  /// A rank has so many seconds to load its prior and join.
  public var joining = 1800.0
  /// A worker whose sampler makes no step for so many seconds is taken as hung; once steps have been
  /// seen, after twenty times the longest of them, but not before the lease.
  public var stall = 1800.0
  /// Workers have so many seconds to end their step when the run is to stop; 20 s are allowed for
  /// all.
  public var grace = 14.0
  /// No new units are given out while more bytes than this wait to be written.
  public var backlogBytes = 1 << 30
  /// Stack of a worker thread in bytes.
  public var stackBytes = 16 << 20
  /// Seconds that only go forward; tests put a clock of their own here.
  public var clock: @Sendable () -> Double = { MonotonicClock.now() }

  /// The usual settings.
  public init() {}

  /// Seconds between signs of life.
  var heartbeat: Double { min(10, lease / 6) }

  /// The settings are equal if all but the clock are.
  public static func == (one: RunSettings, other: RunSettings) -> Bool {
    one.numbers == other.numbers
  }

  /// Hashes all but the clock.
  public func hash(into hasher: inout Hasher) { hasher.combine(numbers) }

  private var numbers: [Double] {
    [checkpoint, lease, joining, stall, grace, Double(backlogBytes), Double(stackBytes)]
  }
}
