import Foundation
import RunFiles

@testable import Batch

/// A folder with stand-ins for the program and for Slurm's commands, in which a batch script runs.
final class StubCluster {
  let path: String
  /// What the stand-ins are told, by the environment.
  var environment: [String: String]

  init() throws {
    let place = FileManager.default.temporaryDirectory
    path = place.appending(path: "posterior-batch-\(UUID().uuidString.prefix(12))").path
    try FileManager.default.createDirectory(
      atPath: path + "/bin", withIntermediateDirectories: true)
    environment = [
      "PATH": "\(path)/bin:/usr/local/bin:/usr/bin:/bin", "STUB": path,
      "SLURM_JOB_ID": "9", "SLURM_JOB_NODELIST": "n1",
    ]
    for (name, text) in Self.programs { try write(text, name) }
    _ = try directory()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static let programs = [
    "posterior": #"""
    #!/bin/bash
    case $1 in
    plan) echo "$STUB/run" ;;
    run)
      trap 'echo USR1 >>"$STUB/signals"; kill $!; exit 75' USR1
      trap 'echo TERM >>"$STUB/signals"; kill $!; exit 75' TERM
      echo "$*" >>"$STUB/runs"
      [ -z "$WAIT" ] || { sleep 60 & wait $!; }
      exit "$CODE" ;;
    *) echo "$*" >>"$STUB/calls"
      [ "$1" != status ] || exit "$STANDING"
      [ "$1" != missing ] || exit "$MISSING" ;;
    esac
    """#,
    // Slurm ends a script that is requeued, and all it has started, with TERM.
    "scontrol": #"""
    #!/bin/bash
    echo "$*" >>"$STUB/scontrol"
    grep -q "$STUB" "/proc/$PPID/cmdline" || exit 0
    for started in $(cat "/proc/$PPID/task/$PPID/children"); do
      [ "$started" = $$ ] || kill -TERM "$started"
    done
    kill -TERM $PPID
    """#,
    "srun": #"""
    #!/bin/bash
    if [ "$1" = --mpi=list ]; then echo "$MPI" >&2; exit; fi
    echo "srun $*" >>"$STUB/launches"
    while [[ $1 == --* ]]; do shift; done
    exec "$@"
    """#,
    "mpirun": #"""
    #!/bin/bash
    echo "mpirun $*" >>"$STUB/launches"
    exec "${@:3}"
    """#,
  ]

  /// Written by a process of its own: a file that this one has open for writing is so for a moment in whatever
  /// other tests start meanwhile, and cannot be run then.
  private func write(_ text: String, _ name: String) throws {
    let draft = "\(path)/\(name).text"
    try Data(text.utf8).write(to: URL(filePath: draft))
    let copy = "cp \"$0\" \"$1\" && chmod 755 \"$1\""
    let process = try spawn(
      ["/bin/sh", "-c", copy, draft, "\(path)/bin/\(name)"], log: "\(path)/writing")
    var status: Int32 = 0
    waitpid(process, &status, 0)
    guard status == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  // MARK: - The run folder

  private func directory() throws -> RunDirectory {
    try RunDirectory.openOrCreate(
      at: path + "/run", RunDescription(workHash: "0", program: "stub", configuration: ""))
  }

  /// Writes the status file that a start of the job would leave.
  func writeStatus(done: Int, resumed: Int, restart: Int = 0, job: String? = nil) throws {
    var environment = environment
    environment["SLURM_RESTART_COUNT"] = "\(restart)"
    if let job { environment = ["SLURM_JOB_ID": job, "SLURM_RESTART_COUNT": "\(restart)"] }
    var status = RunStatus(
      program: "stub", run: "a", share: nil, job: SlurmJob(environment: environment))
    status.units = .init(total: 10, done: 9, resumed: 0)
    status.samples = .init(total: 100, done: done, resumed: resumed)
    try directory().write(status, shard: nil)
  }

  /// What a stand-in has noted, by line.
  func notes(_ name: String) -> [String] {
    let text = (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  // MARK: - Running

  /// Runs a script to its end.
  ///
  /// - Parameter signal: sent to the script once the program runs.
  func run(_ kind: BatchScript.Kind, signal: Int32? = nil) throws -> (code: Int32, log: String) {
    let script = "\(path)/\(kind.rawValue).sbatch"
    try Data(BatchScript(kind).text.utf8).write(to: URL(filePath: script))
    let log = "\(path)/log"
    let process = try spawn(["/bin/bash", script, "a.yaml", "--set", "run.samples=9"], log: log)
    let limit = ContinuousClock.now + .seconds(60)
    var status: Int32 = 0
    func isRunning() -> Bool { waitpid(process, &status, WNOHANG) == 0 && .now < limit }
    if let signal {
      while isRunning(), notes("runs").isEmpty { usleep(5000) }
      kill(process, signal)
    }
    while isRunning() { usleep(5000) }
    if .now >= limit {
      kill(process, SIGKILL)
      waitpid(process, &status, 0)
    }
    let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    return (code, try String(contentsOfFile: log, encoding: .utf8))
  }

  /// Starts a command with no signal blocked: the threads of tests block them, a batch job's shell
  /// does not.
  private func spawn(_ words: [String], log: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    let problem = posix_spawn(&process, words[0], &actions, &attributes, arguments, variables)
    guard problem == 0 else { throw CocoaError(.executableLoad) }
    return process
  }
}
