/// What is known of one image with truth: its statistics, and its samples' scalar quantities.
public struct CalibrationImage: Sendable {
  /// What random choices for the image follow from, such as where in a tie the truth lies.
  public let key: UInt64
  /// The true image, in image units.
  public let truth: [Float]
  /// Statistics of the samples, with the rank of the truth.
  public let statistics: ImageStatistics
  /// Ends of the credible interval per pixel, where quantiles are kept.
  public let interval: (lower: [Float], upper: [Float])?
  /// The scalar quantities.
  public let quantities: [RankedQuantity]

  /// A scalar quantity of the truth and of the samples.
  public struct RankedQuantity: Sendable {
    /// Its name.
    public let name: String
    /// Of the truth; nil where it has no meaning.
    public let truth: Double?
    /// Of the good samples.
    public let samples: [Double]

    /// Puts a quantity together.
    public init(name: String, truth: Double?, samples: [Double]) {
      (self.name, self.truth, self.samples) = (name, truth, samples)
    }
  }

  /// Puts together what is known of an image.
  public init(
    key: UInt64, truth: [Float], statistics: ImageStatistics,
    interval: (lower: [Float], upper: [Float])?, quantities: [RankedQuantity]
  ) {
    (self.key, self.truth, self.statistics) = (key, truth, statistics)
    (self.interval, self.quantities) = (interval, quantities)
  }
}

extension CalibrationImage.RankedQuantity {
  /// Where the truth lies among the samples, in (0, 1): (b + (e + 1)·v)/(n + 1) with b samples below it, e
  /// equal to it, and v in [0, 1); uniform for a calibrated sampler with any n.
  func position(_ v: Double) -> Double? {
    guard let truth, !samples.isEmpty else { return nil }
    let below = samples.count { $0 < truth }
    let equal = samples.count { $0 == truth }
    return (Double(below) + Double(equal + 1) * v) / Double(samples.count + 1)
  }
}
