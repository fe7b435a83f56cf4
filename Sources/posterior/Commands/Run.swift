import ArgumentParser
import Coordinator
import Foundation
import RunFiles
import Worker

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws the samples of an experiment and writes its maps.",
    discussion: """
      Draws what is missing in the output folder and computes mean, standard deviation and \
      quantile maps. Interrupted or killed, the same command goes on where it stopped. The maps \
      are the same bytes for any number of ranks.

        posterior run configs/quickstart.yaml
        mpirun -np 4 posterior run configs/quickstart.yaml --set run.samples=64

      In a Slurm job array each task takes its share; join the shares with `posterior merge`.

      Exit codes: 0 complete, 1 complete with failed samples, 64 wrong usage, 65 bad configuration \
      or data, 70 internal error, 74 input/output error, 75 interrupted: run again to resume.
      """)

  @OptionGroup var options: RunOptions

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let console = Console(job: SlurmJob(environment: environment))
    let launch = Launch(environment: environment)
    if let problem = launch.problemBeforeStart { throw Failure(problem.description, .usage) }
    if options.dryRun { return try dryRun(console) }
    let settings = settings()
    // Before MPI, so that a signal is not lost while it starts; and after, should it have changed
    // them.
    StopSignals.install()
    let transport = try MPITransport(
      affinity: Processor.affinity, startWithin: 5 * settings.lease)
    StopSignals.install()
    if let problem = launch.problem(mpiSize: transport.node.size) {
      if problem.isFatal { throw Failure(problem.description, .usage) }
      console.note(problem.description)
    }
    var job = job(transport.node, console)
    job.settings = settings
    let outcome = try job.run(over: transport)
    // Who gives up on a silent rank 0 speaks for it.
    if transport.node.rank == 0 || outcome.mustAbort { report(outcome, console) }
    outcome.leave(transport)
  }

  private func job(_ node: NodeInfo, _ console: Console) -> RunJob {
    let session = RunSession(options)
    return RunJob(
      open: { try explained { try session.open(on: node, console: console) } },
      equip: { node in try explained { try session.equip(on: node) } }, observer: console,
      conclude: { session.conclude($0, on: node, console: console) })
  }

  /// A configuration that cannot be read is told of later, by rank 0.
  private func settings() -> RunSettings {
    var settings = RunSettings()
    if let run = try? options.configuration().configuration.run {
      settings.checkpoint = run.checkpoint
      settings.lease = run.lease
    }
    return settings
  }

  private func report(_ outcome: RunOutcome, _ console: Console) {
    console.close()
    if let text = outcome.ending.text { console.note(text) }
  }

  private func dryRun(_ console: Console) throws {
    let session = RunSession(options)
    let loaded = try explained { try session.load(localRank: 0, coreSharers: 1) }
    try explained { try loaded.checkSampler() }
    print(loaded.experiment.configuration.yaml())
    let run = loaded.configuration.run
    let grid = UnitGrid(unit: run.unit, samples: run.samples)
    let images = loaded.experiment.images.images.count
    print(
      "# \(images) images, \(run.samples) samples each: \(images * grid.blockCount) units of work, "
        + "\(loaded.placement.workers(loaded.experiment.configuration)) workers in this process")
    if let norm = try loaded.experiment.operatorNorm() {
      print("# operator norm ‖A‖ ≈ \((norm * 1000).rounded() / 1000)")
    }
  }
}
