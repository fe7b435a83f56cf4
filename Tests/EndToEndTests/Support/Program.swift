import Foundation

/// The program under test and where it lies.
enum Program {
  /// The folder with `Package.swift`, from which every test starts the program.
  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// The binary built beside the tests; `POSTERIOR_BINARY` names another.
  static let binary = ProcessInfo.processInfo.environment["POSTERIOR_BINARY"] ?? builtBinary

  private static let builtBinary: String = {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let place = bundle ?? CommandLine.arguments[0]
    return URL(filePath: place).deletingLastPathComponent().appending(path: "posterior").path
  }()

  /// The environment without what a scheduler around the tests has put there.
  static let environment: [String: String] = {
    let foreign = ["SLURM_", "OMPI_", "PMIX_", "PMI_", "ORTE_"]
    var kept = ProcessInfo.processInfo.environment.filter { entry in
      !foreign.contains { entry.key.hasPrefix($0) }
    }
    kept["COLUMNS"] = "100"
    return kept
  }()

  /// The words before the program's name that start it on `ranks` ranks.
  static func launcher(_ ranks: Int) -> [String] {
    let rights = getuid() == 0 ? ["--allow-run-as-root"] : []
    return ["mpirun"] + rights
      + ["--oversubscribe", "--bind-to", "none", "-np", "\(ranks)"]
  }

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - ranks: under `mpirun` with so many; nil without `mpirun`.
  ///   - more: variables besides those of ``environment``.
  ///   - folder: where it is started.
  static func start(
    _ arguments: [String], ranks: Int? = nil, environment more: [String: String] = [:],
    in folder: String = packageRoot
  ) throws -> StartedProgram {
    let words = (ranks.map(launcher) ?? []) + [binary] + arguments
    return try StartedProgram(
      words, environment: environment.merging(more) { $1 }, folder: folder)
  }

  /// Starts the program with what a shell makes of its streams, such as `2>&-`, and waits for its end.
  static func run(_ arguments: [String], streams: String) throws -> ProgramResult {
    let words = ["/bin/sh", "-c", "exec \"$0\" \"$@\" \(streams)", binary] + arguments
    return try StartedProgram(words, environment: environment, folder: packageRoot)
      .wait(timeout: 120)
  }

  /// Starts the program and waits for its end.
  static func run(
    _ arguments: [String], ranks: Int? = nil, environment more: [String: String] = [:],
    in folder: String = packageRoot, timeout: Double = 120
  ) throws -> ProgramResult {
    try start(arguments, ranks: ranks, environment: more, in: folder).wait(timeout: timeout)
  }
}

/// How a program ended.
struct ProgramResult: CustomStringConvertible {
  /// The exit code; −N if signal N ended it.
  let code: Int32
  let output: String
  let errors: String
  let seconds: Double

  /// What a failed expectation shows.
  var description: String { "exit \(code) after \(seconds) s\n\(output)\n\(errors)" }

  /// Lines on standard error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}
