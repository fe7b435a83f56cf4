import Batch
import Coordinator
import Foundation
import RunFiles
import Statistics
import Tensors
import Worker

/// What a run costs, measured on this machine: the prior is loaded, a unit drawn by every worker of
/// a rank, and one image's results written to a temporary folder.
struct CostMeasurement {
  let configuration: Configuration
  /// What the configuration leaves open and a measurement has settled, as `--set` takes it.
  let settled: [String]
  let cost: RunCost
  let timing: UnitTiming
  /// Peak of a rank in bytes; nil if the system does not tell.
  let memory: Int?
  let disk: DiskUse
  let device: String
  /// Cores a task of one rank needs.
  let cores: Int

  /// - Parameter limit: seconds after which a unit is broken off and its time scaled up.
  init(_ options: ExperimentOptions, limit: Double) throws {
    let read = try options.configuration()
    var start: Double?
    let loaded = try RunSession.Loaded(read) {
      start = ProcessAge.seconds
      return try $0.shape(note: Console().note)
    }
    let began = start ?? ProcessAge.seconds ?? 0
    guard let first = loaded.experiment.images.images.first else {
      throw Failure("\(loaded.configuration.data.folder) has no image", .badInput)
    }
    let (scene, checking) = try Self.checked(first, loaded)
    ProcessMemory.forgetPeak()
    let trial = UnitTrial(
      loaded.experiment, workers: loaded.placement.workers(loaded.experiment.configuration),
      limit: limit)
    timing = try trial.run()
    let peak = ProcessMemory.peakBytes
    let results = try ImageResultTrial(loaded, scene: scene).run()
    let images = loaded.experiment.images.images.count
    configuration = read.configuration
    settled = loaded.isShapeOpen ? loaded.experiment.configuration.shape.settings : []
    device = "\(loaded.placement.device)"
    cores =
      loaded.placement.device == .cpu
      ? loaded.placement.workers(loaded.experiment.configuration)
        * loaded.experiment.configuration.shape.threads : 1
    disk = results.disk * images
    let quiet = Self.quietShare(loaded, timing)
    cost = RunCost(
      images: images, goal: loaded.experiment.configuration.goal,
      evaluationsPerSample: configuration.sampler.evaluationsPerSample,
      workers: loaded.placement.workers(loaded.experiment.configuration),
      unitSeconds: quiet * timing.seconds, setupSeconds: quiet * timing.setupSeconds,
      startSeconds: quiet * (began + checking * Double(images)),
      resultSeconds: quiet * results.seconds, resultThreads: Processor.cores())
    let growth = Self.growth(loaded, scene, cost)
    memory = peak.map { $0 + growth }
  }

  /// Whether other programs slowed the measurement down, so that a quiet machine is faster.
  var wasDisturbed: Bool { cost.unitSeconds < 0.9 * timing.seconds }

  /// Share of the time that a quiet machine would take: a worker of one thread on the processor
  /// then takes the processor time it uses. Elsewhere that is not known, and 1.
  private static func quietShare(_ loaded: RunSession.Loaded, _ timing: UnitTiming) -> Double {
    guard loaded.placement.device == .cpu, loaded.experiment.configuration.shape.threads == 1 else {
      return 1
    }
    return min(1, timing.processorSeconds / max(timing.seconds, 1e-9))
  }

  /// Reads an image as the check before a run does.
  private static func checked(
    _ entry: ImageEntry, _ loaded: RunSession.Loaded
  ) throws -> (scene: Scene, seconds: Double) {
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    let scene = try Scene(
      entry.id, operators: loaded.experiment.operators, configuration: loaded.configuration,
      images: loaded.experiment.images)
    _ = try SHA256.hex(ofFile: entry.path)
    return (scene, start.duration(to: clock.now) / .seconds(1))
  }

  /// Bytes a run needs beyond those of drawing one unit: every worker adds up the units of an image
  /// between two checkpoints, and rank 0 joins the parts of an image.
  private static func growth(_ loaded: RunSession.Loaded, _ scene: Scene, _ cost: RunCost) -> Int {
    let run = loaded.configuration.run
    let unit = loaded.experiment.configuration.shape.unit
    let options = loaded.configuration.statistics.options(hasTruth: scene.truth != nil)
    func bytes(_ samples: Int) -> Int {
      ImageStatistics.byteCount(
        pixelCount: scene.shape.reduce(1, *), options: options, samples: samples)
    }
    let rounds = (run.checkpoint / max(cost.unitSeconds, 1e-9)).rounded(.up)
    let held = min(run.samples, Int(min(Double(unit) * rounds, Double(run.samples))))
    // Two parts, their sum, and the bytes of its file.
    return cost.workers * max(0, bytes(held) - bytes(unit)) + 4 * bytes(run.samples)
  }
}
