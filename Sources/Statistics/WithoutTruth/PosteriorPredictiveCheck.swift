/// Whether the samples of an image explain its measurement as well as the truth would.
///
/// The discrepancy is T(x) = ‖y − A(x)‖²/σ² over the M values that were measured, the noise being
/// normal of standard deviation σ. Measurements y_rep made of a sample x_k have T ~ χ²_M whatever x_k
/// is, so each sample gives p_k = P(χ²_M ≥ T(x_k)), and the p-value of an image is their mean (Gelman,
/// Meng and Stern, Statistica Sinica 1996). It needs no truth.
///
/// If the samples are from the posterior, (y, x_k) has the law of (y, truth), and each p_k alone is
/// uniform over images. A mean of uniform numbers that depend on each other is at most twice as often
/// below α as a uniform number (Rüschendorf 1982; Meng, Annals of Statistics 1994), hence the factor 2
/// in ``conservative``.
///
/// Near 0 the residual is too large: the samples contradict the data. Near 1 it is too small: they
/// follow the noise. In between nothing is proven: what the data do not see is not tested, and other
/// modes that explain the data as well are not found.
public struct PosteriorPredictiveCheck: Sendable, Equatable {
  /// The share of false ones among the images that are flagged, on average at most.
  public static let falseDiscoveryRate = 0.05

  /// What the data say of the samples of an image.
  public enum Finding: String, Sendable, CaseIterable {
    case agrees = "ok"
    case residualTooLarge = "too-large"
    case residualTooSmall = "too-small"
  }

  /// The mean over samples of P(χ²_M ≥ T).
  public let pValue: Double

  /// Nothing without samples or measurements.
  ///
  /// - Parameters:
  ///   - discrepancies: T of each sample, at least 0.
  ///   - measurements: M.
  public init?(discrepancies: [Double], measurements: Int) {
    guard !discrepancies.isEmpty, measurements > 0 else { return nil }
    let degrees = Double(measurements)
    let tails = discrepancies.map { ChiSquare.upperTail($0, degreesOfFreedom: degrees) }
    pValue = tails.reduce(0, +) / Double(tails.count)
  }

  /// A p-value for both sides, valid for a mean of dependent p-values: 4·min(p, 1 − p), at most 1.
  public var conservative: Double { min(1, 4 * min(pValue, 1 - pValue)) }

  /// The findings of all images of a run.
  ///
  /// An image is flagged if ``conservative`` passes the step-up rule of Benjamini and Hochberg (J. R.
  /// Stat. Soc. B 1995) over all images, whose measurements are independent of each other.
  /// - Parameter checks: one an image, nil where nothing can be said.
  public static func findings(
    _ checks: [PosteriorPredictiveCheck?], rate: Double = falseDiscoveryRate
  ) -> [Finding?] {
    let threshold = rejectionThreshold(checks.compactMap { $0?.conservative }, rate: rate)
    return checks.map { check in
      guard let check, !check.pValue.isNaN else { return nil }
      guard let threshold, check.conservative <= threshold else { return .agrees }
      return check.pValue < 0.5 ? .residualTooLarge : .residualTooSmall
    }
  }

  /// The largest p-value that is rejected: the last of p_(1) ≤ p_(2) … with p_(i) ≤ rate·i/n.
  private static func rejectionThreshold(_ pValues: [Double], rate: Double) -> Double? {
    let sorted = pValues.filter { !$0.isNaN }.sorted()
    return sorted.enumerated().last { index, value in
      value <= rate * Double(index + 1) / Double(sorted.count)
    }?.element
  }
}
