import ArgumentParser
import Batch

/// What a job asks of Slurm.
struct JobOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A job array of so many tasks, 1 to 1001.", valueName: "tasks"))
  var array: Int?

  @Option(help: ArgumentHelp("One MPI job on so many nodes.", valueName: "nodes"))
  var nodes: Int?

  @Option(help: ArgumentHelp("Ranks a node; with --nodes.", valueName: "ranks"))
  var tasksPerNode: Int?

  @Option(
    help: ArgumentHelp(
      "Cores of a task; by default as many as were measured, else 4.", valueName: "cores"))
  var cpusPerTask: Int?

  @Option(help: ArgumentHelp("GPUs a rank; a worker uses one.", valueName: "count"))
  var gpus: Int?

  @Option(help: ArgumentHelp("Time limit as Slurm writes it, such as 02:00:00.", valueName: "time"))
  var time: String?

  @Option(help: "Partition of the job.")
  var partition: String?

  @Option(help: "Account the job is charged to.")
  var account: String?

  @Option(help: "Quality of service of the job.")
  var qos: String?

  @Option(
    name: .customLong("sbatch"), parsing: .singleValue,
    help: ArgumentHelp(
      "One more option of sbatch for the tasks, not for merging, such as --sbatch=--mem=8G; may be repeated.",
      valueName: "option"))
  var extra: [String] = []

  /// Whether something follows from the time of a unit that is not given.
  var needsMeasuring: Bool { time == nil || array == nil && nodes == nil }

  func check() throws {
    guard array == nil || nodes == nil else {
      throw ValidationError("Give either --array for an array or --nodes for an MPI job, not both.")
    }
    guard tasksPerNode == nil || nodes != nil else {
      throw ValidationError("--tasks-per-node goes with --nodes.")
    }
    try check("--array", array, 1...ArrayAdvice.mostTasks)
    try check("--nodes", nodes, 1...100_000)
    try check("--tasks-per-node", tasksPerNode, 1...1000)
    try check("--cpus-per-task", cpusPerTask, 1...10_000)
    try check("--gpus", gpus, 1...64)
    if let time, SlurmTime(time) == nil {
      throw ValidationError(
        "--time \(time) is no time limit of a minute or more; Slurm writes them as MINUTES, "
          + "HH:MM:SS, D-HH or D-HH:MM:SS.")
    }
    try check("--partition", partition)
    try check("--account", account)
    try check("--qos", qos)
    for option in extra { try check("--sbatch", option) }
  }
}

// MARK: - Scripts

extension JobOptions {
  /// The scripts of the job: its own, and for an array that of merging.
  func scripts(for measured: CostMeasurement?) -> [BatchScript] {
    if let nodes { return [script(nodes: nodes, measured)] }
    return [arrayScript(measured), mergeScript(measured)]
  }

  private func arrayScript(_ measured: CostMeasurement?) -> BatchScript {
    var request = request(.array, measured)
    let tasks =
      array ?? measured.map { ArrayAdvice(for: cost($0)).tasks } ?? request.arrayTasks ?? 1
    request.arrayTasks = tasks
    request.gpusPerTask = gpus
    request.time = limit(
      measured.map { ArrayAdvice(tasks: tasks, for: cost($0)).seconds }, request)
    return BatchScript(.array, request: request)
  }

  private func script(nodes: Int, _ measured: CostMeasurement?) -> BatchScript {
    let kind = gpus == nil ? BatchScript.Kind.mpi : .gpu
    var request = request(kind, measured)
    request.nodes = nodes
    request.tasksPerNode = tasksPerNode ?? request.tasksPerNode
    request.gpusPerTask = gpus
    let ranks = nodes * (request.tasksPerNode ?? 1)
    request.time = limit(measured.map { cost($0).seconds(ranks: ranks) }, request)
    return BatchScript(kind, request: request)
  }

  private func mergeScript(_ measured: CostMeasurement?) -> BatchScript {
    var request = charged(.merge)
    // A node that has no more cores than a task of the array would never take the job.
    request.cpusPerTask = min(request.cpusPerTask, self.request(.array, measured).cpusPerTask)
    if let measured {
      request.time = SlurmTime(
        forWorkOf: measured.cost.mergeSeconds(cores: request.cpusPerTask))
    }
    return BatchScript(.merge, request: request)
  }

  private func request(_ kind: BatchScript.Kind, _ measured: CostMeasurement?) -> JobRequest {
    var request = charged(kind)
    request.options = extra
    request.cpusPerTask = cpusPerTask ?? measured?.cores ?? request.cpusPerTask
    return request
  }

  /// What every job of a run must say where a cluster demands it: where it runs and who pays.
  private func charged(_ kind: BatchScript.Kind) -> JobRequest {
    var request = JobRequest(for: kind)
    (request.partition, request.account, request.qos) = (partition, account, qos)
    return request
  }

  private func limit(_ seconds: Double?, _ request: JobRequest) -> SlurmTime {
    time.flatMap { SlurmTime($0) } ?? seconds.map { SlurmTime(forWorkOf: $0) } ?? request.time
  }

  /// The cost with as many workers a rank, and results written at once, as the job's tasks have cores for.
  private func cost(_ measured: CostMeasurement) -> RunCost {
    var cost = measured.cost
    if let cpusPerTask, measured.device == "cpu" {
      cost.workers = max(1, cost.workers * cpusPerTask / max(1, measured.cores))
    }
    cost.resultThreads = cpusPerTask ?? cost.resultThreads
    return cost
  }
}
