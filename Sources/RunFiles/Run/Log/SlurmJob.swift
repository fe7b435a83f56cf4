/// The Slurm job a process runs in, as its environment tells; all nil outside of one.
public struct SlurmJob: Hashable, Sendable {
  /// `12`, or `12_3` for task 3 of the array 12: the name `scontrol requeue` wants.
  public let name: String?
  /// How often Slurm has started it again.
  public let restartCount: Int?
  /// When its time limit ends it, seconds since 1970.
  public let deadline: Double?

  /// The job of a process with these environment variables.
  public init(environment: [String: String] = [:]) {
    name = Self.name(environment)
    let isJob = name != nil
    restartCount =
      isJob ? environment["SLURM_RESTART_COUNT"].flatMap { Int($0) } ?? 0 : nil
    deadline = environment["SLURM_JOB_END_TIME"].flatMap { Double($0) }.flatMap {
      $0.isFinite && $0 > 0 ? $0 : nil
    }
  }

  private static func name(_ environment: [String: String]) -> String? {
    if let array = environment["SLURM_ARRAY_JOB_ID"], let task = environment["SLURM_ARRAY_TASK_ID"]
    {
      return "\(array)_\(task)"
    }
    return environment["SLURM_JOB_ID"]
  }
}
