import Engine
import Statistics
import Tensors

extension Scene {
  /// What of the measurement depends on the image, for the posterior predictive check.
  ///
  /// - Parameters:
  ///   - sigma: the standard deviation of the noise, above 0.
  ///   - operators: where the scene's operator is from.
  public func measuredData(sigma: Double, operators: OperatorSource) throws -> MeasuredData {
    let black = try Tensor.full(0, shape: [1] + shape, device: measurement.device)
    let residuals = try (measurement - measurementOperator.apply(black)).doubles()
    return MeasuredData(
      isMeasured: try operators.measuredValues(measurementOperator, of: image),
      residuals: residuals.map { $0 / sigma })
  }

  /// T(x) = ‖y − A(x)‖²/σ² over the measured values, of an image in image units; nil for a linear operator,
  /// where nobody needs to ask whether the samples are one answer.
  public func discrepancy(
    sigma: Double, measured: MeasuredData
  ) -> (@Sendable ([Float]) throws -> Double)? {
    guard !(measurementOperator is any LinearOperator) else { return nil }
    return { image in
      let x = try Tensor(image.map { 2 * $0 - 1 }, shape: [1] + shape)
      let residuals = try (measurement - measurementOperator.apply(x.moved(to: measurement.device)))
        .doubles()
      let sum = residuals.reduce(0) { $0 + $1 * $1 }
      return max(0, sum / (sigma * sigma) - measured.unmeasuredDiscrepancy)
    }
  }
}
