import Foundation
import Testing

/// Several hosts and a real Slurm on this machine: the scripts in `cluster/`.
///
/// `scripts/test` brings it up and names it in `POSTERIOR_CLUSTER`; without that these tests are
/// skipped, since it takes root and namespaces.
enum TestBed {
  static let name = ProcessInfo.processInfo.environment["POSTERIOR_CLUSTER"]
  static var isUp: Bool { name != nil }

  /// The program with libtorch, as started on a host.
  static var program: String { Program.binary }

  private static var environment: [String: String] {
    var environment = Program.environment
    environment["CLUSTER_NAME"] = name
    // mpirun's own way to notice a host that is gone.
    environment["OMPI_MCA_oob_tcp_keepalive_time"] = "3"
    environment["OMPI_MCA_oob_tcp_keepalive_intvl"] = "1"
    environment["OMPI_MCA_oob_tcp_keepalive_probes"] = "3"
    return environment
  }

  private static func script(_ name: String) -> String { "\(Program.packageRoot)/cluster/\(name)" }

  /// Starts a command on a host.
  static func start(_ words: [String], on host: String = "head") throws -> StartedProgram {
    try StartedProgram(
      [script("at"), host] + words, environment: environment, folder: Program.packageRoot)
  }

  /// Runs a command on a host to its end.
  @discardableResult
  static func run(
    _ words: [String], on host: String = "head", timeout: Double = 60
  ) throws -> ProgramResult {
    try start(words, on: host).wait(timeout: timeout)
  }

  /// Makes a host fail, or heals it: see `cluster/fault --help`.
  static func fault(_ words: String...) throws {
    let fault = try StartedProgram(
      [script("fault")] + words, environment: environment, folder: Program.packageRoot)
    let result = try fault.wait(timeout: 60)
    try #require(result.code == 0, "\(result)")
  }

  /// Makes a host fail while `body` runs.
  static func during<Result>(
    _ words: [String], healedBy healing: [String], _ body: () throws -> Result
  ) throws -> Result {
    try fault(words[0], words[1])
    defer { try? fault(healing[0], healing[1]) }
    return try body()
  }
}

// MARK: - Slurm

extension TestBed {
  /// Submits a batch script.
  ///
  /// - Returns: the job's number.
  static func submit(_ words: [String]) throws -> String {
    let result = try run(["sbatch", "--parsable"] + words)
    try #require(result.code == 0, "\(result)")
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The states of all tasks of a job that has not ended, such as `RUNNING`.
  static func states(of job: String) throws -> [String] {
    try run(["squeue", "-h", "-r", "-j", job, "-o", "%T"]).output
      .split(separator: "\n").map(String.init)
  }

  /// Waits until no task of the job is waiting or running.
  static func awaitEnd(of job: String, timeout: Double) throws {
    let limit = ContinuousClock.now + .seconds(timeout)
    while try !states(of: job).isEmpty {
      try #require(ContinuousClock.now < limit, "job \(job) has not ended in \(timeout) s")
      usleep(300_000)
    }
  }

  /// How often the job's script has been started again; of an array the largest number.
  static func restarts(of job: String) throws -> Int {
    let text = try run(["scontrol", "-o", "show", "job", job]).output
    let numbers = text.split(separator: " ").compactMap { word -> Int? in
      word.hasPrefix("Restarts=") ? Int(word.dropFirst("Restarts=".count)) : nil
    }
    return numbers.max() ?? 0
  }
}
