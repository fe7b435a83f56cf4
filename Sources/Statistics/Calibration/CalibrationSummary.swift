/// What images with known truth say about how far the uncertainty of their samples can be trusted.
public struct CalibrationSummary: Sendable, Equatable {
  /// A mean over images with its standard error; such as a score.
  public struct Score: Sendable, Equatable {
    /// The mean over images.
    public let mean: Double
    /// The standard error of the mean, from the spread over images.
    public let standardError: Double

    /// Puts a score together.
    public init(mean: Double, standardError: Double) {
      (self.mean, self.standardError) = (mean, standardError)
    }
  }

  /// Number of images.
  public let images: Int
  /// Fewest and most samples of an image.
  public let samples: ClosedRange<Int>
  /// Coverage of all pixels.
  public let coverage: CoverageCurve
  /// Coverage of the pixels whose truth is strictly between 0 and 1; nil if there is none.
  public let unsaturatedCoverage: CoverageCurve?
  /// Expected coverage probability of TARP with random reference points (Lemos et al. 2023, arXiv 2302.03026).
  public let tarp: CoverageCurve
  /// Standardised errors by std.
  public let errors: StandardisedErrors
  /// Ranks of scalar quantities.
  public let ranks: [RankHistogram]
  /// Continuous ranked probability score, averaged over pixels, in image units; nil without quantiles.
  public let crps: Score?
  /// Energy score over √(number of pixels), in image units; nil for units of a single sample.
  public let energyScore: Score?
  /// Width of the outermost quantile interval, averaged over pixels; nil without two quantiles.
  public let intervalWidth: Score?

  /// Puts a summary together.
  public init(
    images: Int, samples: ClosedRange<Int>, coverage: CoverageCurve,
    unsaturatedCoverage: CoverageCurve?, tarp: CoverageCurve, errors: StandardisedErrors,
    ranks: [RankHistogram], crps: Score?, energyScore: Score?, intervalWidth: Score?
  ) {
    (self.images, self.samples) = (images, samples)
    (self.coverage, self.unsaturatedCoverage) = (coverage, unsaturatedCoverage)
    (self.tarp, self.errors, self.ranks) = (tarp, errors, ranks)
    (self.crps, self.energyScore, self.intervalWidth) = (crps, energyScore, intervalWidth)
  }
}
