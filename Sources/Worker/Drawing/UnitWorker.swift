import Engine
import Foundation
import RunFiles
import Statistics
import Synchronization
import Tensors

/// Draws units of work, one at a time; each worker thread has its own.
public final class UnitWorker: Sendable {
  private let experiment: Experiment
  /// The problem drawn from last: units of one image mostly follow each other.
  private let latest = Mutex<ImageProblem?>(nil)

  public init(_ experiment: Experiment) { self.experiment = experiment }

  /// Draws the samples of `unit`.
  ///
  /// The network always sees a whole block of `run.unit` rows, also where only some are asked for:
  /// the size of a batch changes the last bits, so samples drawn later, when a run has grown, come
  /// out as if drawn at once.
  /// - Throws: ``UnitInterrupted`` when `stop` is raised; any other error ends the run.
  public func draw(_ unit: WorkUnit, stop: StopFlag) throws -> Part {
    TorchRuntime.setThreads(experiment.configuration.shape.threads)
    let drawing = try UnitDrawing(unit, problem: problem(of: unit.image), experiment: experiment)
    do {
      return try drawing.run { stop.isRaised }
    } catch is SamplingStopped {
      throw UnitInterrupted()
    }
  }

  private func problem(of image: ImageID) throws -> ImageProblem {
    if let known = latest.withLock({ $0 }), known.scene.image == image { return known }
    let made = try ImageProblem(image, in: experiment)
    latest.withLock { $0 = made }
    return made
  }
}

/// The drawing of one unit.
struct UnitDrawing {
  /// How often a sample is drawn before it counts as failed.
  static let attempts = 2

  private let unit: WorkUnit
  private let problem: ImageProblem
  private let configuration: Configuration
  /// Rows of a batch.
  private let size: Int
  private var statistics: ImageStatistics
  private var records: [SampleRecord] = []
  private var kept: [Int: [Float]] = [:]

  init(_ unit: WorkUnit, problem: ImageProblem, experiment: Experiment) {
    self.unit = unit
    self.problem = problem
    configuration = experiment.configuration.configuration
    size = experiment.configuration.shape.unit
    statistics = ImageStatistics(
      pixelCount: problem.scene.shape.reduce(1, *),
      options: configuration.statistics.options(hasTruth: problem.scene.truth != nil))
  }

  /// - Parameter observe: is shown the start and the state after every step.
  func run(
    shouldStop: () -> Bool, observe: ((SamplerState) throws -> Void)? = nil
  ) throws -> Part {
    var copy = self
    return try copy.draw(shouldStop: shouldStop, observe: observe)
  }

  private mutating func draw(
    shouldStop: () -> Bool, observe: ((SamplerState) throws -> Void)?
  ) throws -> Part {
    var wanted = Array(unit.samples)
    var seconds = 0.0
    for attempt in 0..<Self.attempts where !wanted.isEmpty {
      let batch = try batch(wanted, attempt: attempt, shouldStop: shouldStop, observe: observe)
      seconds += batch.secondsEach
      let last = attempt == Self.attempts - 1
      wanted = try wanted.filter { index in
        try !accept(index, from: batch, attempts: attempt + 1, seconds: seconds, last: last)
      }
    }
    return try Part(
      image: unit.image, shape: problem.scene.shape, inputDigest: problem.scene.digest,
      statistics: statistics, records: records, kept: kept,
      quantityNames: problem.quantities.names + problem.networkQuantities.map(\.name))
  }

  // MARK: - Batches

  private struct Batch {
    let images: [Float]
    let rows: [Int: Int]
    let residuals: [Float]
    let evaluations: Int
    let secondsEach: Double
  }

