import RunFiles
import Statistics
import Synchronization

/// Samples that nobody drew: parts of the size and form of real ones, for runs that show what the
/// coordinator can stand.
///
/// The pixels are noise. Statistics are made once for each number of samples and shared, so that a
/// unit costs next to nothing.
public final class MadeUpSamples: Sendable {
  /// The images' shape, [C, H, W].
  public let shape: [Int]
  private let options: StatisticsOptions
  private let made = Mutex<[Int: ImageStatistics]>([:])

  /// Samples of images of some shape.
  ///
  /// - Parameters:
  ///   - shape: [C, H, W], all positive.
  ///   - options: what the statistics hold besides the sums; by default what a run with truths has.
  public init(
    shape: [Int], options: StatisticsOptions = StatisticsOptions(levels: true, truthRank: true)
  ) {
    self.shape = shape
    self.options = options
  }

  /// The part that a worker would return for `unit`.
  ///
  /// - Throws: ``PartError`` if the samples' numbers are not those of samples.
  public func part(_ unit: WorkUnit) throws -> Part {
    try Part(
      image: unit.image, shape: shape, statistics: statistics(of: unit.samples.count),
      records: unit.samples.map {
        SampleRecord(
          index: $0, networkEvaluations: 1, seconds: 1, psnr: 20, ssim: 0.5, residual: 1)
      })
  }

  private func statistics(of count: Int) throws -> ImageStatistics {
    try made.withLock { made in
      if let known = made[count] { return known }
      let pixels = shape.reduce(1, *)
      let truth = [Float](repeating: 0.5, count: pixels)
      var statistics = ImageStatistics(pixelCount: pixels, options: options)
      for index in 0..<count {
        try statistics.add(
          (0..<pixels).map { Self.noise($0 &+ index &* pixels) }, truth: truth)
      }
      made[count] = statistics
      return statistics
    }
  }

  /// A number in [0, 1) that follows from `index`.
  static func noise(_ index: Int) -> Float {
    var word = UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    return Float((word ^ (word >> 27)) >> 40) / Float(1 << 24)
  }
}
