import Coordinator
import Foundation
import RunFiles
import Worker

/// The start of a distributed run on this rank, up to its exit code.
struct RunLaunch {
  let options: RunOptions
  /// What is done with the samples when all are there, besides maps and tables.
  var calibration: CalibrationOptions?

  /// Runs on all ranks and leaves the process.
  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let console = Console(job: SlurmJob(environment: environment))
    let launch = Launch(environment: environment)
    if let problem = launch.problemBeforeStart { throw Failure(problem.description, .usage) }
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
      open: {
        try explained {
          try calibration?.check(options.configuration())
          return try session.open(on: node, console: console)
        }
      },
      equip: { node, briefing in try explained { try session.equip(on: node, briefing) } },
      observer: console,
      conclude: {
        session.conclude($0, console: console, calibration: calibration)
      })
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
}
