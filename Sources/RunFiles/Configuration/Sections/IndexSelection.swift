/// A set of positions from 0 up, written as `"0-7,9"`.
public struct IndexSelection: Sendable, Equatable, CustomStringConvertible {
  /// The largest position that may be named.
  public static let limit = Int(Int32.max)

  /// The positions in rising order: disjoint, not adjacent.
  public let ranges: [ClosedRange<Int>]

  /// Makes the set of all positions in `ranges`, which may overlap and come in any order.
  ///
  /// - Precondition: no bound is negative or above ``limit``.
  public init(_ ranges: [ClosedRange<Int>]) {
    precondition(ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= Self.limit })
    self.ranges = Self.joined(ranges)
  }

  /// Reads `"0-7"`, `"5"` or `"0,3-4"`; nil for anything else, an empty text or a falling range among it.
  public init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let ranges = parts.compactMap(Self.range)
    guard !ranges.isEmpty, ranges.count == parts.count else { return nil }
    self.ranges = Self.joined(ranges)
  }

  /// Whether the position takes part.
  public func contains(_ index: Int) -> Bool { ranges.contains { $0.contains(index) } }

  /// The set as the file writes it: `"0-7,9"`.
  public var description: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  private static func range(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      .map(position)
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else {
      return nil
    }
    return first...last
  }

  private static func position(_ text: Substring) -> Int? {
    let digits = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    return Int(String(digits)).flatMap { $0 <= limit ? $0 : nil }
  }

  private static func joined(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
    var result: [ClosedRange<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound + 1 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }
}
