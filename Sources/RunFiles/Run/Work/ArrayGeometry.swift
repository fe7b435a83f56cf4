/// How the tasks of a job array are numbered: task `first` + k·`step` has share k of `count`.
///
/// Each share of a run records it, so that a later array that starts only some of the tasks gives
/// them the same shares.
public struct ArrayGeometry: Codable, Hashable, Sendable {
  /// The smallest task number, at least 0.
  public let first: Int
  /// The difference of neighbouring task numbers, at least 1.
  public let step: Int
  /// Number of tasks, at least 1.
  public let count: Int

  /// A numbering; nil if a value is too small, or a task number would be above 2³².
  public init?(first: Int, step: Int, count: Int) {
    guard first >= 0, step >= 1, count >= 1 else { return nil }
    let (width, overflow) = step.multipliedReportingOverflow(by: count - 1)
    guard !overflow, width <= SampleRanges.largestIndex - first else { return nil }
    (self.first, self.step, self.count) = (first, step, count)
  }

  /// The numbering of the shares `--shard 0/N` … `--shard N−1/N`.
  public init(of shard: Shard) { (first, step, count) = (0, 1, shard.count) }

  /// Reads a numbering; what is out of range is refused.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let numbers = try [CodingKeys.first, .step, .count].map {
      try values.decode(Int.self, forKey: $0)
    }
    guard let made = ArrayGeometry(first: numbers[0], step: numbers[1], count: numbers[2]) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not a numbering of tasks"))
    }
    self = made
  }

  /// The share of task `id`; nil if there is no such task.
  public func shard(ofTask id: Int) -> Shard? {
    guard id >= first, (id - first) % step == 0 else { return nil }
    return try? Shard(index: (id - first) / step, count: count)
  }

  /// The array of which a new one with these numbers, and no gaps, starts some tasks again, as
  /// ``ArrayShare/slurmTask(_:recorded:)`` has it; nil if its tasks have shares of their own.
  ///
  /// - Parameter recorded: the arrays that have run in the folder, those to be preferred first.
  public func earlierArray(in recorded: [ArrayGeometry]) -> ArrayGeometry? {
    let bounds = [first, task(ofShare: count - 1)]
    return recorded.first { earlier in
      earlier.count > count && bounds.allSatisfy { earlier.shard(ofTask: $0) != nil }
    }
  }

  /// The task that has a share.
  public func task(ofShare index: Int) -> Int { first + index * step }
}

extension ArrayGeometry: CustomStringConvertible {
  /// As `sbatch --array` takes it: `0-7`, `1-15:2`, `5`.
  public var description: String {
    if count == 1 { return "\(first)" }
    return "\(first)-\(task(ofShare: count - 1))" + (step == 1 ? "" : ":\(step)")
  }
}
