import Foundation

/// Ends `mpirun` if it does not end by itself after an abort.
///
/// Open MPI's `mpirun` waits for the daemons of all hosts; one on a host that has stopped answering
/// keeps it, and so the job, for ever. A small process of its own session outlives the rank that
/// starts it and looks after the launcher, where that is the rank's parent: always so for the ranks
/// on the host on which `mpirun` was typed, rank 0 of a batch job among them.
struct LauncherWatch {
  /// Names under which launchers run.
  private static let names: Set<String> = [
    "mpirun", "mpiexec", "orterun", "prterun", "mpiexec.hydra", "hydra_pmi_proxy",
  ]

  /// `POSIX_SPAWN_SETSID`, which the C library shows to GNU programs only.
  private static let newSession = Int16(0x80)

  let launcher: pid_t

  /// The watch over a launcher; nil if the parent process is none.
  init?(parent: pid_t = getppid()) {
    guard parent > 1, let name = Self.name(of: parent), Self.names.contains(name) else {
      return nil
    }
    launcher = parent
  }

  /// Kills the launcher if it is still there after `seconds`; returns at once.
  func start(seconds: Int) {
    let script = """
      sleep \(seconds)
      [ "$(cat /proc/\(launcher)/comm 2>/dev/null)" = "\(Self.name(of: launcher) ?? "")" ] || exit 0
      echo "posterior: \(seconds) s after the end the launcher still waits for a host; ending it" >&2
      kill -KILL \(launcher)
      """
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A launcher ends the process groups it has started.
    posix_spawnattr_setflags(&attributes, Self.newSession)
    let shell = ["/bin/sh", "-c", script]
    let words = shell.map { strdup($0) as UnsafeMutablePointer<CChar>? } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    posix_spawn(&process, "/bin/sh", nil, &attributes, words, environ)
  }

  private static func name(of process: pid_t) -> String? {
    let text = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
    return text?.trimmingCharacters(in: .newlines)
  }
}
