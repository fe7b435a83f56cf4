/// Something about where the ranks of a run are that costs time or trust, though it runs.
public enum PlacementWarning: Hashable, Sendable {
  /// A machine has more busy workers than cores for them.
  case oversubscribed(host: String, workers: Int, cores: Int)
  /// The job was given more cores of a machine than its ranks may use.
  case idleCores(host: String, used: Int, allocated: Int)
  /// Several ranks of a machine work on one GPU.
  case sharedGPU(host: String, ranks: Int, gpus: Int)
  /// A machine has GPUs that no rank works on.
  case idleGPUs(host: String, ranks: Int, gpus: Int)
  /// The ranks run on processors of several kinds, by name.
  case mixedProcessors([String])
  /// `mpirun` was left with its settings that do not notice a host that has gone.
  case noKeepalive

  /// What is to be said about a run.
  ///
  /// - Parameters:
  ///   - ranks: all ranks of the run.
  ///   - environment: the environment of rank 0.
  public static func all(
    _ ranks: [RankInfo], environment: [String: String]
  ) -> [PlacementWarning] {
    let hosts = Dictionary(grouping: ranks, by: \.host).sorted { $0.key < $1.key }
    let places = hosts.flatMap { host, ranks in
      [cores(host, ranks, environment), gpus(host, ranks)].compactMap { $0 }
    }
    let processors = Set(ranks.map(\.machine.processor)).sorted()
    return places
      + (processors.count > 1 ? [.mixedProcessors(processors)] : [])
      + (hosts.count > 1 && lacksKeepalive(environment) ? [.noKeepalive] : [])
  }

  private static func cores(
    _ host: String, _ ranks: [RankInfo], _ environment: [String: String]
  ) -> PlacementWarning? {
    let mine = ranks.filter { $0.machine.gpus == 0 }
    let workers = mine.reduce(0) { $0 + $1.workers }
    let cores = mine.reduce(into: Set()) { $0.formUnion($1.machine.cores) }
    guard !cores.isEmpty else { return nil }
    if workers > cores.count {
      return .oversubscribed(host: host, workers: workers, cores: cores.count)
    }
    guard ranks.contains(where: { $0.rank == 0 }), let allocated = allocatedCores(environment),
      workers < allocated, cores.count < allocated
    else { return nil }
    return .idleCores(host: host, used: workers, allocated: allocated)
  }

  /// Cores of rank 0's machine that Slurm gave the job: the first number of `4(x2),8`.
  private static func allocatedCores(_ environment: [String: String]) -> Int? {
    environment["SLURM_JOB_CPUS_PER_NODE"].flatMap { Int($0.prefix { $0.isNumber }) }
  }

  private static func gpus(_ host: String, _ ranks: [RankInfo]) -> PlacementWarning? {
    let users = ranks.filter { $0.device.hasPrefix("cuda") }
    let visible = users.map(\.machine.gpus).max() ?? 0
    // One GPU each to see is how Slurm's --gpus-per-task looks; each may be another one.
    if visible > 1, users.count > visible {
      return .sharedGPU(host: host, ranks: users.count, gpus: visible)
    }
    if visible == 1, users.count > 1 {
      return .sharedGPU(host: host, ranks: users.count, gpus: 1)
    }
    return users.count < visible ? .idleGPUs(host: host, ranks: users.count, gpus: visible) : nil
  }

  /// Open MPI before 5 asks its daemons for a sign of life only after five minutes.
  private static func lacksKeepalive(_ environment: [String: String]) -> Bool {
    guard environment["OMPI_COMM_WORLD_SIZE"] != nil, environment["PRTE_LAUNCHED"] == nil else {
      return false
    }
    let seconds = environment["OMPI_MCA_oob_tcp_keepalive_time"].flatMap { Int($0) }
    return seconds.map { $0 > 60 } ?? (environment["SLURM_STEP_NUM_TASKS"] == nil)
  }
}

extension PlacementWarning: CustomStringConvertible {
  /// What is so, what it costs, and what to type instead.
  public var description: String {
    switch self {
    case .oversubscribed(let host, let workers, let cores):
      "\(host): \(workers) workers share \(cores) core\(cores == 1 ? "" : "s"); "
        + "start fewer ranks there, set compute.workers, or give each rank cores of its own "
        + "(mpirun --map-by slot:PE=N, srun --cpus-per-task=N)"
    case .idleCores(let host, let used, let allocated):
      "\(host): the job has \(allocated) cores there, its ranks use \(used); srun does not take "
        + "--cpus-per-task over from sbatch: type srun --cpus-per-task=N, or set "
        + "SRUN_CPUS_PER_TASK; with mpirun, --bind-to none"
    case .sharedGPU(let host, let ranks, let gpus) where gpus == 1:
      "\(host): each of its \(ranks) ranks sees one GPU; if that is the same one for all, start one "
        + "rank there, or show them all GPUs (srun --gres=gpu:\(ranks), without --gpus-per-task)"
    case .sharedGPU(let host, let ranks, let gpus):
      "\(host): \(ranks) ranks share \(gpus) GPUs; start one rank a GPU"
    case .idleGPUs(let host, let ranks, let gpus):
      "\(host): \(ranks) rank\(ranks == 1 ? "" : "s") for \(gpus) GPUs; start one rank a GPU"
    case .mixedProcessors(let names):
      "the ranks run on processors of several kinds (\(names.joined(separator: "; "))): the last "
        + "bits of a sample may depend on which of them drew it; ask for nodes of one kind to have "
        + "the same bits each time"
    case .noKeepalive:
      "mpirun may wait for ever for a host that goes down; set OMPI_MCA_oob_tcp_keepalive_time=10 "
        + "OMPI_MCA_oob_tcp_keepalive_intvl=5 OMPI_MCA_oob_tcp_keepalive_probes=3 before mpirun"
    }
  }
}
