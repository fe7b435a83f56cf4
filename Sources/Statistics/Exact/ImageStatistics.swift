/// Exact, mergeable statistics of the samples of one image, per pixel and in image units.
///
/// Every sample value x counts as the integer q = round(x·2²⁴), ties to even; Σq and Σq² are kept
/// exactly. Integer addition is associative and commutative, so the same multiset of samples
/// gives the same `arrays`, byte by byte, in whatever order and split it was added and merged.
/// A freshly made value is the identity of `merge`.
public struct ImageStatistics: Sendable, Equatable {
  /// The largest magnitude a sample value may have.
  public static let magnitudeLimit = FixedPoint.magnitudeLimit

  /// The most samples of one image: up to here no sum can overflow (see `PixelSum`).
  public static let maximumCount = PixelSum.maximumCount

  /// The number of values of a sample, C·H·W.
  public let pixelCount: Int

  /// What is kept besides the sums.
  public let options: StatisticsOptions

  /// The number of samples added, here and in what was merged.
  public internal(set) var count = 0

  var sums: [PixelSum]
  var levels: LevelMultiset?
  var extrema: PixelExtrema?
  var rank: TruthRank?

  /// Makes the statistics of no sample.
  ///
  /// - Parameters:
  ///   - pixelCount: the number of values of a sample, not negative.
  ///   - options: what to keep besides the sums.
  public init(pixelCount: Int, options: StatisticsOptions = StatisticsOptions()) {
    precondition(pixelCount >= 0, "a sample cannot have \(pixelCount) values")
    self.pixelCount = pixelCount
    self.options = options
    sums = Array(repeating: PixelSum(), count: pixelCount)
    levels = options.levels ? LevelMultiset(pixelCount: pixelCount) : nil
    extrema = options.extrema ? PixelExtrema(pixelCount: pixelCount) : nil
    rank = options.truthRank ? TruthRank(pixelCount: pixelCount) : nil
  }

  /// The bytes that statistics of a number of samples take, in memory and as `arrays`.
  public static func byteCount(
    pixelCount: Int, options: StatisticsOptions, samples: Int
  ) -> Int {
    var perPixel = MemoryLayout<PixelSum>.size
    if options.levels { perPixel += LevelMultiset.bytesPerPixel(count: samples) }
    if options.extrema { perPixel += 2 * MemoryLayout<Float>.size }
    if options.truthRank { perPixel += 2 * MemoryLayout<Int32>.size }
    return perPixel * pixelCount
  }
}

// MARK: - Adding

extension ImageStatistics {
  /// Adds one sample; after an error nothing has changed.
  ///
  /// - Parameters:
  ///   - sample: `pixelCount` values in image units, finite and at most 256 in magnitude.
  ///   - truth: `pixelCount` finite values; needed for `options.truthRank`, else not read.
  ///     All samples of an image must be given the same truth.
  /// - Throws: `pixelCount`, `absurdValue`, `absurdTruth`, `truthMissing`, `tooManySamples`.
  public mutating func add(
    _ sample: UnsafeBufferPointer<Float>, truth: UnsafeBufferPointer<Float>? = nil
  ) throws(StatisticsError) {
    try check(sample)
    let truth = try checkedTruth(truth)
    guard count < Self.maximumCount else { throw .tooManySamples(limit: Self.maximumCount) }
    Self.add(sample, to: &sums)
    levels?.add(sample)
    extrema?.add(sample)
    if let truth { rank?.add(sample, truth: truth) }
    count += 1
  }

  /// Adds one sample; after an error nothing has changed.
  ///
  /// - Parameters:
  ///   - sample: `pixelCount` values in image units, finite and at most 256 in magnitude.
  ///   - truth: `pixelCount` finite values; needed for `options.truthRank`, else not read.
  /// - Throws: `pixelCount`, `absurdValue`, `absurdTruth`, `truthMissing`, `tooManySamples`.
  public mutating func add(_ sample: [Float], truth: [Float]? = nil) throws(StatisticsError) {
    try sample.withUnsafeBufferPointer { sample throws(StatisticsError) in
      guard let truth else { return try add(sample) }
      try truth.withUnsafeBufferPointer { truth throws(StatisticsError) in
        try add(sample, truth: truth)
      }
    }
  }

  /// Adds the samples of other statistics of the same image; after an error nothing has changed.
  ///
  /// - Throws: `pixelCount`, `optionsDiffer`, `tooManySamples`.
  public mutating func merge(_ other: ImageStatistics) throws(StatisticsError) {
    guard pixelCount == other.pixelCount else {
      throw .pixelCount(expected: pixelCount, found: other.pixelCount)
    }
    guard options == other.options else { throw .optionsDiffer(options, other.options) }
    guard other.count <= Self.maximumCount - count else {
      throw .tooManySamples(limit: Self.maximumCount)
    }
    for pixel in 0..<pixelCount { sums[pixel].merge(other.sums[pixel]) }
    if let added = other.levels { levels?.merge(added) }
    if let added = other.extrema { extrema?.merge(added) }
    if let added = other.rank { rank?.merge(added) }
    count += other.count
  }

  private static func add(_ sample: UnsafeBufferPointer<Float>, to sums: inout [PixelSum]) {
    sums.withUnsafeMutableBufferPointer { sums in
      for pixel in 0..<sums.count { sums[pixel].add(FixedPoint.quantised(sample[pixel])) }
    }
  }

  private func check(_ sample: UnsafeBufferPointer<Float>) throws(StatisticsError) {
    guard sample.count == pixelCount else {
      throw .pixelCount(expected: pixelCount, found: sample.count)
    }
    if let index = FixedPoint.firstAbsurd(in: sample, limit: Self.magnitudeLimit) {
      throw .absurdValue(index: index, value: sample[index])
    }
  }

  /// The truth if it is needed; nil if not.
  private func checkedTruth(
    _ truth: UnsafeBufferPointer<Float>?
  ) throws(StatisticsError) -> UnsafeBufferPointer<Float>? {
    guard options.truthRank else { return nil }
    guard let truth else { throw .truthMissing }
    guard truth.count == pixelCount else {
      throw .pixelCount(expected: pixelCount, found: truth.count)
    }
    if let index = FixedPoint.firstAbsurd(in: truth, limit: .greatestFiniteMagnitude) {
      throw .absurdTruth(index: index, value: truth[index])
    }
    return truth
  }
}
