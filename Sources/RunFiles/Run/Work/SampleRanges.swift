/// A set of sample indices of one image, kept as sorted, disjoint, non-adjacent ranges.
///
/// Indices are 0…2³². Two sets with the same members are equal, whatever they were made from. A set
/// of one range, which is what a run has by the hundred thousand, needs no memory besides the value
/// itself.
public struct SampleRanges: Hashable, Sendable {
  /// The largest index a set may hold; keeps every count far from overflow.
  public static let largestIndex = 1 << 32

  /// The lowest range; empty for the empty set.
  private var first = 0..<0
  /// The other ranges, ascending.
  private var others: [Range<Int>] = []

  /// The empty set.
  public init() {}

  /// The members of one range; bounds outside 0…2³² are cut off.
  public init(_ range: Range<Int>) {
    let kept = range.clamped(to: 0..<Self.largestIndex + 1)
    if !kept.isEmpty { first = kept }
  }

  /// The union of any ranges, in any order, overlapping or not.
  public init(_ ranges: some Sequence<Range<Int>>) {
    let kept = ranges.map { $0.clamped(to: 0..<Self.largestIndex + 1) }.filter { !$0.isEmpty }
    for range in kept.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
  }

  /// The set of some indices, in any order.
  public init(indices: some Sequence<Int>) {
    self.init(indices.filter { (0...Self.largestIndex).contains($0) }.map { $0..<$0 + 1 })
  }

  /// The members, ascending; no range is empty, overlaps or touches another.
  public var ranges: [Range<Int>] { first.isEmpty ? [] : [first] + others }

  /// Number of ranges.
  public var rangeCount: Int { first.isEmpty ? 0 : 1 + others.count }

  /// The range at a place in ``ranges``.
  public func range(at place: Int) -> Range<Int> { place == 0 ? first : others[place - 1] }

  /// Number of members.
  public var count: Int { others.reduce(first.count) { $0 + $1.count } }

  /// Whether there is no member.
  public var isEmpty: Bool { first.isEmpty }

  /// One past the largest member; 0 for the empty set.
  public var upperBound: Int { others.last?.upperBound ?? first.upperBound }

  /// The members, ascending.
  public var indices: some Sequence<Int> { ranges.lazy.joined() }

  /// Adds a range that starts at or after the start of the last one.
  private mutating func append(_ range: Range<Int>) {
    guard !first.isEmpty else {
      first = range
      return
    }
    let last = others.last ?? first
    guard range.lowerBound <= last.upperBound else {
      others.append(range)
      return
    }
    let joined = last.lowerBound..<max(last.upperBound, range.upperBound)
    if others.isEmpty { first = joined } else { others[others.count - 1] = joined }
  }
}

// MARK: - Set algebra

extension SampleRanges {
  /// Whether `index` is a member.
  public func contains(_ index: Int) -> Bool {
    first.contains(index) || others.contains { $0.contains(index) }
  }

  /// The members of either set.
  public func union(_ other: SampleRanges) -> SampleRanges {
    var result = SampleRanges()
    var (mine, theirs) = (0, 0)
    while mine < rangeCount || theirs < other.rangeCount {
      let isMine =
        theirs == other.rangeCount
        || mine < rangeCount && range(at: mine).lowerBound <= other.range(at: theirs).lowerBound
      result.append(isMine ? range(at: mine) : other.range(at: theirs))
      if isMine { mine += 1 } else { theirs += 1 }
    }
    return result
  }

  /// The members of both sets.
  public func intersection(_ other: SampleRanges) -> SampleRanges {
    var result = SampleRanges()
    forEachCommonRange(with: other) { common in
      result.append(common)
      return true
    }
    return result
  }

  /// The members that `other` lacks.
  public func subtracting(_ other: SampleRanges) -> SampleRanges {
    var result = SampleRanges()
    var place = 0
    for index in 0..<rangeCount {
      let range = range(at: index)
      var start = range.lowerBound
      while place < other.rangeCount, other.range(at: place).lowerBound < range.upperBound {
        let hole = other.range(at: place)
        if start < hole.lowerBound { result.append(start..<hole.lowerBound) }
        start = max(start, hole.upperBound)
        if hole.upperBound > range.upperBound { break }
        place += 1
      }
      if start < range.upperBound { result.append(start..<range.upperBound) }
    }
    return result
  }

  /// Whether the sets have no member in common.
  public func isDisjoint(with other: SampleRanges) -> Bool {
    var isDisjoint = true
    forEachCommonRange(with: other) { _ in
      isDisjoint = false
      return false
    }
    return isDisjoint
  }

  /// Whether every member of `other` is a member.
  public func isSuperset(of other: SampleRanges) -> Bool { other.subtracting(self).isEmpty }

  /// Calls `body` with what the sets have in common, ascending, while it returns true.
  private func forEachCommonRange(
    with other: SampleRanges, _ body: (Range<Int>) -> Bool
  ) {
    var (mine, theirs) = (0, 0)
    while mine < rangeCount, theirs < other.rangeCount {
      let (a, b) = (range(at: mine), other.range(at: theirs))
      let common = a.clamped(to: b)
      if !common.isEmpty, !body(common) { return }
      if a.upperBound <= b.upperBound { mine += 1 } else { theirs += 1 }
    }
  }
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
