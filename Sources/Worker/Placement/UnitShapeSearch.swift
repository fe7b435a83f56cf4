import RunFiles

/// A shape of units that was tried.
public struct ShapeTrial: Hashable, Sendable {
  let shape: UnitShape
  /// Workers of this rank that drew at once.
  public let workers: Int
  /// Seconds a unit takes one of them.
  public let unitSeconds: Double

  /// Samples a rank draws in a second.
  public var rate: Double { Double(workers * shape.unit) / unitSeconds }
}

/// Looks for the shape of units with which a run ends first.
///
/// More rows in a batch and more threads a worker speed some networks up and slow others down; both
/// leave fewer units to share out. So shapes are tried, from small to large, as long as that pays.
struct UnitShapeSearch {
  /// What counts as faster: less is within what a machine differs from itself.
  static let gain = 1.03
  /// So many larger units in turn that are not faster end the search among them.
  static let misses = 2

  /// Units and threads to choose from, ascending.
  let units: [Int]
  let threads: [Int]
  /// Workers of a rank whose workers have so many threads.
  let workers: (Int) -> Int
  /// Seconds the run would take; see ``RunLength``.
  let length: RunLength
  /// Whether so many rows fit into memory at once.
  let fits: (Int) -> Bool
  /// Whether there is time for another trial.
  let hasTime: () -> Bool

  /// Tries shapes.
  ///
  /// - Parameter measure: seconds of a unit with so many workers at once; nil if it does not fit.
  /// - Returns: the trials; none if nothing fits.
  func run(_ measure: (UnitShape, Int) throws -> Double?) rethrows -> [ShapeTrial] {
    var trials: [ShapeTrial] = []
    for count in threads {
      let found = try run(threads: count, after: trials, measure)
      let isFaster = Self.fastest(found) > Self.fastest(trials)
      trials += found
      // With more threads units only get fewer and the time lost between them larger.
      if !found.isEmpty, !isFaster { break }
    }
    return trials
  }

  /// The trial with which the run ends first; of those that are as good the one with the fewest
  /// threads, and then the smallest unit: it loses least when it is stopped.
  func best(of trials: [ShapeTrial]) -> ShapeTrial? {
    guard let shortest = trials.map(length.seconds).min() else { return nil }
    return trials.first { length.seconds($0) <= Self.gain * shortest }
  }

  private static func fastest(_ trials: [ShapeTrial]) -> Double { trials.map(\.rate).max() ?? 0 }

  private func run(
    threads: Int, after earlier: [ShapeTrial], _ measure: (UnitShape, Int) throws -> Double?
  ) rethrows -> [ShapeTrial] {
    let workers = workers(threads)
    var trials: [ShapeTrial] = []
    var missed = 0
    for unit in units {
      guard missed < Self.misses, fits(workers * unit),
        hasTime() || earlier.isEmpty && trials.isEmpty,
        let seconds = try measure(UnitShape(unit: unit, threads: threads), workers)
      else { break }
      let trial = ShapeTrial(
        shape: UnitShape(unit: unit, threads: threads), workers: workers, unitSeconds: seconds)
      missed = trial.rate > Self.gain * Self.fastest(trials) ? 0 : missed + 1
      trials.append(trial)
      // Larger units will not make up for half the speed.
      if earlier.contains(where: { $0.shape.unit == unit && $0.rate > 2 * trial.rate }) { break }
    }
    return trials
  }
}

/// How long a run takes with units of some shape.
struct RunLength {
  let images: Int
  /// Samples of an image.
  let samples: Int
  let ranks: Int

  /// Seconds: all workers draw a unit, then the next, until none is left.
  func seconds(_ trial: ShapeTrial) -> Double {
    let units = images * ((samples + trial.shape.unit - 1) / trial.shape.unit)
    let workers = max(1, ranks * trial.workers)
    return Double((units + workers - 1) / workers) * trial.unitSeconds
  }
}
