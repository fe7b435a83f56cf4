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
    private(set) var experiment: Experiment
    let placement: Placement
    private let source: LoadedConfiguration

    /// - Parameter settle: is asked for the shape of units where the file leaves it open, once all
    ///   else is known.
    init(
      _ read: LoadedConfiguration, on node: NodeInfo = .alone,
      settle: (Loaded) throws -> UnitShape
    ) throws {
      try read.validatePaths()
      placement = try Placement(
        read.configuration.compute, localRank: node.localRank, coreSharers: node.coreSharers)
      experiment = try Self.experiment(read, on: placement)
      source = read
      try read.check(imageShape: experiment.prior.imageShape)
      if isShapeOpen { experiment = experiment.reshaped(try settle(self)) }
    }

    /// - Throws: a ``ConfigurationError`` with file and line for numbers or a module that are no prior.
    private static func experiment(
      _ read: LoadedConfiguration, on placement: Placement
    ) throws -> Experiment {
      let provisional = UnitShape(unit: 1, threads: 1)
      do {
        return try Experiment(
          placement.resolve(read.configuration, shape: provisional), device: placement.device)
      } catch let error as PriorError {
        throw read.error(at: error.key, error.description)
      }
    }

    /// Whether the file leaves the shape of units to a measurement.
    var isShapeOpen: Bool { source.configuration.unitShape == nil }

    /// The work of the run, or of a share of it.
    func plan(_ share: ArrayShare?) throws -> WorkPlan {
      try WorkPlan(
        images: experiment.images.images.map(\.id), goal: experiment.configuration.goal,
        shard: share?.shard)
    }

    /// The same in units of another shape.
    func reshaped(_ shape: UnitShape) -> Loaded {
      var copy = self
      copy.experiment = experiment.reshaped(shape)
      return copy
    }

    /// The shape its run folder has recorded; nil without one.
    var recordedShape: UnitShape? {
      (try? RunDirectory.open(configuration.run.output).configuration())?.shape
    }

    /// The shape its run folder has recorded, or else the best that drawing units shows.
    func shape(on node: NodeInfo = .alone, note: @escaping (String) -> Void) throws -> UnitShape {
      if let recordedShape { return recordedShape }
      try checkSampler()
      return try ShapeMeasurement(
        experiment, placement, ranks: node.size, localRanks: node.localSize, note: note
      ).run(source.configuration)
    }

    /// What to tell the user of the configuration.
    var notices: [String] { source.notices }

    /// Sets the sampler up for the first image.
    ///
    /// - Throws: a ``ConfigurationError`` with file and line if it does not go with the prior, the
    ///   operator or the noise.
    func checkSampler() throws {
      do {
        try experiment.checkSampler()
      } catch let error as SamplerError {
        throw source.error(at: "sampler", "\(error)")
      } catch let error as ExactPosteriorError {
        throw source.error(at: "sampler", "\(error)")
      } catch let error as UnfitModule where error.problem == .noGradient {
        throw source.error(at: "sampler", "\(error)")
      }
    }

    var configuration: Configuration { experiment.configuration.configuration }
    var workHash: String { experiment.workHash }
  }

  init(_ options: RunOptions) { self.options = options }

  /// Reads the configuration and loads the prior.
  ///
  /// - Parameter settle: see ``Loaded``.
  /// - Throws: an error that names the file, the line and what is allowed.
  func load(
    on node: NodeInfo = .alone, settle: (Loaded) throws -> UnitShape
  ) throws -> Loaded {
    try loaded.withLock { known in
      if let known { return known }
      let made = try Loaded(options.configuration(), on: node, settle: settle)
      known = made
      return made
    }
  }

  /// What was loaded.
  var known: Loaded? { loaded.withLock { $0 } }

  /// Opens the run folder and plans the work; on rank 0.
  func open(on node: NodeInfo, console: Console) throws -> OpenedRun {
    var loaded = try load(on: node) { try $0.shape(on: node, note: console.note) }
    loaded.notices.forEach(console.note)
    let inputs = try loaded.experiment.checkInputs(notice: console.note)
    try loaded.checkSampler()
    if let file = loaded.configuration.statistics.calibration {
      _ = try CalibrationFile.read(path: file)
    }
    let environment = ProcessInfo.processInfo.environment
    let share = try options.share(
      environment: environment, folder: loaded.configuration.run.output)
    if let share { console.note("\(share)") }
    // Before anything is written.
    _ = try loaded.plan(share)
    warnOfOtherArithmetic(loaded.configuration.run.output, console)
    let directory = try openFolder(&loaded, inputs)
    warnOfOthersAtWork(directory, share, console)
    let goal = loaded.experiment.configuration.goal
    warnOfThrownAwayRows(goal, console)
    let progress = try directory.judged(directory.tidy(directory.scan(), goal), by: goal)
    for file in progress.ignored { console.note("\(file.name) is left out: \(file.reason)") }
    let made = OpenedRun(
      directory: directory, plan: try loaded.plan(share), progress: progress, inputs: inputs,
      share: share,
      job: SlurmJob(environment: environment),
      briefing: loaded.experiment.configuration.shape.description)
    opened.withLock { $0 = made }
    return made
  }

  /// The run as it was opened, on rank 0; later a task might find itself another share.
  var run: OpenedRun? { opened.withLock { $0 } }

  /// Opens the run folder, or makes one.
  ///
  /// Other tasks of an array measure the shape of units at the same time as this one; all take that
  /// of the first that has made the folder.
  private func openFolder(
    _ loaded: inout Loaded, _ inputs: [ImageID: String]
  ) throws -> RunDirectory {
    func open() throws -> RunDirectory {
      try RunDirectory.openOrCreate(
        at: loaded.configuration.run.output, try RunRecord(loaded, inputs: inputs).description)
    }
    do {
      return try open()
    } catch let error as RunDirectoryError {
      guard loaded.isShapeOpen, let shape = loaded.recordedShape,
        shape != loaded.experiment.configuration.shape
      else { throw error }
      loaded = loaded.reshaped(shape)
      self.loaded.withLock { [loaded] in $0 = loaded }
      return try open()
    }
  }

  private func warnOfOtherArithmetic(_ folder: String, _ console: Console) {
    let notice = ArithmeticRecord(folder: folder).notice(adding: .current, folder: folder)
    if let notice { console.note(notice) }
  }

  private func warnOfOthersAtWork(
    _ folder: RunDirectory, _ share: ArrayShare?, _ console: Console
  ) {
    guard let other = folder.status(shard: share?.shard), RunActivity.isAtWorkElsewhere(other)
    else { return }
    console.note(
      "warning: process \(other.process) on \(other.host) seems to be at the same work in \(folder.path) since "
        + "\(other.started): both draw all that is missing, and what comes twice counts once")
  }

  private func warnOfThrownAwayRows(_ goal: SampleGoal, _ console: Console) {
    let unit = goal.grid.unit
    let rest = goal.most % unit
    guard rest > 0 else { return }
    console.note(
      "run.samples\(goal.rule == nil ? "" : ".max") \(goal.most) is not a multiple of run.unit "
        + "\(unit): the last unit of each image draws \(unit - rest) rows that are thrown away")
  }

  /// Makes this rank's workers.
  ///
  /// - Parameter briefing: the shape of units, from rank 0.
  func equip(on node: NodeInfo, _ briefing: Briefing) throws -> Equipment {
    let loaded = try load(on: node) { _ in try Self.shape(in: briefing.wait()) }
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

  private static func shape(in briefing: String) throws -> UnitShape {
    guard let shape = UnitShape(briefing) else {
      throw Failure(
        "internal error: rank 0 has told '\(briefing)', which is no shape of units", .internalError)
    }
    return shape
  }
}
