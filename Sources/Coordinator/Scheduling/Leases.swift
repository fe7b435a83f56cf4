/// Since when each rank has been silent.
struct Leases: Sendable {
  private var heard: [Double]

  /// All ranks are taken as heard at `now`.
  init(ranks: Int, now: Double) { heard = Array(repeating: now, count: ranks) }

  /// A message from `rank` has come.
  mutating func renew(_ rank: Int, now: Double) { heard[rank] = now }

  /// For how long `rank` has been silent, in seconds.
  func silence(of rank: Int, now: Double) -> Double { now - heard[rank] }
}
