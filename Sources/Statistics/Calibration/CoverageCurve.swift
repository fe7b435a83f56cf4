/// Observed against nominal coverage: how often central intervals hold the truth.
public struct CoverageCurve: Sendable, Equatable {
  /// One nominal level.
  public struct Point: Sendable, Equatable {
    /// The probability the interval claims, in (0, 1).
    public let nominal: Double
    /// The fraction of truths inside.
    public let observed: Double
    /// Where the fraction lies in 95 % of the bootstrap replicates over images.
    public let band: ClosedRange<Double>

    /// Puts a point together.
    public init(nominal: Double, observed: Double, band: ClosedRange<Double>) {
      (self.nominal, self.observed, self.band) = (nominal, observed, band)
    }
  }

  /// The points, by rising nominal level.
  public let points: [Point]

  /// Takes points by rising nominal level.
  public init(points: [Point]) { self.points = points }
}
