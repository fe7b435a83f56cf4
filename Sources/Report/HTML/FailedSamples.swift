import RunFiles

/// The samples of a run that failed, gathered by image and reason.
struct FailedSamples {
  /// Samples of one image that failed for one reason.
  struct Entry {
    let image: String
    let samples: SampleRanges
    let attempts: Int
    let reason: String
  }

  private(set) var entries: [Entry] = []
  /// Good samples that were drawn more than once.
  private(set) var redrawn = 0
  /// Images without any good sample.
  private(set) var emptyImages: [String] = []

  mutating func add(_ part: Part) {
    let failed = part.records.filter(\.hasFailed)
    redrawn += part.records.count { !$0.hasFailed && $0.attempts > 1 }
    if part.statistics.count == 0 { emptyImages.append(part.image.name) }
    let reasons = Dictionary(grouping: failed) { $0.failure ?? "" }
    for (reason, records) in reasons.sorted(by: { $0.key < $1.key }) {
      entries.append(
        Entry(
          image: part.image.name, samples: SampleRanges(indices: records.map(\.index)),
          attempts: records.map(\.attempts).max() ?? 1, reason: reason))
    }
  }

  mutating func append(_ other: FailedSamples) {
    entries += other.entries
    redrawn += other.redrawn
    emptyImages += other.emptyImages
  }

  var count: Int { entries.reduce(0) { $0 + $1.samples.count } }
}
