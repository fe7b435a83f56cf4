/// A set of sample indices of one image, kept as sorted, disjoint, non-adjacent ranges.
///
/// Indices are 0…2³². Two sets with the same members are equal, whatever they were made from.
public struct SampleRanges: Hashable, Sendable {
  /// The largest index a set may hold; keeps every count far from overflow.
  public static let largestIndex = 1 << 32

  /// The members, ascending; no range is empty, overlaps or touches another.
  public private(set) var ranges: [Range<Int>] = []

  /// The empty set.
  public init() {}

  /// The members of one range; bounds outside 0…2³² are cut off.
  public init(_ range: Range<Int>) {
    let kept = range.clamped(to: 0..<Self.largestIndex + 1)
    ranges = kept.isEmpty ? [] : [kept]
  }

  /// The union of any ranges, in any order, overlapping or not.
  public init(_ ranges: some Sequence<Range<Int>>) {
    let sorted = ranges.flatMap { SampleRanges($0).ranges }.sorted { $0.lowerBound < $1.lowerBound }
    for range in sorted { append(range) }
  }

  /// The set of some indices, in any order.
  public init(indices: some Sequence<Int>) {
    self.init(indices.filter { (0...Self.largestIndex).contains($0) }.map { $0..<$0 + 1 })
  }

  /// Number of members.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Whether there is no member.
  public var isEmpty: Bool { ranges.isEmpty }

  /// One past the largest member; 0 for the empty set.
  public var upperBound: Int { ranges.last?.upperBound ?? 0 }

  /// The members, ascending.
  public var indices: some Sequence<Int> { ranges.lazy.joined() }

  /// Adds a range that starts at or after the start of the last one.
  private mutating func append(_ range: Range<Int>) {
    guard let last = ranges.last, range.lowerBound <= last.upperBound else {
      ranges.append(range)
      return
    }
    ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
  }
}

// MARK: - Set algebra

extension SampleRanges {
  /// Whether `index` is a member.
  public func contains(_ index: Int) -> Bool {
    ranges.contains { $0.contains(index) }
  }

  /// The members of either set.
  public func union(_ other: SampleRanges) -> SampleRanges {
    var result = SampleRanges()
    var (mine, theirs) = (ranges[...], other.ranges[...])
    while let a = mine.first, let b = theirs.first {
      result.append(a.lowerBound <= b.lowerBound ? mine.removeFirst() : theirs.removeFirst())
    }
    for range in mine + theirs { result.append(range) }
    return result
  }

  /// The members of both sets.
  public func intersection(_ other: SampleRanges) -> SampleRanges {
    var result = SampleRanges()
    var (mine, theirs) = (ranges[...], other.ranges[...])
    while let a = mine.first, let b = theirs.first {
      let common =
        max(
          a.lowerBound, b.lowerBound)..<max(
          max(a.lowerBound, b.lowerBound), min(a.upperBound, b.upperBound))
      if !common.isEmpty { result.append(common) }
      if a.upperBound <= b.upperBound { mine.removeFirst() } else { theirs.removeFirst() }
    }
    return result
  }

  /// The members that `other` lacks.
  public func subtracting(_ other: SampleRanges) -> SampleRanges {
    var result = SampleRanges()
    var holes = other.ranges[...]
    for range in ranges {
      var start = range.lowerBound
      while let hole = holes.first, hole.lowerBound < range.upperBound {
        if start < hole.lowerBound { result.append(start..<hole.lowerBound) }
        start = max(start, hole.upperBound)
        if hole.upperBound > range.upperBound { break }
        holes.removeFirst()
      }
      if start < range.upperBound { result.append(start..<range.upperBound) }
    }
    return result
  }

  /// Whether the sets have no member in common.
  public func isDisjoint(with other: SampleRanges) -> Bool { intersection(other).isEmpty }

  /// Whether every member of `other` is a member.
  public func isSuperset(of other: SampleRanges) -> Bool { other.subtracting(self).isEmpty }
}

// MARK: - Text

extension SampleRanges: CustomStringConvertible {
  /// The members as users write them: `0-7,16,20-23`; `none` for the empty set.
  public var description: String {
    if isEmpty { return "none" }
    return ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound - 1)"
    }.joined(separator: ",")
  }

  /// Reads the text that `description` writes; nil for anything else.
  public init?(_ text: String) {
    if text == "none" {
      self.init()
      return
    }
    var parsed: [Range<Int>] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = Self.range(item) else { return nil }
      parsed.append(range)
    }
    self.init(parsed)
  }

  private static func range(_ text: Substring) -> Range<Int>? {
    let bounds = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = bounds.compactMap { Int($0) }
    guard numbers.count == bounds.count, let first = numbers.first, let last = numbers.last,
      0 <= first, first <= last, last <= largestIndex
    else { return nil }
    return first..<last + 1
  }
}
