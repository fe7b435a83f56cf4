/// What is wrong with how a job was launched, found from the environment.
public enum LaunchProblem: Hashable, Sendable {
  /// `srun` started this many copies that do not know of each other: they would all do the same
  /// work.
  case singletons(tasks: Int)
  /// The job has this many tasks, but the program was started once, without `srun` or `mpirun`.
  case unusedTasks(tasks: Int)

  /// Whether the run must not start.
  public var isFatal: Bool {
    switch self {
    case .singletons: true
    case .unusedTasks: false
    }
  }
}

extension LaunchProblem: CustomStringConvertible {
  /// What is wrong, and what to type instead.
  public var description: String {
    switch self {
    case .singletons(let tasks):
      """
      srun started \(tasks) copies of this program, but MPI does not connect them:
      each one believes to be alone.
      Type   srun --mpi=pmix posterior run …   (MPICH: srun --mpi=pmi2),
      or     mpirun posterior run …            inside the job,
      or     srun -n 1 posterior run …         for one process that uses all the cores it is given.
      `srun --mpi=list` shows what this Slurm offers.
      """
    case .unusedTasks(let tasks):
      """
      the job has \(tasks) tasks, but this is one process started without srun or mpirun:
      it uses this node only.
      Type   srun --mpi=pmix posterior run …   or   mpirun posterior run …   to use them all.
      """
    }
  }
}

/// How the process was launched, as its environment tells.
public struct Launch: Sendable {
  private let environment: [String: String]

  /// The launch of a process with these environment variables.
  public init(environment: [String: String]) { self.environment = environment }

  /// Whether `mpirun`, `mpiexec`, or `srun` with PMI tells this process its rank.
  public var hasProcessManager: Bool {
    ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "PMI_FD", "PMI_ID", "MPI_LOCALRANKID"]
      .contains { environment[$0] != nil }
  }

  /// The problem to tell before MPI is started; some MPI libraries end the process when `srun`
  /// offers them no PMI.
  public var problemBeforeStart: LaunchProblem? {
    guard !hasProcessManager, let tasks = stepTasks, tasks > 1 else { return nil }
    return .singletons(tasks: tasks)
  }

  /// The problem once the number of MPI processes is known.
  public func problem(mpiSize: Int) -> LaunchProblem? {
    guard mpiSize == 1, !isOneOfMPIRun else { return nil }
    if let tasks = stepTasks { return tasks > 1 ? .singletons(tasks: tasks) : nil }
    guard let tasks = number("SLURM_NTASKS"), tasks > 1 else { return nil }
    return .unusedTasks(tasks: tasks)
  }

  /// Started by `mpirun` or `mpiexec`, which were told a number: Slurm's variables are those of its
  /// daemon then.
  private var isOneOfMPIRun: Bool {
    environment["OMPI_COMM_WORLD_SIZE"] != nil || environment["MPI_LOCALNRANKS"] != nil
  }

  /// Number of tasks of the step this process belongs to; nil outside a step (in a batch script
  /// too).
  private var stepTasks: Int? {
    guard environment["SLURM_STEP_ID"] != nil || environment["SLURM_STEPID"] != nil else {
      return nil
    }
    return number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS")
  }

  private func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
}
