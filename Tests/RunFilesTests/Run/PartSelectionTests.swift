import Testing

@testable import RunFiles
@testable import Statistics

@Suite struct PartSelectionTests {
  private static let image = RunSamples.image("a")

  private static func entry(
    _ name: String, _ samples: SampleRanges, of digest: String? = nil
  ) -> PartEntry {
    PartEntry(
      name: name,
      header: PartHeader(
        seal: RunSamples.seal, image: image, shape: RunSamples.shape, inputDigest: digest,
        samples: samples, failedCount: 0))
  }

  private static func entry(_ name: String, _ range: Range<Int>) -> PartEntry {
    entry(name, SampleRanges(range))
  }

  private static func progress(_ parts: [PartEntry]) -> ImageProgress {
    ImageProgress(image: image, parts: parts)
  }

  /// Parts as several writers make them: unions of units of two samples, some of them sums of
  /// others, some copies.
  private static func randomParts(_ count: Int, _ random: inout SplitMix64) -> [PartEntry] {
    var parts: [PartEntry] = []
    for number in 0..<count {
      let units = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let start = 2 * Int.random(in: 0..<10, using: &random)
        return start..<start + 2
      }
      var samples = SampleRanges(units)
      let other = parts.randomElement(using: &random)?.header.samples
      switch Int.random(in: 0..<8, using: &random) {
      case 0: samples = samples.union(other ?? samples)
      case 1: samples = other ?? samples
      default: break
      }
      parts.append(entry("part-\(number)", samples))
    }
    return parts
  }

  /// The most samples that disjoint parts cover, found by trying all subsets.
  private static func most(_ parts: ArraySlice<PartEntry>, free: SampleRanges) -> Int {
    guard let first = parts.first else { return 0 }
    let without = most(parts.dropFirst(), free: free)
    let samples = first.header.samples
    guard free.isSuperset(of: samples) else { return without }
    return max(
      without, samples.count + most(parts.dropFirst(), free: free.subtracting(samples)))
  }

  /// Samples of two files of one name are never added up: those of the file with most samples count.
  @Test func partsOfOtherFilesAreSetAside() {
    let old = [
      Self.entry("a", SampleRanges(0..<4), of: "old"),
      Self.entry("b", SampleRanges(8..<10), of: "old"),
    ]
    let new = [Self.entry("c", SampleRanges(4..<9), of: "new")]
    let progress = ImageProgress(image: Self.image, parts: old + new)
    #expect(Set(progress.accepted) == Set(old) && progress.foreign == new)
    #expect(progress.covered.ranges == [0..<4, 8..<10])
    #expect(progress.overlapping.isEmpty && progress.redundant.isEmpty)
    #expect(RunProgress(parts: new + old).foreign == new)
  }

  @Test func coversAsMuchAsAnyChoice() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<300 {
      let parts = Self.randomParts(Int.random(in: 1...11, using: &random), &random)
      let progress = Self.progress(parts)
      #expect(progress.covered.count == Self.most(parts[...], free: SampleRanges(0..<20)))
      let sum = progress.accepted.reduce(0) { $0 + $1.header.samples.count }
      #expect(progress.covered.count == sum, "accepted parts are disjoint")
      let all = progress.accepted + progress.overlapping + progress.redundant
      #expect(Set(all) == Set(parts) && all.count == parts.count)
      for part in progress.redundant {
        #expect(
          progress.accepted.contains { $0.header.samples.isSuperset(of: part.header.samples) })
      }
    }
  }

  @Test func oneMorePartNeverLowersWhatIsCovered() {
    var random = SplitMix64(seed: 12)
    for _ in 0..<200 {
      let parts = Self.randomParts(14, &random)
      var covered = 0
      for count in 1...parts.count {
        let now = Self.progress(Array(parts.prefix(count))).covered.count
        #expect(now >= covered)
        covered = now
      }
    }
  }

  @Test func deletingRedundantPartsChangesNothing() {
    var random = SplitMix64(seed: 13)
    var deleted = 0
    for _ in 0..<200 {
      let parts = Self.randomParts(12, &random)
      let before = Self.progress(parts)
      deleted += before.redundant.count
      let after = Self.progress(before.accepted + before.overlapping)
      #expect(after.covered.count == before.covered.count)
    }
    #expect(deleted > 200, "the cases must have some")
  }

  @Test func theOrderGivenDoesNotMatter() {
    var random = SplitMix64(seed: 14)
    for _ in 0..<100 {
      let parts = Self.randomParts(12, &random)
      let (one, other) = (Self.progress(parts), Self.progress(parts.shuffled(using: &random)))
      #expect(one.accepted == other.accepted)
      #expect(Set(one.redundant) == Set(other.redundant))
    }
  }

  /// A rank that was cut off commits its sum late: it is larger than each part, but not than all.
  @Test func aLateSumDoesNotDisplaceWhatCoversMore() {
    let parts = (0..<6).map { Self.entry("new-\($0)", 4 * $0..<4 * $0 + 4) }
    let stale = Self.entry("stale", 2..<18)
    let progress = Self.progress(parts + [stale])
    #expect(progress.covered.ranges == [0..<24])
    #expect(progress.overlapping == [stale])
    // With fewer of the others it is the one that counts.
    #expect(Self.progress(Array(parts.prefix(3)) + [stale]).accepted == [stale])
  }

  @Test func ofEqualPartsAllProcessesKeepTheSame() {
    let copies = ["c", "a", "b"].map { Self.entry($0, 0..<8) }
    let progress = Self.progress(copies)
    #expect(progress.accepted.map(\.name) == ["a"])
    #expect(progress.redundant.map(\.name) == ["b", "c"])
    // Also where others compete with them.
    let more = Self.progress(copies + [Self.entry("d", 6..<10), Self.entry("e", 8..<10)])
    #expect(more.accepted.map(\.name) == ["a", "e"])
    #expect(Set(more.redundant.map(\.name)) == ["b", "c"])
  }

  @Test func aJoinedPartOutweighsAnyNumberOfItsPieces() {
    let pieces = (0..<5000).map { Self.entry("piece-\($0)", $0..<$0 + 1) }
    let whole = Self.entry("whole", 0..<5000)
    let progress = Self.progress(pieces + [whole])
    #expect(progress.accepted == [whole])
    #expect(progress.redundant.count == 5000)
  }

  /// Beyond what is searched through, the choice is at least that of the largest first, and the
  /// same for all.
  @Test func largeGroupsAreSettledToo() {
    var random = SplitMix64(seed: 15)
    // A chain: each part overlaps its neighbours.
    let parts = (0..<1000).map { number in
      Self.entry("part-\(number)", 4 * number..<4 * number + Int.random(in: 5...7, using: &random))
    }
    let progress = Self.progress(parts)
    #expect(progress.accepted == Self.progress(parts.shuffled(using: &random)).accepted)
    let sum = progress.accepted.reduce(0) { $0 + $1.header.samples.count }
    #expect(progress.covered.count == sum)
    let isMaximal = parts.allSatisfy {
      progress.accepted.contains($0) || !$0.header.samples.isDisjoint(with: progress.covered)
    }
    #expect(isMaximal)
  }

  /// As many parts as are searched through, so entangled that the search is cut short.
  @Test func anEntangledGroupEndsInTime() {
    var random = SplitMix64(seed: 16)
    let parts = (0..<PartSelection.sizeLimit).map { number in
      let units = (0..<4).map { _ in
        let start = 2 * Int.random(in: 0..<60, using: &random)
        return start..<start + 2
      }
      return Self.entry("part-\(number)", SampleRanges(units))
    }
    let clock = ContinuousClock()
    var progress = Self.progress([])
    let time = clock.measure { progress = Self.progress(parts) }
    #expect(time < .seconds(60))
    #expect(progress.accepted == Self.progress(parts.shuffled(using: &random)).accepted)
    #expect(progress.covered.count > 0)
  }
}
