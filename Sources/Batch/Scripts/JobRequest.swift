/// What a batch job asks of Slurm: the `#SBATCH` lines of its script.
public struct JobRequest: Hashable, Sendable {
  /// Name of the job.
  public var name: String
  /// Tasks of a job array; nil for one job.
  public var arrayTasks: Int?
  /// Nodes of an MPI job; nil for one task on one node.
  public var nodes: Int?
  /// Ranks a node.
  public var tasksPerNode: Int?
  /// GPUs a rank; nil for none.
  public var gpusPerTask: Int?
  /// Cores of a task: so many workers draw in it, or write the results of so many images.
  public var cpusPerTask: Int
  /// The time limit of a task.
  public var time: SlurmTime
  /// File of the job's output, with Slurm's `%` patterns.
  public var log: String
  /// Slurm's partition; nil for the cluster's default.
  public var partition: String?
  /// The account that is charged; nil for the user's default.
  public var account: String?
  /// The quality of service; nil for the user's default.
  public var qos: String?
  /// More options of sbatch, one a line, as they are.
  public var options: [String] = []

  /// The request of a script that comes with the program.
  public init(for kind: BatchScript.Kind) {
    name = kind == .merge ? "posterior-merge" : "posterior"
    time = SlurmTime(seconds: kind == .merge ? 3600 : 4 * 3600)
    cpusPerTask = 4
    log = kind == .array ? "%x-%A_%a.log" : "%x-%j.log"
    arrayTasks = kind == .array ? 16 : nil
    nodes = kind == .mpi || kind == .gpu ? 2 : nil
    tasksPerNode = kind == .mpi ? 1 : kind == .gpu ? 4 : nil
    gpusPerTask = kind == .gpu ? 1 : nil
    takesWarning = kind != .merge
  }

  /// Puts the log into a folder; a `%` in its name is no pattern of Slurm's.
  public mutating func keepLog(in folder: String) {
    log = "\(folder.replacing("%", with: "%%"))/\(log)"
  }

  /// Seconds before the time limit at which the job is told to stop: two minutes, less for short
  /// jobs. Slurm may send the signal up to a minute early.
  var warning: Int { min(120, time.seconds / 4) }
  /// Whether the script takes that signal.
  private var takesWarning = true

  /// The `#SBATCH` lines.
  var lines: String { options(all).map { "#SBATCH \($0)" }.joined(separator: "\n") }

  private var all: [(String, String?)] {
    [
      ("job-name", name), ("partition", partition), ("account", account), ("qos", qos),
      ("array", arrayTasks.map { "0-\($0 - 1)" }), ("nodes", nodes.map(String.init)),
      ("ntasks-per-node", tasksPerNode.map(String.init)),
      ("cpus-per-task", "\(cpusPerTask)"), ("gpus-per-task", gpusPerTask.map(String.init)),
      ("time", "\(time)"), ("output", log),
    ]
  }

  private func options(_ named: [(String, String?)]) -> [String] {
    named.compactMap { name, value in value.map { "--\(name)=\(Self.quoted($0))" } }
      + ["--open-mode=append", "--requeue"] + (takesWarning ? ["--signal=B:USR1@\(warning)"] : [])
      + options
  }

  /// sbatch takes words in double quotes.
  private static func quoted(_ value: String) -> String {
    value.contains { " \t#'\"\\".contains($0) }
      ? "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" : value
  }
}
