/// Gathers images with truth, and tells what they say together.
///
/// Memory grows by some kilobytes an image. The order of the images does not matter: they are put in the order
/// of their keys.
public struct Calibration: Sendable {
  /// The levels of the coverage curve are 1/20, 2/20 … 19/20.
  private static let levels = 19

  private var evidence: [(key: UInt64, image: ImageEvidence)] = []

  /// Nothing gathered yet.
  public init() {}

  /// Number of images.
  public var count: Int { evidence.count }

  /// Takes in an image; one with less than two samples is passed over.
  public mutating func add(_ image: CalibrationImage) {
    guard image.statistics.count > 1 else { return }
    evidence.append((image.key, ImageEvidence(image)))
  }

  /// Takes in all images of another.
  public mutating func append(_ other: Calibration) { evidence += other.evidence }

  /// What the images say; nil for less than two.
  public func summary() -> CalibrationSummary? {
    let images = evidence.sorted { $0.key < $1.key }.map(\.image)
    guard images.count > 1, let fewest = images.map(\.samples).min(),
      let most = images.map(\.samples).max()
    else { return nil }
    let bootstrap = Bootstrap(images: images.count)
    guard let coverage = Self.coverage(images.map(\.all), bootstrap) else { return nil }
    return CalibrationSummary(
      images: images.count, samples: fewest...most, coverage: coverage,
      unsaturatedCoverage: Self.coverage(images.map(\.unsaturated), bootstrap),
      tarp: Self.tarp(images, bootstrap), errors: Self.errors(images, bootstrap),
      ranks: Self.ranks(images), crps: .init(images.map(\.rankedScore)),
      energyScore: .init(images.map(\.energyScore)),
      intervalWidth: .init(images.map(\.intervalWidth)))
  }
}

// MARK: - Curves

extension Calibration {
  private static func coverage(
    _ histograms: [PositionHistogram], _ bootstrap: Bootstrap
  ) -> CoverageCurve? {
    let counts = histograms.map { Double($0.count) }
    let points = (1...levels).compactMap { half -> CoverageCurve.Point? in
      let inside = histograms.map { $0.inside(half: half) }
      return point(Double(half) / Double(levels + 1), inside, counts, bootstrap)
    }
    return points.isEmpty ? nil : CoverageCurve(points: points)
  }

  /// A calibrated sampler's samples are nearer to a point than the truth as often as not: the relative rank of
  /// the truth's distance is uniform, and lies below a level as often as the level says.
  private static func tarp(_ images: [ImageEvidence], _ bootstrap: Bootstrap) -> CoverageCurve {
    let positions = images.map { image in
      image.positions.filter { $0.key.hasPrefix(DiagnosticQuantities.tarpPrefix) }.map(\.value)
    }
    let counts = positions.map { Double($0.count) }
    return CoverageCurve(
      points: (1...levels).compactMap { level in
        let nominal = Double(level) / Double(levels + 1)
        let below = positions.map { Double($0.count { $0 <= nominal }) }
        return point(nominal, below, counts, bootstrap)
      })
  }

  private static func point(
    _ nominal: Double, _ inside: [Double], _ counts: [Double], _ bootstrap: Bootstrap
  ) -> CoverageCurve.Point? {
    let total = counts.reduce(0, +)
    guard total > 0, let band = bootstrap.band(numerators: inside, denominators: counts) else {
      return nil
    }
    return CoverageCurve.Point(
      nominal: nominal, observed: inside.reduce(0, +) / total, band: band)
  }

  private static func errors(
    _ images: [ImageEvidence], _ bootstrap: Bootstrap
  ) -> StandardisedErrors {
    StandardisedErrors(
      bins: (0..<StdBins.count).compactMap { bin in
        let sums = images.map { $0.errors.sums[bin] }
        let (errors, expected) = (sums.map(\.error), sums.map(\.expected))
        let pixels = sums.reduce(0) { $0 + $1.pixels }
        guard pixels > 0, let band = bootstrap.band(numerators: errors, denominators: expected)
        else { return nil }
        return StandardisedErrors.Bin(
          range: StdBins.range(of: bin), pixels: pixels,
          ratio: (errors.reduce(0, +) / expected.reduce(0, +)).squareRoot(),
          band: band.lowerBound.squareRoot()...band.upperBound.squareRoot())
      })
  }
}

// MARK: - Ranks and scores

extension Calibration {
  private static func ranks(_ images: [ImageEvidence]) -> [RankHistogram] {
    let names = Set(images.flatMap { $0.positions.keys }).sorted()
    return names.compactMap { name in
      RankHistogram(quantity: name, positions: images.compactMap { $0.positions[name] })
    }
  }
}

extension RankHistogram {
  /// The histogram of relative ranks in [0, 1]; nil for too few of them to test.
  ///
  /// As many bins as give ten truths each, 20 at most: Pearson's χ² then is close to its law.
  init?(quantity: String, positions: [Double]) {
    guard positions.count >= Self.fewestTruths else { return nil }
    let bins = min(20, positions.count / 10)
    var counts = [Int](repeating: 0, count: bins)
    for position in positions { counts[min(Int(position * Double(bins)), bins - 1)] += 1 }
    let expected = Double(positions.count) / Double(bins)
    let statistic = counts.reduce(0.0) { sum, count in
      sum + (Double(count) - expected) * (Double(count) - expected) / expected
    }
    self.init(
      quantity: quantity, counts: counts,
      band: Binomial(trials: positions.count, probability: 1 / Double(bins)).range(coverage: 0.95),
      pValue: ChiSquare.upperTail(statistic, degreesOfFreedom: Double(bins - 1)))
  }
}

extension CalibrationSummary.Score {
  /// The mean of what is known; nil for less than two values.
  init?(_ values: [Double?]) {
    let known = values.compactMap { $0 }.filter { !$0.isNaN }
    guard known.count > 1 else { return nil }
    let count = Double(known.count)
    let mean = known.reduce(0, +) / count
    let squares = known.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(mean: mean, standardError: (squares / (count - 1) / count).squareRoot())
  }
}
