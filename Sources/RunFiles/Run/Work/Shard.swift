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

// MARK: - Slurm job arrays

extension Shard {
  /// The share of a task of a Slurm job array: (ID − MIN)/STEP of COUNT, so that `0-7`, `1-8` and
  /// `0-14:2` mean the same.
  ///
  /// - Parameter environment: the process's environment variables.
  /// - Returns: nil outside a job array.
  /// - Throws: ``ShardError`` if the variables contradict each other, or the array is a list with
  ///   gaps, in which a task cannot know its place.
  public static func slurmArrayTask(_ environment: [String: String]) throws(ShardError) -> Shard? {
    guard environment["SLURM_ARRAY_TASK_ID"] != nil else { return nil }
    let id = try slurmNumber("SLURM_ARRAY_TASK_ID", environment)
    let first = try slurmNumber("SLURM_ARRAY_TASK_MIN", environment)
    let last = try slurmNumber("SLURM_ARRAY_TASK_MAX", environment)
    let step =
      environment["SLURM_ARRAY_TASK_STEP"] == nil
      ? 1 : try slurmNumber("SLURM_ARRAY_TASK_STEP", environment)
    let count = try slurmNumber("SLURM_ARRAY_TASK_COUNT", environment)
    guard step >= 1, first <= id, id <= last, (last - first) / step + 1 == count,
      (id - first) % step == 0
    else { throw .irregularArray(id: id, first: first, last: last, step: step, count: count) }
    return try Shard(index: (id - first) / step, count: count)
  }

  private static func slurmNumber(
    _ name: String, _ environment: [String: String]
  ) throws(ShardError) -> Int {
    guard let text = environment[name], let value = Int(text), (0...Int(UInt32.max)).contains(value)
    else { throw .slurmVariable(name, environment[name]) }
    return value
  }
}

/// Why there is no shard.
public enum ShardError: Error, Hashable, Sendable {
  /// The text is not `I/N`.
  case notAShard(String)
  /// I is not in 0..<N, or N is not positive.
  case outOfRange(index: Int, count: Int)
  /// A variable of a job array is missing or not a number.
  case slurmVariable(String, String?)
  /// The array's indices are not MIN, MIN+STEP, …, MAX.
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
        + "a list with gaps does not tell a task its share; "
        + "use a gapless --array=0-\(max(count - 1, 0)), or give the share with --shard I/N"
    }
  }
}
