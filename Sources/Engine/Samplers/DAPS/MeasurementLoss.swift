import Tensors

/// ‖A(x) − y‖² of each row of x, and its gradient.
public struct MeasurementLoss: Sendable {
  public let measurementOperator: any MeasurementOperator
  /// y, [1, …] or one row for each of x.
  public let measurement: Tensor
  /// What every value of the gradient is limited to, ±; `nil` for no limit.
  public let gradientLimit: Double?

  public init(
    _ measurementOperator: any MeasurementOperator, measurement: Tensor,
    gradientLimit: Double? = nil
  ) {
    self.measurementOperator = measurementOperator
    self.measurement = measurement
    self.gradientLimit = gradientLimit
  }

  /// The loss of each row, [B].
  public func value(_ x: Tensor) throws -> Tensor {
    let residual = try measurementOperator.apply(x) - measurement
    return try residual.reshaped([x.shape[0], -1]).squared().sum(over: [1])
  }

  /// The loss of each row, and the gradient of each with respect to its row of x, limited.
  public func gradient(at x: Tensor) throws -> (loss: Tensor, gradient: Tensor) {
    let result = try valueAndGradient(at: x) { try value($0) }
    return (result.value, try limited(result.gradient))
  }

  /// A tensor, and what it is to be multiplied with to be the gradient: for a linear operator
  /// Aᵀ(A x − y) and 2, without a graph. A chain takes it hundreds of times between two evaluations of the
  /// network.
  public func gradientAlone(at x: Tensor) throws -> (factor: Double, tensor: Tensor) {
    guard let linear = measurementOperator as? any LinearOperator else {
      return (1, try gradient(at: x).gradient)
    }
    let half = try linear.normalResidual(x, measurement: measurement)
    return gradientLimit == nil ? (2, half) : (1, try limited(half * 2))
  }

  private func limited(_ gradient: Tensor) throws -> Tensor {
    try gradientLimit.map { try gradient.clamped(to: -$0...$0) } ?? gradient
  }
}
