/// A static share of a run's units: shard `index` of `count`.
///
/// Shards are contiguous ranges in the canonical order of the units, equal up to one unit, and
/// together cover all of them. They depend on nothing but the units, so array tasks need not know
/// of each other.
public struct Shard: Hashable, Sendable {
  /// Which share, 0..<`count`.
  public let index: Int
  /// Number of shares, at least 1.
  public let count: Int

  /// The share `index` of `count`.
  ///
  /// - Throws: ``ShardError/outOfRange(index:count:)``.
  public init(index: Int, count: Int) throws(ShardError) {
    guard count >= 1, (0..<count).contains(index) else {
      throw .outOfRange(index: index, count: count)
    }
    self.index = index
    self.count = count
  }

  /// Reads `I/N`, for example `0/8`.
  ///
  /// - Throws: ``ShardError/notAShard(_:)`` or ``ShardError/outOfRange(index:count:)``.
  public init(_ text: String) throws(ShardError) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else {
      throw .notAShard(text)
    }
    try self.init(index: index, count: count)
  }

  /// This share of the numbers 0..<`total`.
  public func range(of total: Int) -> Range<Int> {
    let (each, rest) = max(0, total).quotientAndRemainder(dividingBy: count)
    let start = index * each + min(index, rest)
    return start..<start + each + (index < rest ? 1 : 0)
  }
}

extension Shard: CustomStringConvertible {
  /// `I/N`.
  public var description: String { "\(index)/\(count)" }
}

/// Why there is no shard.
public enum ShardError: Error, Hashable, Sendable {
  /// The text is not `I/N`.
  case notAShard(String)
  /// I is not in 0..<N, or N is not positive.
  case outOfRange(index: Int, count: Int)
  /// A variable of a job array is missing or not a number.
  case slurmVariable(String, String?)
  /// The array's indices are not MIN, MIN+STEP, …, MAX, and no earlier array of the folder has the
  /// task's.
  case irregularArray(id: Int, first: Int, last: Int, step: Int, count: Int)
}

extension ShardError: CustomStringConvertible {
  /// What is wrong and what to type instead.
  public var description: String {
    switch self {
    case .notAShard(let text):
      "--shard wants I/N, for example 0/8 for the first of eight shares; found '\(text)'"
    case .outOfRange(let index, let count):
      "--shard \(index)/\(count): N must be at least 1 and I one of 0…N−1"
        + (index == count ? " (shares are counted from 0)" : "")
    case .slurmVariable(let name, let value):
      "this is a task of a Slurm job array, but \(name) is "
        + "\(value.map { "'\($0)'" } ?? "not set"); "
        + "give the share yourself with --shard I/N"
    case .irregularArray(let id, let first, let last, let step, let count):
      "task \(id) of a Slurm job array of \(count) tasks "
        + "from \(first) to \(last) with step \(step): "
        + "a list with gaps does not tell a task its share, "
        + "and no array that has run in this folder has this task; "
        + "use a gapless --array=0-\(max(count - 1, 0)), or give the share with --shard I/N"
    }
  }
}
