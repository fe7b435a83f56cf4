import Coordinator
import Engine
import Foundation
import RunFiles
import Synchronization
import Worker

/// One rank's view of a run: configuration and experiment, loaded once, when first asked for.
final class RunSession: Sendable {
  let options: RunOptions
  private let loaded = Mutex<Loaded?>(nil)
  private let opened = Mutex<OpenedRun?>(nil)

  struct Loaded: Sendable {
    let experiment: Experiment
    let placement: Placement
    private let source: LoadedConfiguration

    /// - Parameter recordsWay: false leaves `sampler.record` out.
    init(
      _ read: LoadedConfiguration, localRank: Int, coreSharers: Int, recordsWay: Bool = true
    ) throws {
      try read.validatePaths()
      var configuration = read.configuration
      if !recordsWay { configuration.recording = nil }
      placement = try Placement(
        configuration.compute, localRank: localRank, coreSharers: coreSharers)
      experiment = try Experiment(placement.resolve(configuration), device: placement.device)
      source = read
      try read.check(imageShape: experiment.prior.imageShape)
    }

    /// What to tell the user of the configuration.
    var notices: [String] { source.notices }

    /// Sets the sampler up for the first image.
    ///
    /// - Throws: a ``ConfigurationError`` with file and line if it does not go with the operator or
    ///   the noise.
    func checkSampler() throws {
      do {
        try experiment.checkSampler()
      } catch let error as SamplerError {
        throw source.error(at: "sampler", "\(error)")
      }
    }

    var configuration: Configuration { experiment.configuration.configuration }
    var workHash: String { experiment.workHash }
  }

  init(_ options: RunOptions) { self.options = options }

  /// Reads the configuration and loads the prior.
  ///
  /// - Throws: an error that names the file, the line and what is allowed.
  func load(localRank: Int, coreSharers: Int) throws -> Loaded {
    try loaded.withLock { known in
      if let known { return known }
      let made = try Loaded(options.configuration(), localRank: localRank, coreSharers: coreSharers)
      known = made
      return made
    }
  }

  /// Opens the run folder and plans the work; on rank 0.
  func open(on node: NodeInfo, console: Console) throws -> OpenedRun {
    let loaded = try load(localRank: node.localRank, coreSharers: node.coreSharers)
    loaded.notices.forEach(console.note)
    let inputs = try loaded.experiment.checkInputs(notice: console.note)
    try loaded.checkSampler()
    if let file = loaded.configuration.statistics.calibration {
      _ = try CalibrationFile.read(path: file)
    }
    let environment = ProcessInfo.processInfo.environment
    let run = loaded.configuration.run
    let share = try options.share(environment: environment, folder: run.output)
    if let share { console.note("\(share)") }
    let plan = try WorkPlan(
      images: loaded.experiment.images.images.map(\.id), goal: run.goal, shard: share?.shard)
    warnOfThrownAwayRows(run, console)
    let directory = try RunDirectory.openOrCreate(
      at: run.output, try RunRecord(loaded, inputs: inputs).description)
    let progress = try directory.judged(
      directory.tidy(directory.scan(), run.goal), by: run.goal)
    for file in progress.ignored { console.note("\(file.name) is left out: \(file.reason)") }
    let made = OpenedRun(
      directory: directory, plan: plan, progress: progress, share: share,
      job: SlurmJob(environment: environment))
    opened.withLock { $0 = made }
    return made
  }

  /// The run as it was opened, on rank 0; later a task might find itself another share.
  var run: OpenedRun? { opened.withLock { $0 } }

  private func warnOfThrownAwayRows(_ run: Configuration.Run, _ console: Console) {
    let rest = run.samples % run.unit
    guard rest > 0 else { return }
    console.note(
      "run.samples\(run.stopping == nil ? "" : ".max") \(run.samples) is not a multiple of run.unit "
        + "\(run.unit): the last unit of each image draws \(run.unit - rest) rows that are thrown "
        + "away")
  }

  /// Makes this rank's workers.
  func equip(on node: NodeInfo) throws -> Equipment {
    let loaded = try load(localRank: node.localRank, coreSharers: node.coreSharers)
    let count = loaded.placement.workers(loaded.experiment.configuration)
    let executors: [UnitExecutor] = (0..<count).map { _ in
      let worker = UnitWorker(loaded.experiment)
      return { unit, stop in try worker.draw(unit, stop: stop) }
    }
    return Equipment(
      executors: executors,
      agreement: RankAgreement(
        program: Program.name, workHash: loaded.workHash,
        priorDigest: loaded.experiment.prior.digest),
      folder: loaded.configuration.run.output, cores: loaded.placement.cores,
      device: "\(loaded.placement.device)", machine: .current)
  }
}
