/// Since when each rank has been silent.
struct Leases: Sendable {
  private var heard: [Double]

  /// All ranks are taken as heard at `now`.
  init(ranks: Int, now: Double) { heard = Array(repeating: now, count: ranks) }

  /// A message from `rank` has come.
  mutating func renew(_ rank: Int, now: Double) { heard[rank] = now }

  /// This process itself was not running for `seconds`: that is nobody's silence.
  mutating func forgive(_ seconds: Double) {
    for rank in heard.indices { heard[rank] += seconds }
  }

  /// For how long `rank` has been silent, in seconds.
  func silence(of rank: Int, now: Double) -> Double { now - heard[rank] }
}

/// Finds out that this process was stopped for a while: frozen, swapped out, or suspended with its
/// machine.
///
/// Silence is measured between looks for messages. If nobody looked, nobody was silent.
struct PauseDetector: Sendable {
  /// The longest time between two looks that is not a pause, in seconds.
  private static let limit = 5.0
  private var last: Double

  init(now: Double) { last = now }

  /// The length of the pause that ended just now; nil if there was none.
  mutating func pause(now: Double) -> Double? {
    defer { last = now }
    return now - last > Self.limit ? now - last : nil
  }
}
