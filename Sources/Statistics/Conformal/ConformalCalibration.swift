/// Finds the factors of calibrated intervals (RCPS, Bates et al. 2021, arXiv 2101.02703).
///
/// The guarantee: with probability at least 1 − δ over the images gathered, the share of pixels that the intervals
/// of a further image miss is at most ε in expectation. It is marginal over images and pixels, and holds for
/// images that are exchangeable with those gathered, under the same measurement, prior, sampler and number of
/// samples.
public struct ConformalCalibration: Sendable {
  private var counts: [(key: UInt64, misses: MissCounts)] = []

  /// Nothing gathered yet.
  public init() {}

  /// Number of images.
  public var count: Int { counts.count }

  /// Takes in an image; one with less than two samples is passed over.
  public mutating func add(_ image: CalibrationImage) {
    guard image.statistics.count > 1 else { return }
    let misses = MissCounts(
      mean: image.statistics.mean(), std: image.statistics.standardDeviation(), truth: image.truth)
    counts.append((image.key, misses))
  }

  /// Takes in all images of another.
  public mutating func append(_ other: ConformalCalibration) { counts += other.counts }

  /// What was found.
  public struct Outcome: Sendable, Equatable {
    /// The factors.
    public let scaling: IntervalScaling
    /// For each factor, the share of pixels missed, averaged over the images that have such pixels.
    public let missRates: [Double]
    /// For each factor, the bound of that share.
    public let bounds: [Double]
  }

  /// The smallest factors whose miss rate is at most `missRate` with probability 1 − `delta`.
  ///
  /// - Parameters:
  ///   - missRate: ε, in (0, 1).
  ///   - delta: δ, in (0, 1); shared equally among groups, so that all hold together.
  ///   - byStd: a factor for every group of std, in place of one for all; the groups are split at 0.01, 0.02, 0.04,
  ///     0.08 and 0.16, and a group in which too few images have pixels is joined to the next one.
  /// - Throws: ``ConformalError/tooFewImages(images:missRate:)`` if no factor can be guaranteed.
  public func outcome(
    missRate: Double, delta: Double, byStd: Bool
  ) throws(ConformalError) -> Outcome {
    let groups = byStd ? self.groups(missRate, delta) : [0..<MissCounts.stdLimits.count]
    var found: [(limit: Double, place: Int, losses: [[Double]])] = []
    for group in groups {
      let losses = losses(of: group)
      let share = delta / Double(groups.count)
      guard let place = Self.place(losses, missRate: missRate, delta: share) else {
        throw .tooFewImages(images: losses.count, missRate: missRate)
      }
      found.append((MissCounts.stdLimits[group.upperBound - 1], place, losses))
    }
    return Self.outcome(found, delta: delta / Double(groups.count))
  }

  private static func outcome(
    _ found: [(limit: Double, place: Int, losses: [[Double]])], delta: Double
  ) -> Outcome {
    let groups = found.map {
      IntervalScaling.Group(stdBelow: $0.limit, factor: MissCounts.factors[$0.place])
    }
    guard let scaling = IntervalScaling(groups: groups) else {
      preconditionFailure("the last group has no limit")
    }
    let losses = found.map { group in group.losses.map { $0[group.place] } }
    return Outcome(
      scaling: scaling, missRates: losses.map { $0.reduce(0, +) / Double($0.count) },
      bounds: losses.map { RiskBound(losses: $0, delta: delta).bound })
  }
}

// MARK: - Groups

extension ConformalCalibration {
  /// The losses of every image that has pixels in a group, for every λ, in the order of the images' keys, which
  /// has nothing to do with their losses.
  private func losses(of group: Range<Int>) -> [[Double]] {
    counts.sorted { $0.key < $1.key }.compactMap { $0.misses.missRates(of: group) }
  }

  /// Fixed groups, joined to the next one up where too few images have pixels of that std to show half of the miss
  /// rate even if none were missed; the last one is joined to the one before. Only which pixels there are
  /// decides, not their errors.
  private func groups(_ missRate: Double, _ delta: Double) -> [Range<Int>] {
    let last = MissCounts.stdLimits.count
    let share = delta / Double(last)
    var groups: [Range<Int>] = []
    var start = 0
    for end in 1...last {
      let images = losses(of: start..<end).count
      guard
        RiskBound(losses: Array(repeating: 0, count: images), delta: share).isBelow(missRate / 2)
      else { continue }
      groups.append(start..<end)
      start = end
    }
    guard start < last else { return groups }
    let tail = groups.popLast()?.lowerBound ?? 0
    return groups + [tail..<last]
  }

  /// The first λ from which on every larger one is within the risk.
  private static func place(_ losses: [[Double]], missRate: Double, delta: Double) -> Int? {
    var place: Int?
    for index in MissCounts.factors.indices.reversed() {
      guard RiskBound(losses: losses.map { $0[index] }, delta: delta).isBelow(missRate) else {
        break
      }
      place = index
    }
    return place
  }
}

/// Why there are no calibrated intervals.
public enum ConformalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// So many images cannot show that so few pixels are missed.
  case tooFewImages(images: Int, missRate: Double)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .tooFewImages(let images, let missRate):
      "\(images) images with truth cannot guarantee a miss rate of \(missRate), however wide the "
        + "intervals; take more images, a larger --miss-rate or a larger --delta"
    }
  }
}
