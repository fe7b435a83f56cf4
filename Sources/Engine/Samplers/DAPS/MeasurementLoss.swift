import Tensors

/// ‖A(x) − y‖² of each row of x, and its gradient.
public struct MeasurementLoss: Sendable {
  let measurementOperator: any MeasurementOperator
  /// y, [1, …] or one row for each of x.
  public let measurement: Tensor
  /// What every value of the gradient is limited to, ±; `nil` for no limit.
  public let gradientLimit: Double?
  /// Aᵀy of a linear A, once somebody asked for it.
  private let adjointMeasurement: Deferred<Tensor>

  public init(
    _ measurementOperator: any MeasurementOperator, measurement: Tensor,
    gradientLimit: Double? = nil
  ) {
    self.measurementOperator = measurementOperator
    self.measurement = measurement
    self.gradientLimit = gradientLimit
    adjointMeasurement = Deferred()
  }

  /// The loss of a problem, which keeps Aᵀy for all that are made of it.
  init(_ problem: InverseProblem, gradientLimit: Double?) {
    measurementOperator = problem.measurementOperator
    measurement = problem.measurement
    adjointMeasurement = problem.adjointMeasurement
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

  /// Terms that add up to the gradient: of a linear operator 2·AᵀA x and −2·Aᵀy, without a graph. A chain
  /// takes them hundreds of times between two evaluations of the network, and Aᵀy stays the same. Their
  /// sum keeps the rounding of both, of the order of 2⁻²⁴: no stable step moves x by more than a few of that.
  public func gradientTerms(at x: Tensor) throws -> [(weight: Double, tensor: Tensor)] {
    guard let linear = measurementOperator as? any LinearOperator else {
      return [(1, try gradient(at: x).gradient)]
    }
    let wanted = try adjointMeasurement { try linear.adjoint(measurement) }
    let terms = [(weight: 2.0, tensor: try linear.normal(x)), (-2, wanted)]
    return gradientLimit == nil ? terms : [(1, try limited(.weightedSum(terms)))]
  }

  private func limited(_ gradient: Tensor) throws -> Tensor {
    try gradientLimit.map { try gradient.clamped(to: -$0...$0) } ?? gradient
  }
}
