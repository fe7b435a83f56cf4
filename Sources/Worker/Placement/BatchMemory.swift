import RunFiles

/// What the rows of batches take of a rank's memory, as far as trials have shown.
struct BatchMemory {
  private let limit: Int?
  private let before: Int
  private var peak: Int
  private var bytesPerRow: Int
  private(set) var hasTrials = false

  /// - Parameters:
  ///   - limit: bytes all rows may take; nil for no limit.
  ///   - probe: draws with one worker, and gives its rows.
  init(limit: Int?, probe: () throws -> Int) rethrows {
    self.limit = limit
    before = FreeMemory().resident ?? 0
    let rows = try probe()
    peak = ProcessMemory.peakBytes ?? 0
    bytesPerRow = max(0, peak - before) / max(1, rows)
  }

  /// Whether so many rows at once fit.
  func fits(rows: Int) -> Bool { limit.map { rows * bytesPerRow <= $0 } ?? true }

  /// So many rows have been drawn at once.
  mutating func learn(rows: Int) {
    hasTrials = true
    let reached = ProcessMemory.peakBytes ?? 0
    // Below an earlier peak this trial's own is not to be seen.
    if reached > peak { bytesPerRow = (reached - before) / max(1, rows) }
    peak = max(peak, reached)
  }

  /// For example `a row takes 2300 MiB, and there are 1800 MiB for them`.
  var text: String {
    "a row takes \(bytesPerRow >> 20) MiB, and there are \((limit ?? 0) >> 20) MiB for them"
  }
}
