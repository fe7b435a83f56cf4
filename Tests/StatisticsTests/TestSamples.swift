@testable import Statistics

let everything = StatisticsOptions(levels: true, extrema: true, truthRank: true)

/// Samples with values a little beyond [0, 1], some of them on the ends and some equal.
func randomSamples(_ count: Int, pixels: Int, seed: UInt64) -> [[Float]] {
  var generator = SplitMix64(seed: seed)
  return (0..<count).map { _ in
    (0..<pixels).map { pixel in
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: 0
      case 1: -0.0
      case 2: 1
      case 3: 0.5
      default: Float.random(in: -0.2...1.2, using: &generator)
      }
    }
  }
}

/// The statistics of samples, added one by one.
func makeStatistics(
  _ samples: [[Float]], pixels: Int, options: StatisticsOptions = StatisticsOptions(),
  truth: [Float]? = nil
) throws -> ImageStatistics {
  var statistics = ImageStatistics(pixelCount: pixels, options: options)
  for sample in samples { try statistics.add(sample, truth: truth) }
  return statistics
}

extension ImageStatistics {
  /// The stored array of a name.
  func array(_ name: String) -> StatisticsArray? { arrays.first { $0.name == name } }
}
