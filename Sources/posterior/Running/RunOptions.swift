import ArgumentParser
import RunFiles

/// The options of `posterior run`.
struct RunOptions: ParsableArguments {
  @OptionGroup var experiment: ExperimentOptions

  @Option(help: ArgumentHelp("Draw only the I-th of N shares of the work.", valueName: "I/N"))
  var shard: String?

  @Flag(help: "Print the resolved configuration and the work, and stop.")
  var dryRun = false

  func configuration() throws -> LoadedConfiguration {
    try experiment.configuration()
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
