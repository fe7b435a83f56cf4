/// All the work of a run, or of one shard of it: which samples of which images.
///
/// The canonical order of units is by image name, then by sample.
public struct WorkPlan: Sendable {
  /// The run's images, ascending by name, all of them whatever the shard.
  public let images: [ImageID]
  /// How many samples an image gets.
  public let goal: SampleGoal
  /// The share to work on; nil for all.
  public let shard: Shard?
  /// The share as numbers of units in canonical order.
  private let units: Range<Int>

  /// The work of `shard` of a run.
  ///
  /// - Parameter images: in any order; duplicates count once.
  /// - Throws: ``WorkPlanError/tooMuch`` if there are more than 2⁴⁰ units.
  public init(
    images: some Sequence<ImageID>, goal: SampleGoal, shard: Shard? = nil
  ) throws(WorkPlanError) {
    self.images = Set(images).sorted()
    self.goal = goal
    self.shard = shard
    let (total, overflow) = self.images.count.multipliedReportingOverflow(by: goal.grid.blockCount)
    guard !overflow, total <= 1 << 40 else { throw .tooMuch }
    units = Self.units(of: shard, images: self.images.count, goal)
  }

  /// The work of `shard` of a run with a fixed number of samples.
  ///
  /// - Throws: ``WorkPlanError/tooMuch``.
  public init(
    images: some Sequence<ImageID>, grid: UnitGrid, shard: Shard? = nil
  ) throws(WorkPlanError) {
    try self.init(images: images, goal: SampleGoal(grid: grid), shard: shard)
  }

  private init(_ shard: Shard, of whole: WorkPlan) {
    (images, goal) = (whole.images, whole.goal)
    self.shard = shard
    units = Self.units(of: shard, images: images.count, goal)
  }

  /// A share is a range of units; where the number of samples is open it is a range of images, so
  /// that it can tell by itself when one of them has enough.
  private static func units(of shard: Shard?, images: Int, _ goal: SampleGoal) -> Range<Int> {
    let blocks = goal.grid.blockCount
    guard let shard else { return 0..<images * blocks }
    if goal.rule == nil { return shard.range(of: images * blocks) }
    let mine = shard.range(of: images)
    return mine.lowerBound * blocks..<mine.upperBound * blocks
  }

  /// How samples are cut into units.
  public var grid: UnitGrid { goal.grid }

  /// Number of units in the plan, done or not; the most there may be.
  public var unitCount: Int { units.count }

  /// Number of samples in the plan, done or not; the most there may be.
  public var sampleCount: Int {
    guard !units.isEmpty else { return 0 }
    let blocks = grid.blockCount
    let (first, last) = (units.lowerBound / blocks, (units.upperBound - 1) / blocks)
    if first == last { return samples(ofImageAt: first).count }
    return samples(ofImageAt: first).count + samples(ofImageAt: last).count
      + (last - first - 1) * grid.samples
  }

  /// The samples of the image at `index` (in `images`) that belong to this plan, or may; empty where
  /// the shard has none.
  public func samples(ofImageAt index: Int) -> Range<Int> {
    let blocks = grid.blockCount
    let mine = units.clamped(to: index * blocks..<(index + 1) * blocks)
    return grid.blocks(mine.lowerBound - index * blocks..<mine.upperBound - index * blocks)
  }

  /// What is left to do, as far as that is known, when `covered` samples of each image are finished;
  /// in canonical order, images without work left out.
  ///
  /// - Parameter isPrecise: whether an image whose number of samples is open has enough.
  public func remaining(
    after covered: (ImageID) -> SampleRanges, isPrecise: (ImageID) -> Bool = { _ in false }
  ) -> [RemainingWork] {
    imageIndices.compactMap { index in
      let image = images[index]
      let covered = covered(image)
      let target = goal.target(after: covered, isPrecise: isPrecise(image))
      let wanted = SampleRanges(samples(ofImageAt: index).clamped(to: 0..<target))
      let missing = wanted.subtracting(covered)
      return missing.isEmpty ? nil : RemainingWork(image: image, samples: missing)
    }
  }

  /// What is left to do after some progress, as far as that is known.
  public func remaining(after progress: RunProgress) -> [RemainingWork] {
    remaining(after: progress.covered, isPrecise: progress.precise.contains)
  }

  /// The images the plan has units of.
  private var imageIndices: Range<Int> {
    guard !units.isEmpty else { return 0..<0 }
    let blocks = grid.blockCount
    return units.lowerBound / blocks..<(units.upperBound - 1) / blocks + 1
  }
}

// MARK: - Amounts

/// How much work there is, done or not.
public struct WorkExtent: Hashable, Sendable {
  /// Samples that are wanted for certain.
  public var samples = 0
  /// Units that are wanted for certain.
  public var units = 0
  /// Samples that may be wanted besides.
  public var openSamples = 0
  /// Units that may be wanted besides.
  public var openUnits = 0
}

extension WorkPlan {
  /// How much work the plan is, as far as that is known after some progress.
  public func extent(after progress: RunProgress) -> WorkExtent {
    var extent = WorkExtent(samples: sampleCount, units: unitCount)
    guard goal.rule != nil else { return extent }
    for index in imageIndices {
      let image = images[index]
      let (covered, isPrecise) = (progress.covered(image), progress.precise.contains(image))
      let target = goal.target(after: covered, isPrecise: isPrecise)
      if !isPrecise {
        extent.openSamples += goal.most - target
        extent.openUnits += grid.unitCount(beyond: target)
      }
      extent.samples -= goal.most - target
      extent.units -= grid.unitCount(beyond: target)
    }
    return extent
  }
}

extension WorkPlan {
  /// Which shares of `count` have something left to do when `covered` samples of each image are
  /// finished, ascending.
  public func unfinishedShares(
    of count: Int, after covered: (ImageID) -> SampleRanges,
    isPrecise: (ImageID) -> Bool = { _ in false }
  ) -> [Int] {
    // More shares than units leave the last ones empty.
    (0..<min(count, images.count * grid.blockCount)).filter { index in
      guard let shard = try? Shard(index: index, count: count) else { return false }
      return !WorkPlan(shard, of: self).remaining(after: covered, isPrecise: isPrecise).isEmpty
    }
  }
}

/// Samples of one image that are still to be drawn.
public struct RemainingWork: Hashable, Sendable {
  /// The image.
  public let image: ImageID
  /// The samples to draw; not empty.
  public let samples: SampleRanges

  /// Work on some samples of an image.
  public init(image: ImageID, samples: SampleRanges) {
    self.image = image
    self.samples = samples
  }
}

/// Why there is no plan.
public enum WorkPlanError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More units than can be counted.
  case tooMuch

  /// What is wrong and what to do.
  public var description: String {
    "more than 2^40 units of work; take fewer images or samples, or a larger run.unit"
  }
}
