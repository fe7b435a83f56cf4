import Foundation

/// A program of this package under mpirun, as a process of its own.
final class MPIProgram: @unchecked Sendable {
  // Sendable: started, signalled and waited for by one test.
  private let process = Process()
  private let output = Pipe()

  /// What a finished program left behind.
  struct Ending {
    let code: Int32
    let text: String
    let seconds: Double
    var lines: [Substring] { text.split(separator: "\n") }
  }

  private let start = Date()

  /// Starts `mpi-selftest` with some arguments on some ranks; without mpirun for 0 ranks.
  init(_ arguments: [String], ranks: Int) throws {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("mpi-selftest").path
    let launcher = ["mpirun", "--oversubscribe", "-np", String(ranks), program]
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = (ranks == 0 ? [program] : launcher) + arguments
    var environment = ProcessInfo.processInfo.environment
    environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
    environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    process.environment = environment
    process.standardOutput = output
    process.standardError = output
    try Self.withoutBlockedSignals { try process.run() }
  }

  /// Threads of Dispatch block signals, and a child takes over what is blocked.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  /// Waits for the end; a program that takes longer than two minutes is killed.
  func wait() -> Ending {
    let process = process
    let guardian = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: guardian)
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guardian.cancel()
    let code = process.terminationReason == .exit ? process.terminationStatus : -1
    return Ending(
      code: code, text: String(decoding: data, as: UTF8.self),
      seconds: Date().timeIntervalSince(start))
  }

  /// Sends a signal to mpirun.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }
}
