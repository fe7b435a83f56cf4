/// Percentile bands of a statistic by resampling images with replacement.
///
/// Pixels of an image depend on one another, images do not: so images are resampled, not pixels.
struct Bootstrap {
  /// Number of replicates, less for so many images that a band is narrow and memory matters.
  private static func replicates(_ images: Int) -> Int { min(1000, max(100, 20_000_000 / images)) }

  /// The probability of a band.
  static let coverage = 0.95

  /// How often each image is drawn in each replicate; the same for equal counts of images.
  private let weights: [[UInt8]]

  init(images: Int) {
    var generator = SplitMix64(seed: 0x0005_1CA1_E0F_B007)
    weights = (0..<Self.replicates(images)).map { _ in
      var drawn = [UInt8](repeating: 0, count: images)
      // An image is drawn once on average, and more than 255 times practically never.
      for _ in 0..<images { drawn[generator.index(below: images)] &+= 1 }
      return drawn
    }
  }

  /// The band of the ratio Σ numerators / Σ denominators over images; nil if half of the
  /// replicates have no denominator.
  func band(numerators: [Double], denominators: [Double]) -> ClosedRange<Double>? {
    let ratios = weights.compactMap { drawn -> Double? in
      var (top, bottom) = (0.0, 0.0)
      for image in drawn.indices where drawn[image] > 0 {
        top += Double(drawn[image]) * numerators[image]
        bottom += Double(drawn[image]) * denominators[image]
      }
      return bottom > 0 ? top / bottom : nil
    }.sorted()
    guard ratios.count > weights.count / 2 else { return nil }
    let tail = (1 - Self.coverage) / 2
    let last = Double(ratios.count - 1)
    return ratios[Int((tail * last).rounded(.down))]...ratios[Int(((1 - tail) * last).rounded(.up))]
  }

  /// The band of the mean over images.
  func band(of values: [Double]) -> ClosedRange<Double>? {
    band(numerators: values, denominators: values.map { _ in 1 })
  }
}
