import RunFiles

/// A worker thread of a rank.
public struct WorkerID: Hashable, Sendable, Comparable {
  /// Its rank.
  public let rank: Int
  /// Its number within the rank.
  public let slot: Int

  /// A worker.
  public init(rank: Int, slot: Int) {
    self.rank = rank
    self.slot = slot
  }

  /// By rank, then by slot.
  public static func < (one: WorkerID, other: WorkerID) -> Bool {
    (one.rank, one.slot) < (other.rank, other.slot)
  }
}

/// Which units are still to be done, and who has which; a pure state machine.
///
/// A unit is pending, then in a worker's hand, then finished there, then returned as part of a
/// result. Memory grows with the number of images and workers, not with the number of units: what
/// is pending is kept as ranges.
public struct Schedule: Sendable {
  /// The work on one image.
  struct Item: Sendable {
    let work: RemainingWork
    /// Samples that nobody has.
    var pending: SampleRanges
    /// Samples whose results are there.
    var returned = SampleRanges()
  }

  /// What a worker has.
  struct Hand: Sendable {
    /// The image it works on, as an index of `items`.
    var item: Int?
    /// Units it was given and has not finished, in order.
    var units: [WorkUnit] = []
    /// Units it has finished and not returned.
    var finished: [WorkUnit] = []
  }

  var items: [Item]
  var itemOfImage: [ImageID: Int]
  /// Items from here on have never been given out.
  private var nextFresh = 0
  /// Items before `nextFresh` that have something pending.
  private var open: Set<Int> = []
  var hands: [WorkerID: Hand] = [:]
  private let grid: UnitGrid

  /// Units that nobody has.
  public private(set) var pendingUnits: Int
  /// Samples whose results are not there yet.
  public private(set) var missingSamples: Int

  /// A schedule of some work, in the order given; an image may occur once.
  public init(_ work: [RemainingWork], grid: UnitGrid) {
    self.grid = grid
    items = work.map { Item(work: $0, pending: $0.samples) }
    itemOfImage = Dictionary(
      work.enumerated().map { ($1.image, $0) }, uniquingKeysWith: { first, _ in first })
    pendingUnits = work.reduce(0) { $0 + grid.unitCount(of: $1.samples) }
    missingSamples = work.reduce(0) { $0 + $1.samples.count }
  }

  /// Whether all results are there.
  public var isComplete: Bool { missingSamples == 0 }

  /// Number of units a worker was given and has not finished.
  public func unitsInHand(of worker: WorkerID) -> Int { hands[worker]?.units.count ?? 0 }
}

// MARK: - Giving out

extension Schedule {
  /// Gives the worker a unit; nil if none is pending.
  ///
  /// The image it works on comes first, then one that nobody has begun, then the one with most left
  /// to do.
  public mutating func next(for worker: WorkerID) -> WorkUnit? {
    guard let index = chooseItem(for: worker),
      let samples = grid.firstUnit(of: items[index].pending)
    else { return nil }
    items[index].pending = items[index].pending.subtracting(SampleRanges(samples))
    pendingUnits -= 1
    note(index)
    let unit = WorkUnit(image: items[index].work.image, samples: samples)
    hands[worker, default: Hand()].item = index
    hands[worker, default: Hand()].units.append(unit)
    return unit
  }

  private mutating func chooseItem(for worker: WorkerID) -> Int? {
    if let current = hands[worker]?.item, !items[current].pending.isEmpty { return current }
    while nextFresh < items.count {
      defer { nextFresh += 1 }
      if !items[nextFresh].pending.isEmpty { return nextFresh }
    }
    return open.max { one, other in
      let (mine, theirs) = (items[one].pending.count, items[other].pending.count)
      return mine == theirs ? one > other : mine < theirs
    }
  }

  /// Keeps `open` true after the pending samples of an item have changed.
  private mutating func note(_ index: Int) {
    if items[index].pending.isEmpty || index >= nextFresh {
      open.remove(index)
    } else {
      open.insert(index)
    }
  }
}

// MARK: - Coming back

extension Schedule {
  /// What became of a result.
  public enum Acceptance: Hashable, Sendable {
    /// It counts.
    case accepted
    /// Some of its samples are there already or were never asked for; it must be dropped.
    case refused
  }

  /// A worker has finished a unit, but not returned it yet.
  ///
  /// - Returns: false if it does not have the unit: a late word after its units were taken from it.
  @discardableResult
  public mutating func finish(_ unit: WorkUnit, by worker: WorkerID) -> Bool {
    guard let position = hands[worker]?.units.firstIndex(of: unit) else { return false }
    hands[worker]?.units.remove(at: position)
    hands[worker]?.finished.append(unit)
    return true
  }

  /// A worker has returned the sum of finished units of one image.
  ///
  /// A result of which a sample is there already is refused as a whole, since sums cannot be taken
  /// apart; what it held besides becomes pending again.
  public mutating func accept(
    _ samples: SampleRanges, of image: ImageID, from worker: WorkerID
  ) -> Acceptance {
    guard let index = itemOfImage[image] else { return .refused }
    drop(samples, of: image, from: worker)
    let item = items[index]
    guard item.work.samples.isSuperset(of: samples), item.returned.isDisjoint(with: samples) else {
      restore(samples.intersection(item.work.samples), index)
      return .refused
    }
    items[index].returned = item.returned.union(samples)
    missingSamples -= samples.count
    changePending(index) { $0.subtracting(samples) }
    return .accepted
  }

  /// Takes all units from a worker that will not return them; they become pending again.
  public mutating func forfeit(_ worker: WorkerID) {
    guard let hand = hands.removeValue(forKey: worker) else { return }
    for unit in hand.units + hand.finished {
      if let index = itemOfImage[unit.image] { restore(SampleRanges(unit.samples), index) }
    }
  }

  /// Makes samples pending that are neither there nor with anybody.
  private mutating func restore(_ samples: SampleRanges, _ index: Int) {
    let image = items[index].work.image
    let taken = hands.values.flatMap { $0.units + $0.finished }.filter { $0.image == image }
    let lost = samples.subtracting(items[index].returned)
      .subtracting(SampleRanges(taken.map(\.samples)))
    changePending(index) { $0.union(lost) }
  }

  private mutating func changePending(_ index: Int, _ change: (SampleRanges) -> SampleRanges) {
    let before = items[index].pending
    let after = change(before)
    guard after != before else { return }
    items[index].pending = after
    pendingUnits += grid.unitCount(of: after) - grid.unitCount(of: before)
    note(index)
  }

  private mutating func drop(
    _ samples: SampleRanges, of image: ImageID, from worker: WorkerID
  ) {
    hands[worker]?.finished.removeAll {
      $0.image == image && !samples.isDisjoint(with: SampleRanges($0.samples))
    }
    hands[worker]?.units.removeAll {
      $0.image == image && !samples.isDisjoint(with: SampleRanges($0.samples))
    }
  }
}
