/// All the work of a run, or of one shard of it: which samples of which images.
///
/// The canonical order of units is by image name, then by sample.
public struct WorkPlan: Sendable {
  /// The run's images, ascending by name, all of them whatever the shard.
  public let images: [ImageID]
  /// How samples are cut into units.
  public let grid: UnitGrid
  /// The share to work on; nil for all.
  public let shard: Shard?
  /// The share as numbers of units in canonical order.
  private let units: Range<Int>

  /// The work of `shard` of a run.
  ///
  /// - Parameter images: in any order; duplicates count once.
  /// - Throws: ``WorkPlanError/tooMuch`` if there are more than 2⁴⁰ units.
  public init(
    images: some Sequence<ImageID>, grid: UnitGrid, shard: Shard? = nil
  ) throws(WorkPlanError) {
    self.images = Set(images).sorted()
    self.grid = grid
    self.shard = shard
    let (total, overflow) = self.images.count.multipliedReportingOverflow(by: grid.blockCount)
    guard !overflow, total <= 1 << 40 else { throw .tooMuch }
    units = shard?.range(of: total) ?? 0..<total
  }

  private init(_ shard: Shard, of whole: WorkPlan) {
    (images, grid) = (whole.images, whole.grid)
    self.shard = shard
    units = shard.range(of: images.count * grid.blockCount)
  }

  /// Number of units in the plan, done or not.
  public var unitCount: Int { units.count }

  /// Number of samples in the plan, done or not.
  public var sampleCount: Int {
    guard !units.isEmpty else { return 0 }
    let blocks = grid.blockCount
    let (first, last) = (units.lowerBound / blocks, (units.upperBound - 1) / blocks)
    if first == last { return samples(ofImageAt: first).count }
    return samples(ofImageAt: first).count + samples(ofImageAt: last).count
      + (last - first - 1) * grid.samples
  }

  /// The samples of the image at `index` (in `images`) that belong to this plan; empty where the
  /// shard has none.
  public func samples(ofImageAt index: Int) -> Range<Int> {
    let blocks = grid.blockCount
    let mine = units.clamped(to: index * blocks..<(index + 1) * blocks)
    return grid.blocks(mine.lowerBound - index * blocks..<mine.upperBound - index * blocks)
  }

  /// What is left to do when `covered` samples of each image are finished, in canonical order,
  /// images without work left out.
  public func remaining(after covered: (ImageID) -> SampleRanges) -> [RemainingWork] {
    guard !units.isEmpty else { return [] }
    let blocks = grid.blockCount
    return (units.lowerBound / blocks...(units.upperBound - 1) / blocks).compactMap { index in
      let wanted = SampleRanges(samples(ofImageAt: index))
      let missing = wanted.subtracting(covered(images[index]))
      return missing.isEmpty ? nil : RemainingWork(image: images[index], samples: missing)
    }
  }
}

extension WorkPlan {
  /// Which shares of `count` have something left to do when `covered` samples of each image are
  /// finished, ascending.
  public func unfinishedShares(
    of count: Int, after covered: (ImageID) -> SampleRanges
  ) -> [Int] {
    // More shares than units leave the last ones empty.
    (0..<min(count, images.count * grid.blockCount)).filter { index in
      guard let shard = try? Shard(index: index, count: count) else { return false }
      return !WorkPlan(shard, of: self).remaining(after: covered).isEmpty
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
