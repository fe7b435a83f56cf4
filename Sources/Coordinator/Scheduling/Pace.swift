/// How fast work goes: from the last finished units, for estimates.
struct Pace: Sendable {
  /// How many units the estimate looks back on.
  private static let window = 64
  private var secondsPerSample: [Double] = []
  private var next = 0

  /// Takes in a finished unit.
  mutating func add(seconds: Double, samples: Int) {
    let value = seconds / Double(max(1, samples))
    guard value.isFinite, value >= 0 else { return }
    if secondsPerSample.count < Self.window {
      secondsPerSample.append(value)
    } else {
      secondsPerSample[next] = value
      next = (next + 1) % Self.window
    }
  }

  /// The median time one worker takes for a sample, in seconds; nil before the first unit.
  ///
  /// The median, since one slow unit (a cold start, a busy machine) tells nothing of the others.
  var medianSecondsPerSample: Double? {
    guard !secondsPerSample.isEmpty else { return nil }
    let sorted = secondsPerSample.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Estimated seconds until `samples` are drawn by `workers` workers; nil before the first unit.
  func remaining(samples: Int, workers: Int) -> Double? {
    medianSecondsPerSample.map { $0 * Double(samples) / Double(max(1, workers)) }
  }
}
