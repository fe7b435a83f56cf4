/// Root mean square of z = (truth − mean)/std over pixels of similar std; 1 for a calibrated sampler.
///
/// The Monte Carlo error of mean and std is taken out: z² is divided by
/// (1 + 1/n)·(n − 1)/(n − 3), its expectation for Gaussian samples.
public struct StandardisedErrors: Sendable, Equatable {
  /// Pixels whose std lies in a range.
  public struct Bin: Sendable, Equatable {
    /// The std of the pixels, in image units.
    public let range: ClosedRange<Double>
    /// Number of pixels.
    public let pixels: Int
    /// √mean(z²).
    public let rootMeanSquare: Double
    /// Where it lies in 95 % of the bootstrap replicates over images.
    public let band: ClosedRange<Double>

    /// Puts a bin together.
    public init(
      range: ClosedRange<Double>, pixels: Int, rootMeanSquare: Double, band: ClosedRange<Double>
    ) {
      (self.range, self.pixels) = (range, pixels)
      (self.rootMeanSquare, self.band) = (rootMeanSquare, band)
    }
  }

  /// The bins that hold pixels, by rising std.
  public let bins: [Bin]

  /// Takes bins by rising std.
  public init(bins: [Bin]) { self.bins = bins }
}
