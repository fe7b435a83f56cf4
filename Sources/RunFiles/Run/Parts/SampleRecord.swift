/// What is known of one sample besides its pixels.
public struct SampleRecord: Hashable, Sendable {
  /// The sample's index in its image.
  public var index: Int
  /// How often it was drawn, at least 1; more than 1 means that earlier attempts were not finite.
  public var attempts: Int
  /// Why it is left out of the statistics; nil for a good sample.
  public var failure: String?
  /// Forward evaluations of the network for this sample, all attempts together.
  public var networkEvaluations: Int
  /// Its share of the time its batch took, in seconds.
  public var seconds: Double
  /// Peak signal-to-noise ratio against the truth in decibels; nil without a truth.
  public var psnr: Double?
  /// Structural similarity to the truth; nil without a truth.
  public var ssim: Double?
  /// Root mean square of y − A(x) over the noise level; nil where that has no meaning.
  public var residual: Double?
  /// The values of ``Part/quantityNames``, nil where one has no meaning; empty for a failed sample.
  public var quantities: [Double?]

  /// A record of the sample `index`.
  public init(
    index: Int, attempts: Int = 1, failure: String? = nil, networkEvaluations: Int = 0,
    seconds: Double = 0, psnr: Double? = nil, ssim: Double? = nil, residual: Double? = nil,
    quantities: [Double?] = []
  ) {
    self.index = index
    self.attempts = attempts
    self.failure = failure
    self.networkEvaluations = networkEvaluations
    self.seconds = seconds
    self.psnr = psnr
    self.ssim = ssim
    self.residual = residual
    self.quantities = quantities
  }

  /// Whether the sample was left out of the statistics.
  public var hasFailed: Bool { failure != nil }
}
