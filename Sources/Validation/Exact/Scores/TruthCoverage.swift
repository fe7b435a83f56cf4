/// How often the interval between the least and the greatest of a few draws holds the truth.
///
/// A truth drawn from the prior and n exact draws given its measurement are exchangeable, so the
/// interval holds it with the probability (n − 1)/(n + 1). The pixels of one truth depend on each
/// other: the standard error is that of a mean over truths.
public struct TruthCoverage: Sendable, Equatable {
  /// Draws of each truth.
  public static let draws = 19
  /// 0.9.
  public static let nominal = Double(draws - 1) / Double(draws + 1)

  /// The fraction of pixels whose truth is inside, averaged over truths.
  public let fraction: Double
  /// Standard error of ``fraction``, from its spread over truths.
  public let standardError: Double

  /// - Parameters:
  ///   - truths: at least two.
  ///   - draws: for each truth ``draws`` rows of its length.
  init(truths: [[Float]], draws: [[Float]]) {
    let fractions = zip(truths, draws).map(Self.fraction)
    let count = Double(fractions.count)
    let mean = fractions.reduce(0, +) / count
    let variance = fractions.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    (fraction, standardError) = (mean, (variance / count).squareRoot())
  }

  /// Whether the nominal value is within 5 standard errors.
  ///
  /// An exact sampler fails with a probability of 2·10⁻⁶ for 100 truths and 8·10⁻⁵ for 20
  /// (Student's law with a degree of freedom less).
  public var isNominal: Bool { abs(fraction - Self.nominal) <= 5 * standardError }

  private static func fraction(_ truth: [Float], _ draws: [Float]) -> Double {
    let inside = truth.indices.count { pixel in
      let values = stride(from: pixel, to: draws.count, by: truth.count).map { draws[$0] }
      guard values.allSatisfy(\.isFinite), let low = values.min(), let high = values.max() else {
        return false
      }
      return low < truth[pixel] && truth[pixel] < high
    }
    return Double(inside) / Double(truth.count)
  }
}
