/// Ranks of the truth among the samples for one scalar quantity, over images.
///
/// Uniform for a calibrated sampler if the truths are draws from the prior (Talts et al. 2018,
/// arXiv 1804.06788). Ends higher than the middle: too narrow; a hump: too wide; a slope: a bias.
public struct RankHistogram: Sendable, Equatable {
  /// With fewer truths there is nothing to test: ten for each of two bins.
  public static let fewestTruths = 20

  /// The quantity, such as `norm` or `projection-0`.
  public let quantity: String
  /// Truths in each of the equally wide bins of the relative rank [0, 1].
  public let counts: [Int]
  /// Where each count lies with a probability of 95 % if the ranks are uniform.
  public let band: ClosedRange<Int>
  /// The probability of so uneven counts if the ranks are uniform, by Pearson's χ² test.
  public let pValue: Double

  /// Puts a histogram together.
  public init(quantity: String, counts: [Int], band: ClosedRange<Int>, pValue: Double) {
    (self.quantity, self.counts) = (quantity, counts)
    (self.band, self.pValue) = (band, pValue)
  }
}
