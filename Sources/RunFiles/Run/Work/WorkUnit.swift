/// A unit of work: consecutive samples of one image, drawn together as one batch.
///
/// Units are idempotent: drawn twice, anywhere, they give the same samples.
public struct WorkUnit: Hashable, Sendable {
  /// The image the samples belong to.
  public let image: ImageID
  /// The sample indices to draw; never empty.
  public let samples: Range<Int>

  /// A unit of `image` with the sample indices `samples`.
  public init(image: ImageID, samples: Range<Int>) {
    self.image = image
    self.samples = samples
  }
}

extension WorkUnit: CustomStringConvertible {
  /// For example `0003/coat, samples 8-15`.
  public var description: String { "\(image.name), samples \(SampleRanges(samples))" }
}

/// How the samples of an image are cut into blocks.
///
/// Block b covers the samples [b·`unit`, (b+1)·`unit`), cut off at `samples`. The grid follows from
/// the configuration alone, so the work is the same for any number of ranks, and a larger sample
/// count only adds to it.
public struct UnitGrid: Hashable, Sendable {
  /// Samples in a full block, at least 1.
  public let unit: Int
  /// Samples wanted of each image, at least 0.
  public let samples: Int

  /// A grid of blocks of `unit` samples; values are raised to at least 1 and 0, and cut at 2³².
  public init(unit: Int, samples: Int) {
    self.unit = min(max(1, unit), SampleRanges.largestIndex)
    self.samples = min(max(0, samples), SampleRanges.largestIndex)
  }

  /// Number of blocks of an image.
  public var blockCount: Int { (samples + unit - 1) / unit }

  /// The samples of block `index`; empty outside 0..<`blockCount`.
  public func block(_ index: Int) -> Range<Int> { blocks(index..<index + 1) }

  /// The samples of consecutive blocks, cut off at `samples`.
  public func blocks(_ range: Range<Int>) -> Range<Int> {
    let inside = range.clamped(to: 0..<blockCount)
    return min(inside.lowerBound * unit, samples)..<min(inside.upperBound * unit, samples)
  }

  /// The first unit of work in `missing`: its first samples up to the end of their block; nil if
  /// nothing is missing.
  public func firstUnit(of missing: SampleRanges) -> Range<Int>? {
    guard !missing.isEmpty else { return nil }
    let range = missing.range(at: 0)
    return range.lowerBound..<min(range.upperBound, (range.lowerBound / unit + 1) * unit)
  }

  /// The units of work that `missing` is cut into, ascending.
  public func units(of missing: SampleRanges) -> [Range<Int>] {
    missing.ranges.flatMap { range in
      stride(from: range.lowerBound / unit * unit, to: range.upperBound, by: unit).map { start in
        max(start, range.lowerBound)..<min(range.upperBound, start + unit)
      }
    }
  }

  /// Number of units of work from sample `start` on.
  public func unitCount(beyond start: Int) -> Int {
    unitCount(of: SampleRanges(min(start, samples)..<samples))
  }

  /// Number of units of work that `missing` is cut into.
  public func unitCount(of missing: SampleRanges) -> Int {
    (0..<missing.rangeCount).reduce(0) { count, place in
      let range = missing.range(at: place)
      return count + (range.upperBound - 1) / unit - range.lowerBound / unit + 1
    }
  }
}
