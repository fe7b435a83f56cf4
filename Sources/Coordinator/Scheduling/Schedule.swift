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
/// result. Memory grows with the number of images and workers, not with the number of units: all
/// but the few units in a hand is kept as ranges. Giving out and taking back a unit costs the
/// logarithm of the number of images.
public struct Schedule: Sendable {
  /// The work on one image.
  struct Item: Sendable {
    var work: RemainingWork
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
    /// What it has finished and not returned, an entry an image.
    var finished: [RemainingWork] = []
  }

  var items: [Item]
  var itemOfImage: [ImageID: Int]
  /// Items from here on have never been given out.
  private var nextFresh = 0
  /// Items before `nextFresh` that have something pending, by its amount.
  private var open: LargestFirst
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
    open = LargestFirst(count: work.count)
    itemOfImage = Dictionary(
      work.enumerated().map { ($1.image, $0) }, uniquingKeysWith: { first, _ in first })
    pendingUnits = work.reduce(0) { $0 + grid.unitCount(of: $1.samples) }
    missingSamples = work.reduce(0) { $0 + $1.samples.count }
  }

  /// Whether all results are there.
  public var isComplete: Bool { missingSamples == 0 }

  /// Number of ranges and units that are kept; looks at all of them.
  var entryCount: Int {
    items.reduce(0) { $0 + $1.pending.rangeCount + $1.returned.rangeCount }
      + hands.values.reduce(0) { count, hand in
        hand.finished.reduce(count + hand.units.count) { $0 + $1.samples.rangeCount }
      }
  }

  /// Asks for more samples of an image that is in the schedule; those it has already count once.
  public mutating func extend(_ image: ImageID, by samples: SampleRanges) {
    guard let index = itemOfImage[image] else { return }
    let work = items[index].work
    let new = samples.subtracting(work.samples)
    items[index].work = RemainingWork(image: image, samples: work.samples.union(new))
    missingSamples += new.count
    changePending(index) { $0.union(new) }
  }

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
    hands[worker, default: Hand()].take(unit, of: index)
    return unit
  }

  private mutating func chooseItem(for worker: WorkerID) -> Int? {
    if let current = hands[worker]?.item, !items[current].pending.isEmpty { return current }
    while nextFresh < items.count {
      defer { nextFresh += 1 }
      if !items[nextFresh].pending.isEmpty { return nextFresh }
    }
    return open.first
  }

  /// Keeps `open` true after the pending samples of an item have changed.
  private mutating func note(_ index: Int) {
    open.set(index, size: index < nextFresh ? items[index].pending.count : 0)
  }
}

extension Schedule.Hand {
  mutating func take(_ unit: WorkUnit, of item: Int) {
    self.item = item
    units.append(unit)
  }

  /// Notes a unit as finished; false if it is not here.
  mutating func finish(_ unit: WorkUnit) -> Bool {
    guard let position = units.firstIndex(of: unit) else { return false }
    units.remove(at: position)
    let samples = SampleRanges(unit.samples)
    if let place = finished.firstIndex(where: { $0.image == unit.image }) {
      finished[place] = RemainingWork(
        image: unit.image, samples: finished[place].samples.union(samples))
    } else {
      finished.append(RemainingWork(image: unit.image, samples: samples))
    }
    return true
  }

  /// Forgets samples that have been returned.
  mutating func drop(_ samples: SampleRanges, of image: ImageID) {
    units.removeAll { $0.image == image && !samples.isDisjoint(with: SampleRanges($0.samples)) }
    guard let place = finished.firstIndex(where: { $0.image == image }) else { return }
    let rest = finished[place].samples.subtracting(samples)
    if rest.isEmpty {
      finished.remove(at: place)
    } else {
      finished[place] = RemainingWork(image: image, samples: rest)
    }
  }

  /// All samples of an image that are here, finished or not.
  func samples(of image: ImageID) -> SampleRanges {
    let given = units.filter { $0.image == image }.map(\.samples)
    let done = finished.first { $0.image == image }?.samples ?? SampleRanges()
    return given.isEmpty ? done : done.union(SampleRanges(given))
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
  /// - Returns: false if it does not have the unit.
  @discardableResult
  public mutating func finish(_ unit: WorkUnit, by worker: WorkerID) -> Bool {
    hands[worker]?.finish(unit) ?? false
  }

  /// A worker has returned the sum of finished units of one image.
  ///
  /// A result of which a sample is there already is refused as a whole, since sums cannot be taken
  /// apart; what it held besides becomes pending again.
  public mutating func accept(
    _ samples: SampleRanges, of image: ImageID, from worker: WorkerID
  ) -> Acceptance {
    guard let index = itemOfImage[image] else { return .refused }
    hands[worker]?.drop(samples, of: image)
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

  /// Makes samples pending that are neither there nor with anybody.
  ///
  /// This looks at all workers; it is for what goes wrong, which is rare.
  private mutating func restore(_ samples: SampleRanges, _ index: Int) {
    let image = items[index].work.image
    var lost = samples.subtracting(items[index].returned)
    for hand in hands.values { lost = lost.subtracting(hand.samples(of: image)) }
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
}
