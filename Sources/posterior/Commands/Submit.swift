import ArgumentParser
import Batch
import Foundation
import RunFiles

struct Submit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a Slurm script for a run, and submits it with --go.",
    discussion: """
      Writes RUN/slurm/array.sbatch and merge.sbatch, mpi.sbatch with --nodes, or gpu.sbatch with \
      --gpus, shows what to type, and types it with --go. Without --time a unit is measured as by \
      `posterior plan`, and the time limit follows from it; so does the number of tasks where \
      neither --array nor --nodes is given. The jobs go back into the queue by themselves until \
      the work is complete.

        posterior submit experiment.yaml --array 16 --time 02:00:00 --go
        posterior submit experiment.yaml --nodes 4 --cpus-per-task 64 --partition long
        posterior submit experiment.yaml --nodes 2 --tasks-per-node 4 --gpus 1
      """)

  @OptionGroup var options: ExperimentOptions
  @OptionGroup var job: JobOptions

  @Flag(help: "Measure nothing; without --time the limit is 4 hours.")
  var noMeasure = false

  @Flag(help: "Submit the job, and for an array its merge job.")
  var go = false

  func validate() throws { try job.check() }

  func run() throws {
    let loaded = try explained { try options.configuration() }
    try explained { try loaded.validatePaths() }
    try checkPaths([options.config, loaded.configuration.run.output])
    try checkLogFolder(loaded.configuration.run.output)
    let measured = try measured()
    let submission = Submission(
      command: try command(loaded.configuration.run.output, settled: measured?.settled ?? []),
      scripts: job.scripts(for: measured))
    try submission.write()
    print(submission.text)
    if let text = submission.earlierArrayWarning { Console().note("warning: \(text)") }
    if go { try submission.go() } else { print(submission.advice) }
  }

  private func measured() throws -> CostMeasurement? {
    guard !noMeasure, job.needsMeasuring else { return nil }
    let measured = try explained { try CostMeasurement(options, limit: 60) }
    print("\(PlanText(measured: measured, options: options))\n")
    return measured
  }

  /// The run, by absolute paths: a job starts elsewhere.
  private func command(_ output: String, settled: [String]) throws -> BatchCommand {
    let run = absolute(output)
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return BatchCommand(
      program: program, folder: FileManager.default.currentDirectoryPath,
      arguments: [absolute(options.config)]
        + (options.overrides + settled).flatMap { ["--set", $0] }
        + ["--output", run], run: run)
  }

  private func absolute(_ path: String) -> String {
    let folder = FileManager.default.currentDirectoryPath
    return URL(filePath: path, relativeTo: URL(filePath: folder + "/")).standardizedFileURL.path
  }

  /// - Throws: ``Failure`` for a path that would break lines of a script.
  private func checkPaths(_ paths: [String]) throws {
    guard let path = paths.map(absolute).first(where: \.hasControlCharacters) else { return }
    throw Failure(
      "a script for Slurm cannot name \(path.debugDescription): it has a line break or another control character; "
        + "rename it, or choose another --output", .usage)
  }

  /// - Throws: ``Failure`` for a folder that Slurm writes no log into: in a name with a backslash it
  ///   replaces no pattern and strips backslashes, and then the job fails without a word.
  private func checkLogFolder(_ output: String) throws {
    guard absolute(output).contains("\\") else { return }
    throw Failure(
      "Slurm writes no logs into \(absolute(output)): its name has a backslash; choose another --output",
      .usage)
  }
}
