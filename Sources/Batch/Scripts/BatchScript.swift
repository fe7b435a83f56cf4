/// A batch script for Slurm: complete in itself, since Slurm copies a script away before it runs.
public struct BatchScript: Hashable, Sendable {
  /// What the script does.
  public enum Kind: String, Sendable, CaseIterable {
    /// A job array whose tasks draw a share each.
    case array
    /// One MPI job.
    case mpi
    /// One MPI job with a rank a GPU.
    case gpu
    /// Joins what is finished and writes the maps.
    case merge
  }

  /// What the script does.
  public var kind: Kind
  /// What it asks of Slurm.
  public var request: JobRequest
  /// What it runs; nil where that is told when it is submitted: `sbatch SCRIPT CONFIG [OPTIONS]`.
  public var command: BatchCommand?

  /// A script; the defaults are those of the scripts that come with the program.
  public init(_ kind: Kind, request: JobRequest? = nil, command: BatchCommand? = nil) {
    self.kind = kind
    self.request = request ?? JobRequest(for: kind)
    self.command = command
  }

  /// The name of the script's file.
  public var fileName: String { "\(kind.rawValue).sbatch" }

  /// The whole script.
  public var text: String {
    ([
      "#!/bin/bash", introduction, "", request.lines, "", settings, "", ScriptText.rule,
      ScriptText.opening,
    ] + body).joined(separator: "\n") + "\n"
  }

  private var introduction: String {
    command.map { ScriptText.writtenIntroduction($0, kind) } ?? ScriptText.introduction(kind)
  }

  private var settings: String { command?.lines(for: kind) ?? ScriptText.settings }

  private var body: [String] {
    switch kind {
    case .array: [ScriptText.working, ScriptText.arrayTask]
    case .mpi, .gpu: [ScriptText.working, ScriptText.mpiJob]
    case .merge: [ScriptText.merging]
    }
  }
}

/// What a script runs.
public struct BatchCommand: Hashable, Sendable {
  /// The program's path.
  public var program: String
  /// The folder it runs in, absolute: paths in a configuration are relative to it.
  public var folder: String
  /// The words after `posterior run`.
  public var arguments: [String]
  /// The run folder, absolute.
  public var run: String

  public init(program: String, folder: String, arguments: [String], run: String) {
    self.program = program
    self.folder = folder
    self.arguments = arguments
    self.run = run
  }

  fileprivate func lines(for kind: BatchScript.Kind) -> String {
    let lines = [
      "cd \(ShellWord.quoted(folder)) || exit 74", "posterior=\(ShellWord.quoted(program))",
      "run=\(ShellWord.quoted(run))", "set -- \(ShellWord.joined(arguments))",
    ]
    // Merging needs the run folder alone.
    return lines.prefix(kind == .merge ? 3 : 4).joined(separator: "\n")
  }
}
