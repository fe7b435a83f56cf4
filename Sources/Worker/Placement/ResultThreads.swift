import RunFiles
import Statistics

/// How many images' results are written at once.
///
/// Nothing is drawn any more by then: all cores this process may use, as far as the images fit into half of the
/// memory that is free.
public struct ResultThreads {
  private let statistics: Configuration.Statistics

  /// - Parameter statistics: what is kept of samples.
  public init(_ statistics: Configuration.Statistics) { self.statistics = statistics }

  /// - Parameters:
  ///   - progress: what results are written of.
  ///   - free: bytes; nil if not known.
  public func count(
    for progress: RunProgress, cores: Int = Processor.cores(), free: Int? = FreeMemory().bytes
  ) -> Int {
    let largest = progress.images.values.map(bytes).max() ?? 0
    guard let free, largest > 0 else { return cores }
    return max(1, min(cores, free / 2 / largest))
  }

  /// What an image takes while its results are made.
  private func bytes(_ image: ImageProgress) -> Int {
    let pixels = image.accepted.first?.header.shape.reduce(1, *) ?? 0
    let samples = image.covered.count
    let kept = statistics.saveSamples ? samples : min(samples, statistics.keepSamples)
    let options = statistics.options(hasTruth: true)
    // The bytes of a file, two parts and their sum; kept samples as they are read and as they are written; maps
    // and pictures.
    return 4 * ImageStatistics.byteCount(pixelCount: pixels, options: options, samples: samples)
      + (2 * kept + Self.maps) * 4 * pixels
  }

  private static let maps = 40
}
