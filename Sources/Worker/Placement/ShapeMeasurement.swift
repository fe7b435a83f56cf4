import Foundation
import RunFiles
import Tensors

/// Settles the shape of units where the configuration leaves it open, by drawing units of the first
/// image for the clock's sake.
public struct ShapeMeasurement {
  /// No other shape is tried after so many seconds.
  static let patience = 60.0
  /// Share of the memory of a node that batches may take: what else a run needs is not counted.
  static let memoryShare = 0.7
  /// The largest unit that is tried.
  static let largestUnit = 256

  private let experiment: Experiment
  private let placement: Placement
  private let ranks: Int
  private let localRanks: Int
  private let limit: Double
  private let note: (String) -> Void

  /// - Parameters:
  ///   - experiment: of any shape.
  ///   - ranks: processes of the run.
  ///   - localRanks: those of them on this machine, which share its memory.
  ///   - limit: seconds after which a unit is broken off and its time scaled up.
  ///   - note: is told what is tried and taken, a line each.
  public init(
    _ experiment: Experiment, _ placement: Placement, ranks: Int, localRanks: Int,
    limit: Double = 3, note: @escaping (String) -> Void
  ) {
    self.experiment = experiment
    self.placement = placement
    self.ranks = ranks
    self.localRanks = localRanks
    self.limit = limit
    self.note = note
  }

  /// - Parameter asked: the configuration with what it leaves open.
  /// - Throws: what the drawing of a unit throws; ``ShapeError`` if not even the smallest fits.
  public func run(_ asked: Configuration) throws -> UnitShape {
    if let known = asked.unitShape { return known }
    note("measuring what the configuration leaves open: \(Self.openKeys(asked))")
    var memory = try BatchMemory(limit: memoryLimit) { try probe(asked) }
    let start = ContinuousClock.now
    let search = UnitShapeSearch(
      units: units(asked), threads: threads(asked),
      workers: { placement.workers(asked, threads: $0) }, length: length(asked),
      fits: { memory.fits(rows: $0) },
      hasTime: { start.duration(to: .now) < .seconds(Self.patience) })
    let trials = try search.run { shape, workers in
      let seconds = try seconds(shape, workers, isFirst: !memory.hasTrials)
      memory.learn(rows: workers * shape.unit)
      return seconds
    }
    guard let best = search.best(of: trials) else { throw ShapeError.doesNotFit(memory.text) }
    note("taken: \(best.shape), about \(Self.short(best.rate)) samples a second on this rank")
    return best.shape
  }

  private static func openKeys(_ asked: Configuration) -> String {
    let unit = asked.run.unit == .auto ? ["run.unit"] : []
    return (unit + (asked.compute.threads == .auto ? ["compute.threads"] : []))
      .joined(separator: " and ")
  }

  private static func short(_ rate: Double) -> String { String(format: "%.3g", rate) }

  private func length(_ asked: Configuration) -> RunLength {
    RunLength(
      images: experiment.images.images.count, samples: asked.run.samples, ranks: ranks)
  }

  // MARK: - What there is to choose

  private func units(_ asked: Configuration) -> [Int] {
    if case .fixed(let unit) = asked.run.unit { return [unit] }
    let least = asked.run.stopping?.minimum ?? asked.run.samples
    return Self.powersOfTwo(upTo: min(Self.largestUnit, least))
  }

  private func threads(_ asked: Configuration) -> [Int] {
    if case .fixed(let threads) = asked.compute.threads { return [threads] }
    return placement.device == .cpu ? Self.powersOfTwo(upTo: placement.cores) : [1]
  }

  /// 1, 2, 4 … and the largest itself.
  static func powersOfTwo(upTo largest: Int) -> [Int] {
    let powers = (0..<Int.bitWidth - 1).lazy.map { 1 << $0 }.prefix { $0 < largest }
    return powers + [max(1, largest)]
  }

  // MARK: - Trials

  private func seconds(_ shape: UnitShape, _ workers: Int, isFirst: Bool) throws -> Double? {
    do {
      let trial = UnitTrial(experiment.reshaped(shape), workers: workers, limit: limit)
      let timing = try trial.run()
      let tried = ShapeTrial(shape: shape, workers: workers, unitSeconds: timing.seconds)
      note("\(shape), workers=\(workers): \(Self.short(tried.rate)) samples a second")
      return timing.seconds
    } catch let error where !isFirst && (error is TensorError || error is ScriptModuleError) {
      // What smaller units could do, these can not: there is no memory for them.
      note("\(shape), workers=\(workers): not possible: \(error)")
      return nil
    }
  }

  /// Draws a few steps with one worker and the smallest unit.
  ///
  /// - Returns: its rows.
  private func probe(_ asked: Configuration) throws -> Int {
    let shape = UnitShape(unit: units(asked)[0], threads: threads(asked)[0])
    try UnitTrial(experiment.reshaped(shape), workers: 1, limit: limit).warmUp()
    return shape.unit
  }

  /// Bytes batches may take; nil if not known, as on a GPU: it tells when it has no more.
  private var memoryLimit: Int? {
    guard placement.device == .cpu, let free = FreeMemory().bytes else { return nil }
    return Int(Self.memoryShare * Double(free) / Double(max(1, localRanks)))
  }
}

/// No shape of units can be drawn here.
public enum ShapeError: BadInput {
  /// Not even the smallest units fit into memory.
  case doesNotFit(String)

  public var description: String {
    switch self {
    case .doesNotFit(let memory):
      "not even the smallest units fit into memory: \(memory); start fewer ranks on a machine, "
        + "or fix compute.workers"
    }
  }
}
