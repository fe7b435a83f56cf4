import Foundation

/// Squared errors of an image's mean by the std of its pixels, beside what they come to if the samples are right.
///
/// To compare errors with the std they are sorted by is not fair: a std that came out small by chance goes with
/// an error that did not. But the mean of σ² over pixels whose estimate s² of it lies in [a, b) follows from the
/// law of s² over all pixels, whatever that of σ is. For n normal samples s² is gamma distributed with ν = n − 1
/// degrees of freedom, whose density f satisfies d/du [u^(1−ν/2) f(u | σ)] = −ν/(2σ²)·u^(1−ν/2) f(u | σ). So
///
///     E[σ²; a ≤ s² < b] = E[s²·((min(s², b)/s²)^(ν/2) − (min(s², a)/s²)^(ν/2))]
///
/// and each pixel stands for what it is in its own bin, and for what it might have been in those below.
struct ErrorsByStd: Sendable {
  /// What the pixels of a bin come to.
  struct Sum: Sendable {
    /// Σ(truth − mean)².
    var error = 0.0
    /// The expectation of `error`, from the pixels of this bin and those above.
    var expected = 0.0
    var pixels = 0
  }

  /// One for each of ``StdBins``.
  private(set) var sums = [Sum](repeating: Sum(), count: StdBins.count)

  /// Pixels whose samples are all equal, or of one sample only, are left out.
  init(_ statistics: ImageStatistics, truth: [Float]) {
    for pixel in truth.indices {
      let sum = statistics.sums[pixel]
      let std = sum.standardDeviation(count: statistics.count)
      guard std > 0 else { continue }
      add(
        error: Double(truth[pixel]) - sum.mean(count: statistics.count), std: std,
        samples: Double(statistics.count))
    }
  }

  private mutating func add(error: Double, std: Double, samples n: Double) {
    let bin = StdBins.bin(of: std)
    sums[bin].error += error * error
    sums[bin].pixels += 1
    // The mean of n samples is off by σ²/n itself.
    let variance = (1 + 1 / n) * std * std
    let step = exp2(-(n - 1) / 2)
    var above = 1.0
    var below = bin == 0 ? 0 : pow(StdBins.range(of: bin).lowerBound / std, n - 1)
    for bin in (0...bin).reversed() where above > 0 {
      sums[bin].expected += variance * (above - below)
      above = below
      below = bin == 1 ? 0 : below * step
    }
  }
}
