import TorchShim

// MARK: - Elementwise

extension Tensor {
  private func unary(_ operation: TorchShimUnary, _ name: String) throws -> Tensor {
    try Tensor(torch_shim_unary(operation, reference), name)
  }

  private static func binary(
    _ operation: TorchShimBinary, _ left: Tensor, _ right: Tensor, _ name: String
  ) throws -> Tensor {
    try Tensor(torch_shim_binary(operation, left.reference, right.reference), name)
  }

  private static func binary(
    _ operation: TorchShimBinary, _ left: Tensor, _ right: Double, _ name: String
  ) throws -> Tensor {
    try Tensor(torch_shim_binary_scalar(operation, left.reference, right), name)
  }

  /// Elementwise sum; shapes broadcast as in libtorch.
  public static func + (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryAdd, left, right, "+")
  }

  public static func + (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinaryAdd, left, right, "+")
  }

  /// Elementwise difference; shapes broadcast as in libtorch.
  public static func - (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinarySubtract, left, right, "-")
  }

  public static func - (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinarySubtract, left, right, "-")
  }

  /// Elementwise product; shapes broadcast as in libtorch.
  public static func * (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryMultiply, left, right, "*")
  }

  public static func * (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinaryMultiply, left, right, "*")
  }

  public static func * (left: Double, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryMultiply, right, left, "*")
  }

  /// Elementwise quotient; shapes broadcast as in libtorch.
  public static func / (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryDivide, left, right, "/")
  }

  public static func / (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinaryDivide, left, right, "/")
  }

  /// The larger of each pair of elements.
  public func maximum(_ other: Tensor) throws -> Tensor {
    try Self.binary(TorchShimBinaryMaximum, self, other, "maximum")
  }

  /// The smaller of each pair of elements.
  public func minimum(_ other: Tensor) throws -> Tensor {
    try Self.binary(TorchShimBinaryMinimum, self, other, "minimum")
  }

  /// Values limited to `range`; the gradient is 1 inside and at its ends, 0 outside.
  public func clamped(to range: ClosedRange<Double>) throws -> Tensor {
    try Tensor(torch_shim_clamp(reference, range.lowerBound, range.upperBound), "clamped")
  }

  public func negated() throws -> Tensor { try unary(TorchShimUnaryNegate, "negated") }
  public func absolute() throws -> Tensor { try unary(TorchShimUnaryAbsolute, "absolute") }
  public func squared() throws -> Tensor { try unary(TorchShimUnarySquare, "squared") }
  public func squareRoot() throws -> Tensor { try unary(TorchShimUnarySquareRoot, "squareRoot") }
  public func exponential() throws -> Tensor {
    try unary(TorchShimUnaryExponential, "exponential")
  }
  public func logarithm() throws -> Tensor { try unary(TorchShimUnaryLogarithm, "logarithm") }
  public func sine() throws -> Tensor { try unary(TorchShimUnarySine, "sine") }
  public func cosine() throws -> Tensor { try unary(TorchShimUnaryCosine, "cosine") }
  public func hyperbolicTangent() throws -> Tensor {
    try unary(TorchShimUnaryHyperbolicTangent, "hyperbolicTangent")
  }
  public func sigmoid() throws -> Tensor { try unary(TorchShimUnarySigmoid, "sigmoid") }

  /// x·sigmoid(x).
  public func silu() throws -> Tensor { try unary(TorchShimUnarySiLU, "silu") }
}

// MARK: - Products and reductions

extension Tensor {
  /// Matrix product over the last two dimensions; the others broadcast.
  public func matrixProduct(_ other: Tensor) throws -> Tensor {
    try Self.binary(TorchShimBinaryMatrixProduct, self, other, "matrixProduct")
  }

  private func reduce(
    _ operation: TorchShimReduction, _ dimensions: [Int], _ keep: Bool, _ name: String
  ) throws -> Tensor {
    try Tensor(
      torch_shim_reduce(
        operation, reference, dimensions.map(Int64.init), Int64(dimensions.count), keep), name)
  }

  /// Sum over `dimensions` (negative ones count from the end); `keeping` leaves them with extent 1.
  public func sum(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionSum, dimensions, keeping, "sum")
  }

  public func mean(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionMean, dimensions, keeping, "mean")
  }

  public func maximum(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionMaximum, dimensions, keeping, "maximum")
  }

  public func minimum(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionMinimum, dimensions, keeping, "minimum")
  }

  /// √Σx² over `dimensions`.
  public func euclideanNorm(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionEuclideanNorm, dimensions, keeping, "euclideanNorm")
  }

  /// log Σ exp x over `dimensions`.
  public func logSumExp(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionLogSumExp, dimensions, keeping, "logSumExp")
  }

  /// The `q`-quantile along one dimension, with linear interpolation.
  public func quantile(_ q: Double, along dimension: Int, keeping: Bool = false) throws -> Tensor {
    try Tensor(torch_shim_quantile(reference, q, Int64(dimension), keeping), "quantile")
  }

  public func softmax(along dimension: Int) throws -> Tensor {
    try Tensor(torch_shim_softmax(reference, Int64(dimension)), "softmax")
  }
}
