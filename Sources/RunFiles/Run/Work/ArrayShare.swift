/// The share of a run that a process works on, and why that one.
public struct ArrayShare: Hashable, Sendable {
  /// The share.
  public let shard: Shard
  /// The numbering it belongs to.
  public let geometry: ArrayGeometry
  /// Where the share comes from, for the log: `task 3 of the array 0-7`.
  public let reason: String

  /// A share that was asked for by `--shard`.
  public init(_ shard: Shard) {
    self.shard = shard
    geometry = ArrayGeometry(of: shard)
    reason = "as --shard says"
  }

  private init(_ shard: Shard, _ geometry: ArrayGeometry, reason: String) {
    (self.shard, self.geometry, self.reason) = (shard, geometry, reason)
  }
}

extension ArrayShare: CustomStringConvertible {
  /// For example `share 3/8: task 3 of the array 0-7`.
  public var description: String { "share \(shard): \(reason)" }
}

// MARK: - Slurm job arrays

extension ArrayShare {
  /// The share of a task of a Slurm job array.
  ///
  /// By itself it is (ID − MIN)/STEP of COUNT, so that `0-7`, `1-8` and `0-14:2` mean the same. But
  /// an array that is a list with gaps or has fewer tasks than one that has run in the folder, and
  /// whose first and last task that one has too, starts some tasks of the earlier array again: they
  /// take the shares they had there.
  /// - Parameters:
  ///   - environment: the process's environment variables.
  ///   - recorded: the arrays that have run in the folder, those to be preferred first.
  /// - Returns: nil outside a job array.
  /// - Throws: ``ShardError`` if a variable is missing or no number, or a list with gaps belongs to
  ///   no recorded array.
  public static func slurmTask(
    _ environment: [String: String], recorded: [ArrayGeometry]
  ) throws(ShardError) -> ArrayShare? {
    guard let task = try SlurmTask(environment) else { return nil }
    let own = task.geometry
    for geometry in recorded where geometry.count > own?.count ?? 0 {
      guard let shard = task.shard(in: geometry) else { continue }
      return ArrayShare(
        shard, geometry,
        reason: "task \(task.id) of the earlier array \(geometry), of which this one "
          + (own.map { "(\($0)) is a part" } ?? "is a part, a list with gaps"))
    }
    guard let own, let shard = own.shard(ofTask: task.id) else { throw task.irregular }
    return ArrayShare(shard, own, reason: "task \(task.id) of the array \(own)")
  }
}

/// What Slurm tells a task of its array.
private struct SlurmTask {
  let id: Int
  let first: Int
  let last: Int
  let step: Int
  let count: Int

  init?(_ environment: [String: String]) throws(ShardError) {
    guard environment["SLURM_ARRAY_TASK_ID"] != nil else { return nil }
    id = try Self.number("SLURM_ARRAY_TASK_ID", environment)
    first = try Self.number("SLURM_ARRAY_TASK_MIN", environment)
    last = try Self.number("SLURM_ARRAY_TASK_MAX", environment)
    let hasStep = environment["SLURM_ARRAY_TASK_STEP"] != nil
    step = hasStep ? try Self.number("SLURM_ARRAY_TASK_STEP", environment) : 1
    count = try Self.number("SLURM_ARRAY_TASK_COUNT", environment)
  }

  /// The array's numbering; nil for a list with gaps, and if the variables contradict each other.
  ///
  /// Of a mixed list Slurm tells the step of its stepped part: `0-4:2,7` is 0 to 7 with step 2, four
  /// tasks.
  var geometry: ArrayGeometry? {
    guard step >= 1, first <= id, id <= last, (last - first) / step + 1 == count,
      (last - first) % step == 0, (id - first) % step == 0
    else { return nil }
    return ArrayGeometry(first: first, step: step, count: count)
  }

  /// Its share in an array that has all of its own array's numbers; nil if that one has not.
  ///
  /// All tasks of an array must come to the same answer, so it depends on the bounds as well.
  func shard(in geometry: ArrayGeometry) -> Shard? {
    let bounds = [first, last].compactMap { geometry.shard(ofTask: $0) }
    return bounds.count == 2 ? geometry.shard(ofTask: id) : nil
  }

  var irregular: ShardError {
    .irregularArray(id: id, first: first, last: last, step: step, count: count)
  }

  private static func number(
    _ name: String, _ environment: [String: String]
  ) throws(ShardError) -> Int {
    guard let text = environment[name], let value = Int(text), (0...Int(UInt32.max)).contains(value)
    else { throw .slurmVariable(name, environment[name]) }
    return value
  }
}
