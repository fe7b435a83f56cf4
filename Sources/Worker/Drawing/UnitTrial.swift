import Dispatch
import Engine
import Foundation
import RunFiles
import Synchronization
import Tensors

/// Draws units of the first image for the clock's sake, all workers of a rank at once as in a run:
/// memory bandwidth and caches are shared, so one worker alone would look too fast.
///
/// Nothing is written, also where the experiment records trajectories.
public struct UnitTrial: Sendable {
  private let workers: [TrialWorker]

  /// - Parameters:
  ///   - workers: how many draw at once; at most one a unit of the run.
  ///   - limit: seconds after which a unit is broken off and its time scaled up.
  public init(_ experiment: Experiment, workers: Int, limit: Double) {
    let experiment = experiment.unrecorded
    let grid = experiment.configuration.goal.grid
    let images = experiment.images.images
    let units = images.count * grid.blockCount
    self.workers = images.prefix(1).flatMap { image in
      (0..<max(1, min(workers, units))).map { index in
        TrialWorker(
          experiment: experiment,
          unit: WorkUnit(image: image.id, samples: grid.block(index % grid.blockCount)),
          limit: limit)
      }
    }
  }

  /// How many draw at once.
  public var workerCount: Int { workers.count }

  /// Draws a few steps with each worker, so that its memory is known.
  ///
  /// - Throws: what the drawing of a unit throws.
  func warmUp() throws { _ = try together { try $0.warmUp() } }

  /// Warms all workers up, then draws a unit with each.
  ///
  /// - Returns: the mean over the workers.
  /// - Throws: what the drawing of a unit throws.
  public func run() throws -> UnitTiming {
    try warmUp()
    return UnitTiming(mean: try together { try $0.measure() })
  }

  /// Does the same on a thread a worker.
  private func together<Value: Sendable>(
    _ body: @escaping @Sendable (TrialWorker) throws -> Value
  ) throws -> [Value] {
    let gathered = Gathered<Value>()
    let group = DispatchGroup()
    for worker in workers {
      group.enter()
      let thread = Thread {
        gathered.add(Result { try body(worker) })
        group.leave()
      }
      // Gradients recurse deeply; a run's workers have as much.
      thread.stackSize = 16 << 20
      thread.start()
    }
    group.wait()
    return try gathered.values()
  }
}

/// What threads come back with.
private final class Gathered<Value: Sendable>: Sendable {
  private let results = Mutex<[Result<Value, any Error>]>([])

  func add(_ result: Result<Value, any Error>) { results.withLock { $0.append(result) } }

  func values() throws -> [Value] { try results.withLock { try $0.map { try $0.get() } } }
}

/// One worker of a trial.
private struct TrialWorker: Sendable {
  /// A short unit is drawn again until so many seconds are measured.
  static let shortest = 2.0
  /// Steps that make buffers and choose kernels.
  static let warmingSteps = 2

  let experiment: Experiment
  let unit: WorkUnit
  let limit: Double

  func warmUp() throws {
    let problem = try prepared()
    var asked = 0
    _ = try draw(problem) {
      asked += 1
      return asked > Self.warmingSteps
    }
  }

  func measure() throws -> UnitTiming {
    let start = Moment.now()
    let problem = try prepared()
    var timing = try time(problem, setup: (Moment.now() - start).wall)
    let shortest = min(limit, Self.shortest)
    if timing.drawnShare == 1, timing.seconds < shortest {
      let setup = timing.setupSeconds
      timing = try repeated(problem, times: Int((shortest / timing.seconds).rounded(.up)))
      timing.setupSeconds = setup
    }
    return timing
  }

  private func prepared() throws -> ImageProblem {
    TorchRuntime.setThreads(experiment.configuration.shape.threads)
    return try ImageProblem(unit.image, in: experiment)
  }

  /// The time of one unit, broken off at the limit.
  private func time(_ problem: ImageProblem, setup: Double) throws -> UnitTiming {
    var watch = watch(problem)
    let isWhole = try draw(
      problem, observe: { try observe($0, &watch) },
      until: { watch.elapsed > limit && watch.hasSteps })
    guard var timing = isWhole ? watch.whole(times: 1) : watch.scaled() else {
      throw TrialError.noStep(unit)
    }
    timing.setupSeconds = setup
    return timing
  }

  private func repeated(_ problem: ImageProblem, times count: Int) throws -> UnitTiming {
    let watch = watch(problem)
    for _ in 0..<min(count, 10_000) { _ = try draw(problem) { false } }
    return watch.whole(times: min(count, 10_000))
  }

  private func watch(_ problem: ImageProblem) -> UnitWatch {
    UnitWatch(
      steps: problem.sampler.stepCount,
      evaluations: experiment.configuration.configuration.sampler.evaluationsPerSample)
  }

  private func observe(_ state: SamplerState, _ watch: inout UnitWatch) throws {
    // A GPU works behind the program; reading a value waits for it.
    if experiment.device != .cpu { _ = try state.x.sliced(0..<1, along: 0).floats() }
    watch.observe(state)
  }

  /// - Returns: whether the unit was drawn to its end.
  private func draw(
    _ problem: ImageProblem, observe: ((SamplerState) throws -> Void)? = nil,
    until shouldStop: () -> Bool
  ) throws -> Bool {
    do {
      _ = try UnitDrawing(unit, problem: problem, experiment: experiment)
        .run(shouldStop: shouldStop, observe: observe)
      return true
    } catch is SamplingStopped {
      return false
    }
  }
}

/// A trial that measured nothing.
public enum TrialError: Error, CustomStringConvertible {
  /// The unit was broken off before its first step.
  case noStep(WorkUnit)

  public var description: String {
    switch self {
    case .noStep(let unit): "internal error: no step of \(unit) was measured"
    }
  }
}
