import Statistics

/// The figures of one image of a run; nil where they cannot be known, as without a truth.
public struct ImageMetrics: Sendable, Equatable {
  /// The relative name of the image.
  public var image: String
  /// Samples in the statistics.
  public var samples: Int
  /// Samples that failed and are left out.
  public var failed: Int
  /// PSNR of the posterior mean, in dB.
  public var meanPSNR: Double?
  /// SSIM of the posterior mean.
  public var meanSSIM: Double?
  /// PSNR of single samples, averaged, in dB.
  public var samplePSNR: Double?
  /// SSIM of single samples, averaged.
  public var sampleSSIM: Double?
  /// The standard deviation, averaged over pixels, in image units.
  public var standardDeviation: Double?
  /// The Monte Carlo error of the mean, averaged over pixels, in image units.
  public var monteCarloError: Double?
  /// The fraction of pixels whose truth lies in the credible interval.
  public var coverage: Double?
  /// The fraction of pixels whose truth lies in the calibrated interval.
  public var calibratedCoverage: Double?
  /// Whether the samples explain the measurement.
  public var dataCheck: PosteriorPredictiveCheck? = nil
  /// What that means among all images of the run.
  public var dataFinding: PosteriorPredictiveCheck.Finding? = nil
  /// How many modes the kept samples fall into.
  public var modes: Int? = nil
  /// How many answers the kept samples are by the measurement.
  public var answers: Int? = nil
  /// Root mean square of y − A(x) over the noise level, averaged over samples; nil where that has no
  /// meaning.
  public var residual: Double?
  /// Network evaluations.
  public var evaluations: Int
  /// Seconds of work.
  public var seconds: Double

  /// Puts a row together.
  public init(
    image: String, samples: Int, failed: Int, meanPSNR: Double? = nil, meanSSIM: Double? = nil,
    samplePSNR: Double? = nil, sampleSSIM: Double? = nil, standardDeviation: Double? = nil,
    monteCarloError: Double? = nil, coverage: Double? = nil, calibratedCoverage: Double? = nil,
    residual: Double? = nil, evaluations: Int, seconds: Double
  ) {
    (self.image, self.samples, self.failed) = (image, samples, failed)
    (self.meanPSNR, self.meanSSIM) = (meanPSNR, meanSSIM)
    (self.samplePSNR, self.sampleSSIM) = (samplePSNR, sampleSSIM)
    (self.standardDeviation, self.monteCarloError) = (standardDeviation, monteCarloError)
    (self.coverage, self.calibratedCoverage) = (coverage, calibratedCoverage)
    (self.residual, self.evaluations, self.seconds) = (residual, evaluations, seconds)
  }
}

extension ImageMetrics {
  /// Sums of counts and seconds, and means over images of all else.
  ///
  /// Missing values and NaN do not enter a mean; a mean of nothing is nil.
  init(totalOf rows: [ImageMetrics]) {
    func mean(_ value: (ImageMetrics) -> Double?) -> Double? {
      let values = rows.compactMap(value).filter { !$0.isNaN }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    self.init(
      image: rows.count == 1 ? "1 image" : "all \(rows.count) images",
      samples: rows.reduce(0) { $0 + $1.samples }, failed: rows.reduce(0) { $0 + $1.failed },
      meanPSNR: mean(\.meanPSNR), meanSSIM: mean(\.meanSSIM), samplePSNR: mean(\.samplePSNR),
      sampleSSIM: mean(\.sampleSSIM), standardDeviation: mean(\.standardDeviation),
      monteCarloError: mean(\.monteCarloError), coverage: mean(\.coverage),
      calibratedCoverage: mean(\.calibratedCoverage),
      residual: mean(\.residual),
      evaluations: rows.reduce(0) { $0 + $1.evaluations },
      seconds: rows.reduce(0) { $0 + $1.seconds })
  }
}