  /// Samples the block that holds the unit; rows of `wanted` use the noise of `attempt`.
  private func batch(
    _ wanted: [Int], attempt: Int, shouldStop: () -> Bool,
    observe: ((SamplerState) throws -> Void)?
  ) throws -> Batch {
    let start = unit.samples.lowerBound / size * size
    let samples = Array(start..<start + size)
    let again = Set(wanted)
    let noise = try PhiloxNoise(
      seed: configuration.run.seed, image: unit.image.key, samples: samples,
      attempts: samples.map { again.contains($0) ? attempt : 0 })
    let clock = ContinuousClock()
    let began = clock.now
    let recorder = TrajectoryRecorder(
      configuration.recording, samples: samples, wanted: wanted, shape: problem.scene.shape,
      stepCount: problem.sampler.stepCount, images: problem.images)
    let state = try problem.sampler.sample(problem.problem, noise: noise, shouldStop: shouldStop) {
      try recorder?.observe($0)
      try observe?($0)
    }
    let elapsed = began.duration(to: clock.now) / .seconds(1)
    try recorder?.write(unit.image, folder: configuration.run.output)
    return Batch(
      images: try problem.images(state.x).floats(),
      rows: Dictionary(uniqueKeysWithValues: samples.enumerated().map { ($1, $0) }),
      residuals: try residuals(state.x), evaluations: state.evaluations,
      secondsEach: elapsed / Double(wanted.count))
  }

  /// √mean((y − A(x))²) of each row.
  private func residuals(_ x: Tensor) throws -> [Float] {
    let inverse = problem.problem
    let difference = try inverse.measurement - inverse.measurementOperator.apply(x)
    return try difference.reshaped([x.shape[0], -1]).squared().mean(over: [1]).squareRoot()
      .floats()
  }

  // MARK: - Samples

  /// Adds a sample to the statistics, or to the failures if it is bad for the last time.
  ///
  /// - Parameter seconds: what all its attempts took.
  /// - Returns: whether the sample is settled.
  private mutating func accept(
    _ index: Int, from batch: Batch, attempts: Int, seconds: Double, last: Bool
  ) throws -> Bool {
    let row = batch.rows[index] ?? 0
    let values = image(row, of: batch)
    var record = SampleRecord(
      index: index, attempts: attempts, networkEvaluations: batch.evaluations * attempts,
      seconds: seconds)
    guard try add(values) else {
      guard last else { return false }
      record.failure = configuration.lostSampleText
      records.append(record)
      return true
    }
    score(&record, values, residual: batch.residuals[row])
    record.quantities = problem.quantities.values(
      of: values, partner: partner(of: row, in: batch, attempts), shape: problem.scene.shape)
    for quantity in problem.networkQuantities {
      record.quantities.append(try quantity.value(of: values, truth: problem.scene.truth))
    }
    records.append(record)
    if configuration.statistics.saveSamples || index < configuration.statistics.keepSamples {
      kept[index] = values
    }
    return true
  }

  /// A row of the batch in image units.
  private func image(_ row: Int, of batch: Batch) -> [Float] {
    let pixels = statistics.pixelCount
    return batch.images[row * pixels..<(row + 1) * pixels].map { ($0 + 1) / 2 }
  }

  /// The sample that another one is paired with: an even row with the next one of the block, as first drawn.
  ///
  /// Which samples were asked for makes no difference, so a run that has grown has the pairs of a run at once.
  private func partner(of row: Int, in batch: Batch, _ attempts: Int) -> [Float]? {
    guard problem.quantities.hasPairs, attempts == 1, row % 2 == 0, row + 1 < size else {
      return nil
    }
    let values = image(row + 1, of: batch)
    return values.allSatisfy { $0.magnitude <= ImageStatistics.magnitudeLimit } ? values : nil
  }

  /// Adds values to the statistics; `false` if they are not finite or absurdly large.
  private mutating func add(_ values: [Float]) throws -> Bool {
    do {
      try statistics.add(values, truth: problem.scene.truth)
      return true
    } catch {
      guard case .absurdValue = error else { throw error }
      return false
    }
  }

  private func score(_ record: inout SampleRecord, _ values: [Float], residual: Float) {
    if case .gaussian(let sigma) = problem.problem.noise, sigma > 0 {
      record.residual = Double(residual) / sigma
    }
    guard let truth = problem.scene.truth else { return }
    record.psnr = try? ImageQuality.peakSignalToNoise(values, truth: truth)
    record.ssim = try? ImageQuality.structuralSimilarity(
      values, truth: truth, shape: problem.scene.shape)
  }
}
