/// How fast work goes: from the last finished units, for estimates.
struct Pace: Sendable {
  /// How many units the estimate looks back on.
  private static let window = 64
  /// Seconds a sample of the last units, the oldest at `next` once there are enough.
  private var recent: [Double] = []
  private var next = 0
  /// The same, ascending.
  private var sorted: [Double] = []

  /// Takes in a finished unit.
  mutating func add(seconds: Double, samples: Int) {
    let value = seconds / Double(max(1, samples))
    guard value.isFinite, value >= 0 else { return }
    if recent.count < Self.window {
      recent.append(value)
    } else {
      sorted.remove(at: place(of: recent[next]))
      recent[next] = value
      next = (next + 1) % Self.window
    }
    sorted.insert(value, at: place(of: value))
  }

  /// The first place in `sorted` whose value is not below `value`.
  private func place(of value: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The median time one worker takes for a sample, in seconds; nil before the first unit.
  ///
  /// The median, since one slow unit (a cold start, a busy machine) tells nothing of the others.
  var medianSecondsPerSample: Double? {
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Estimated seconds until `samples` are drawn by `workers` workers; nil before the first unit.
  func remaining(samples: Int, workers: Int) -> Double? {
    medianSecondsPerSample.map { $0 * Double(samples) / Double(max(1, workers)) }
  }
}
