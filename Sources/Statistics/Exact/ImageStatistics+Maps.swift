extension ImageStatistics {
  /// The mean per pixel; NaN for no sample.
  public func mean() -> [Float] {
    sums.map { Float($0.mean(count: count)) }
  }

  /// The standard deviation per pixel, with n − 1; exactly 0 for equal samples, NaN for n < 2.
  public func standardDeviation() -> [Float] {
    sums.map { Float($0.standardDeviation(count: count)) }
  }

  /// The Monte Carlo standard error of the mean per pixel, std/√n; NaN for n < 2.
  public func monteCarloError() -> [Float] {
    let root = Double(count).squareRoot()
    return sums.map { Float($0.standardDeviation(count: count) / root) }
  }

  /// The Monte Carlo error of the mean image: the root mean square over pixels of std/√n.
  ///
  /// Its square is the expected squared error of ``mean()``, averaged over pixels, that comes from
  /// having n samples only. Summed in the order of the pixels, so equal statistics give equal bits.
  /// - Returns: image units; NaN for n < 2 or no pixels.
  public func monteCarloErrorOfMean() -> Double {
    let variance = sums.reduce(0.0) { total, sum in
      let deviation = sum.standardDeviation(count: count)
      return total + deviation * deviation
    }
    return (variance / Double(pixelCount) / Double(count)).squareRoot()
  }

  /// The quantile per pixel, from samples rounded to levels k/255 and clamped to [0, 1].
  ///
  /// With the sorted levels x₀ ≤ … ≤ xₙ₋₁, h = (n − 1)·p and k = ⌊h⌋ it is
  /// xₖ + (h − k)·(xₖ₊₁ − xₖ), as in numpy's default. It never falls as p grows, and is within
  /// 1/510 (plus rounding of the `Float`, 1e-7) of the same formula on the clamped samples.
  ///
  /// - Parameter probability: p, 0 to 1.
  /// - Returns: `pixelCount` values in [0, 1]; NaN for no sample.
  /// - Throws: `levelsNotKept`, `probability`.
  public func quantile(_ probability: Double) throws(StatisticsError) -> [Float] {
    guard let levels else { throw .levelsNotKept }
    guard (0...1).contains(probability) else { throw .probability(probability) }
    return levels.quantile(probability)
  }

  /// The smallest sample per pixel; NaN for no sample, nil if extrema are not kept.
  public func minimum() -> [Float]? {
    extrema.map { count == 0 ? nothing : $0.minimum }
  }

  /// The largest sample per pixel; NaN for no sample, nil if extrema are not kept.
  public func maximum() -> [Float]? {
    extrema.map { count == 0 ? nothing : $0.maximum }
  }

  private var nothing: [Float] { Array(repeating: .nan, count: pixelCount) }
}
