import ArgumentParser
import RunFiles

/// The options of `posterior run`.
struct RunOptions: ParsableArguments {
  @Argument(help: "Configuration file (YAML): one experiment.")
  var config: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace a value of the configuration, such as sampler.steps=200; may be repeated.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "Folder of the results, in place of run.output.")
  var output: String?

  @Option(help: ArgumentHelp("Draw only the I-th of N shares of the work.", valueName: "I/N"))
  var shard: String?

  @Flag(help: "Print the resolved configuration and the work, and stop.")
  var dryRun = false

  func configuration() throws -> LoadedConfiguration {
    try Configuration.load(path: config, overrides: overrides, output: output)
  }

  /// The share asked for, or that of a Slurm array task.
  ///
  /// - Parameter folder: the run folder, whose earlier arrays count.
  func share(environment: [String: String], folder: String) throws -> ArrayShare? {
    guard let shard else {
      return try ArrayShare.slurmTask(environment, recorded: RunDirectory.arrays(in: folder))
    }
    do {
      return ArrayShare(try Shard(shard))
    } catch {
      throw Failure("\(error)", .usage)
    }
  }
}
