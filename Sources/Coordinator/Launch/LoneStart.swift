import Foundation

/// The start of MPI by a process that no launcher has started.
///
/// Open MPI 4 gives such a process a daemon, which looks for `ssh` or `rsh` and ends the start where
/// there is neither, as in lean containers; this program never starts anything by them.
struct LoneStart {
  private static let launching = "OMPI_MCA_plm"

  /// Whether nothing says how the daemon would start processes, nor that a launcher did.
  let isNeeded: Bool

  /// The start of this process.
  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    isNeeded =
      !Launch(environment: environment).hasProcessManager && environment[Self.launching] == nil
  }

  /// Runs `start` with a daemon that starts nothing, and leaves no word of it to child processes.
  func around(_ start: () throws(TransportError) -> Void) throws(TransportError) {
    guard isNeeded else { return try start() }
    setenv(Self.launching, "isolated", 1)
    defer { unsetenv(Self.launching) }
    try start()
  }
}
