/// Errors of the mean over what the samples say they are, for pixels of similar std; 1 for a calibrated sampler.
///
/// √(Σ(truth − mean)² / its expectation). The expectation counts the Monte Carlo error of mean and std, and that
/// pixels are sorted by a std with such an error (``ErrorsByStd``); it is exact for normal samples, however few.
public struct StandardisedErrors: Sendable, Equatable {
  /// Pixels whose std lies in a range.
  public struct Bin: Sendable, Equatable {
    /// The std of the pixels, in image units.
    public let range: ClosedRange<Double>
    /// Number of pixels.
    public let pixels: Int
    /// Root of the squared errors over their expectation.
    public let ratio: Double
    /// Where it lies in 95 % of the bootstrap replicates over images.
    public let band: ClosedRange<Double>

    /// Puts a bin together.
    public init(
      range: ClosedRange<Double>, pixels: Int, ratio: Double, band: ClosedRange<Double>
    ) {
      (self.range, self.pixels, self.ratio, self.band) = (range, pixels, ratio, band)
    }
  }

  /// The bins that hold pixels, by rising std.
  public let bins: [Bin]

  /// Takes bins by rising std.
  public init(bins: [Bin]) { self.bins = bins }
}
