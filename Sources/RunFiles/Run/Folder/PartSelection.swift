/// Which parts of one image count: of those that share samples, the disjoint ones that cover most.
///
/// Each group of parts that hang together by shared samples is settled by itself: exactly up to
/// ``sizeLimit`` parts, if the search ends within ``stepLimit`` steps. Beyond that the best found
/// counts, which is at least what taking the largest first gives. The choice depends on the set of
/// parts alone, so all processes that see the same files choose the same ones.
struct PartSelection {
  /// The chosen parts; their samples are disjoint.
  private(set) var accepted: [PartEntry] = []
  /// The others, all of whose samples are in one accepted part.
  private(set) var redundant: [PartEntry] = []
  /// The others, which hold more.
  private(set) var overlapping: [PartEntry] = []

  static let sizeLimit = 128
  static let stepLimit = 2000

  init(_ parts: some Sequence<PartEntry>) {
    let parts = Array(parts)
    if parts.count <= 1 {
      accepted = parts
      return
    }
    for group in Self.groups(parts.sorted(by: PartEntry.hasPriority)) { settle(group) }
    accepted.sort(by: PartEntry.hasPriority)
  }

  private mutating func settle(_ group: [PartEntry]) {
    guard group.count > 1 else {
      accepted += group
      return
    }
    let chosen = Self.choice(of: group)
    accepted += chosen
    let names = Set(chosen.map(\.name))
    for part in group where !names.contains(part.name) {
      let isContained = chosen.contains { $0.header.samples.isSuperset(of: part.header.samples) }
      if isContained { redundant.append(part) } else { overlapping.append(part) }
    }
  }

  private static func choice(of group: [PartEntry]) -> [PartEntry] {
    let distinct = withoutCopies(group)
    let all = SampleRanges(distinct.flatMap(\.header.samples.ranges))
    // The usual case: a joined part and what it was joined from.
    if distinct[0].header.samples == all { return [distinct[0]] }
    let greedy = largestFirst(distinct)
    guard distinct.count <= sizeLimit else { return greedy.map { distinct[$0] } }
    var search = DisjointSearch(distinct.map(\.header.samples), start: greedy, steps: stepLimit)
    return search.best().map { distinct[$0] }
  }

  /// Of parts with the same samples only the first: so no two processes each delete the other's.
  private static func withoutCopies(_ group: [PartEntry]) -> [PartEntry] {
    var seen: Set<SampleRanges> = []
    return group.filter { seen.insert($0.header.samples).inserted }
  }

  private static func largestFirst(_ group: [PartEntry]) -> [Int] {
    var covered = SampleRanges()
    return group.indices.filter { index in
      let samples = group[index].header.samples
      guard samples.isDisjoint(with: covered) else { return false }
      covered = covered.union(samples)
      return true
    }
  }
}

// MARK: - Groups

extension PartSelection {
  /// The parts, cut into groups that share no samples with each other; each in the order given.
  private static func groups(_ parts: [PartEntry]) -> [[PartEntry]] {
    var roots = Array(parts.indices)
    let ranges = parts.indices.flatMap { index in
      parts[index].header.samples.ranges.map { (range: $0, part: index) }
    }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    // Whatever overlaps an earlier range overlaps the one that reaches farthest.
    var farthest = ranges.first
    for next in ranges.dropFirst() {
      guard let reach = farthest else { break }
      if next.range.lowerBound < reach.range.upperBound { join(next.part, reach.part, &roots) }
      if next.range.upperBound > reach.range.upperBound { farthest = next }
    }
    let members = Dictionary(grouping: parts.indices) { root(of: $0, &roots) }
    return members.sorted { $0.key < $1.key }.map { $0.value.map { parts[$0] } }
  }

  private static func join(_ one: Int, _ other: Int, _ roots: inout [Int]) {
    let (a, b) = (root(of: one, &roots), root(of: other, &roots))
    roots[max(a, b)] = min(a, b)
  }

  private static func root(of part: Int, _ roots: inout [Int]) -> Int {
    var root = part
    while roots[root] != root {
      roots[root] = roots[roots[root]]
      root = roots[root]
    }
    return root
  }
}

// MARK: - Search

/// Looks for the disjoint sets that have most members together, by branch and bound.
private struct DisjointSearch {
  private let sets: [SampleRanges]
  private let sizes: [Int]
  /// For each set, which others share members with it.
  private let conflicts: [[Bool]]
  private var chosen: [Int]
  private var covered: Int
  private var stepsLeft: Int

  /// - Parameter start: a choice to beat.
  init(_ sets: [SampleRanges], start: [Int], steps: Int) {
    self.sets = sets
    sizes = sets.map(\.count)
    conflicts = sets.indices.map { one in
      sets.indices.map { $0 != one && !sets[$0].isDisjoint(with: sets[one]) }
    }
    chosen = start
    covered = start.reduce(0) { $0 + sets[$1].count }
    stepsLeft = steps
  }

  /// The best choice found, ascending.
  mutating func best() -> [Int] {
    descend(open: Array(sets.indices), taken: [], count: 0)
    return chosen.sorted()
  }

  private mutating func descend(open: [Int], taken: [Int], count: Int) {
    guard stepsLeft > 0 else { return }
    stepsLeft -= 1
    let bound = count + SampleRanges(open.flatMap { sets[$0].ranges }).count
    guard bound > covered else { return }
    guard let next = mostContested(open) else {
      // Nothing is contested, so the bound is reached.
      (chosen, covered) = (taken + open, bound)
      return
    }
    let compatible = open.filter { $0 != next && !conflicts[next][$0] }
    descend(open: compatible, taken: taken + [next], count: count + sizes[next])
    descend(open: open.filter { $0 != next }, taken: taken, count: count)
  }

  /// The set that shares members with most of the others; nil if all are disjoint.
  private func mostContested(_ open: [Int]) -> Int? {
    var (found, most): (Int?, Int) = (nil, 0)
    for one in open {
      let number = open.count { conflicts[one][$0] }
      if number > most { (found, most) = (one, number) }
    }
    return found
  }
}
