/// How many values of a measurement say something of the image, and what the others add to residuals.
public struct MeasuredData: Sendable, Equatable {
  /// Values of the measurement, measured or not.
  public let values: Int
  /// M, those that depend on the image.
  public let measured: Int
  /// Σ(y − A(x))²/σ² over the others, where A(x) is the same for all x.
  public let unmeasuredDiscrepancy: Double

  /// - Parameters:
  ///   - isMeasured: one for each value of the measurement.
  ///   - residuals: (y − A(x))/σ of any image x, in the same order.
  public init(isMeasured: [Bool], residuals: [Double]) {
    values = isMeasured.count
    measured = isMeasured.count { $0 }
    unmeasuredDiscrepancy = zip(isMeasured, residuals).reduce(0) {
      $1.0 ? $0 : $0 + $1.1 * $1.1
    }
  }

  /// T = ‖y − A(x)‖²/σ² over the measured values of samples.
  ///
  /// - Parameter residuals: √mean((y − A(x))²)/σ of each sample, over all values.
  public func discrepancies(_ residuals: [Double]) -> [Double] {
    residuals.map { max(0, $0 * $0 * Double(values) - unmeasuredDiscrepancy) }
  }
}
