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
}
