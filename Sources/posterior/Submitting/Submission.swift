import Batch
import Foundation
import RunFiles

/// The scripts of a run, and their way to Slurm.
struct Submission {
  private let run: String
  private let folder: String
  private let scripts: [BatchScript]

  init(command: BatchCommand, scripts: [BatchScript]) {
    let folder = RunDirectory.scriptsPath(in: command.run)
    run = command.run
    self.folder = folder
    self.scripts = scripts.map { script in
      var script = script
      script.command = command
      script.request.keepLog(in: folder)
      return script
    }
  }

  private func path(_ script: BatchScript) -> String { "\(folder)/\(script.fileName)" }

  /// Writes the scripts into the run folder.
  func write() throws {
    try FolderCalls.makeFolder(folder)
    for script in scripts { try AtomicFile.write(script.text, to: path(script)) }
  }

  /// The scripts, to be looked at.
  var text: String {
    scripts.map { "\(path($0)):\n\n" + Self.indented($0.text) }.joined(separator: "\n\n")
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
  }

  /// What to type.
  var advice: String {
    let submit = ShellWord.joined(["sbatch", "--parsable", path(scripts[0])])
    guard scripts.count > 1 else { return "To submit it:\n  \(submit)" }
    return "To submit it with its merge job:\n  job=$(\(submit))\n"
      + "  sbatch --dependency=afterany:$job \(ShellWord.quoted(path(scripts[1])))"
  }

  /// That this array is to draw a part only, as its tasks are some of an earlier array's.
  var earlierArrayWarning: String? {
    guard let tasks = scripts[0].request.arrayTasks,
      let array = ArrayGeometry(first: 0, step: 1, count: tasks),
      let earlier = array.earlierArray(in: RunDirectory.arrays(in: run))
    else { return nil }
    return "an array of \(earlier.count) tasks (\(earlier)) has run in \(run): the tasks \(array) "
      + "take their shares of it again, and the others are not drawn; take --array \(earlier.count), or "
      + "delete \(run)/status-*.json to divide the work anew"
  }

  /// Submits the job, and the merge job to start when it has ended.
  func go() throws {
    let job = try sbatch([path(scripts[0])])
    print("job \(job): \(path(scripts[0]))")
    for script in scripts.dropFirst() {
      let merge = try sbatch(["--dependency=afterany:\(job)", path(script)])
      print("job \(merge), when \(job) has ended: \(path(script))")
    }
  }

  /// - Returns: the number of the new job.
  private func sbatch(_ arguments: [String]) throws -> String {
    let words = ["sbatch", "--parsable"] + arguments
    let ended = try CommandOutput(words)
    guard ended.code == 0 else {
      throw Failure(
        "`\(ShellWord.joined(words))` ended with \(ended.code): \(ended.errors)", .inputOutput)
    }
    // JOB, or JOB;CLUSTER.
    return ended.output.prefix { $0 != ";" && !$0.isWhitespace }.description
  }
}

/// What a command said.
struct CommandOutput {
  let code: Int32
  let output: String
  let errors: String

  /// Runs a command to its end.
  ///
  /// - Throws: ``Failure`` if it cannot be started.
  init(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    do {
      try process.run()
    } catch {
      throw Failure("cannot start \(words[0]): \(error)", .inputOutput)
    }
    // Little enough for a pipe to hold.
    self.output = Self.text(output)
    self.errors = Self.text(errors)
    process.waitUntilExit()
    code = process.terminationStatus
  }

  private static func text(_ pipe: Pipe) -> String {
    String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
