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

  /// `right` added to each element.
  public static func + (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinaryAdd, left, right, "+")
  }

  /// Elementwise difference; shapes broadcast as in libtorch.
  public static func - (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinarySubtract, left, right, "-")
  }

  /// `right` taken from each element.
  public static func - (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinarySubtract, left, right, "-")
  }

  /// Elementwise product; shapes broadcast as in libtorch.
  public static func * (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryMultiply, left, right, "*")
  }

  /// Each element times `right`.
  public static func * (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinaryMultiply, left, right, "*")
  }

  /// `left` times each element.
  public static func * (left: Double, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryMultiply, right, left, "*")
  }

  /// Elementwise quotient; shapes broadcast as in libtorch.
  public static func / (left: Tensor, right: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryDivide, left, right, "/")
  }

  /// Each element over `right`.
  public static func / (left: Tensor, right: Double) throws -> Tensor {
    try binary(TorchShimBinaryDivide, left, right, "/")
  }

  /// Σ weight·tensor over `terms` of one shape and device, in the type of the first.
  ///
  /// A later term may have one row, [1, …], which then stands for every row. Products are added up in the
  /// order of the terms in float64 and rounded once. On the CPU it is one pass over memory, with the same
  /// bits on every processor.
  /// - Throws: ``TensorError`` if there is no term or the shapes do not fit.
  public static func weightedSum(_ terms: [(weight: Double, tensor: Tensor)]) throws -> Tensor {
    try withReferences(terms.map(\.tensor)) {
      try Tensor(
        torch_shim_weighted_sum($0, terms.map(\.weight), Int64(terms.count)), "weightedSum")
    }
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

  /// −x of each element.
  public func negated() throws -> Tensor { try unary(TorchShimUnaryNegate, "negated") }

  /// |x| of each element, for complex ones the modulus; the gradient at 0 is 0.
  public func absolute() throws -> Tensor { try unary(TorchShimUnaryAbsolute, "absolute") }

  /// x² of each element.
  public func squared() throws -> Tensor { try unary(TorchShimUnarySquare, "squared") }

  /// √x of each element; NaN below 0.
  public func squareRoot() throws -> Tensor { try unary(TorchShimUnarySquareRoot, "squareRoot") }

  /// eˣ of each element.
  public func exponential() throws -> Tensor {
    try unary(TorchShimUnaryExponential, "exponential")
  }

  /// The natural logarithm of each element; −∞ at 0, NaN below.
  public func logarithm() throws -> Tensor { try unary(TorchShimUnaryLogarithm, "logarithm") }

  /// sin x of each element, in radians.
  public func sine() throws -> Tensor { try unary(TorchShimUnarySine, "sine") }

  /// cos x of each element, in radians.
  public func cosine() throws -> Tensor { try unary(TorchShimUnaryCosine, "cosine") }

  /// tanh x of each element.
  public func hyperbolicTangent() throws -> Tensor {
    try unary(TorchShimUnaryHyperbolicTangent, "hyperbolicTangent")
  }

  /// 1/(1 + e⁻ˣ) of each element.
  public func sigmoid() throws -> Tensor { try unary(TorchShimUnarySigmoid, "sigmoid") }

  /// max(x, 0); the gradient at 0 is 0.
  public func relu() throws -> Tensor { try unary(TorchShimUnaryReLU, "relu") }

  /// The nearest whole number, halves to the even one; the gradient is 0.
  public func rounded() throws -> Tensor { try unary(TorchShimUnaryRound, "rounded") }

  /// x·sigmoid(x).
  public func silu() throws -> Tensor { try unary(TorchShimUnarySiLU, "silu") }
}

// MARK: - Complex numbers

extension Tensor {
  /// The complex numbers `real` + i·`imaginary`.
  public static func complex(real: Tensor, imaginary: Tensor) throws -> Tensor {
    try binary(TorchShimBinaryComplex, real, imaginary, "complex")
  }

  /// Re z of each complex element.
  public func realPart() throws -> Tensor { try unary(TorchShimUnaryRealPart, "realPart") }

  /// Im z of each complex element.
  public func imaginaryPart() throws -> Tensor {
    try unary(TorchShimUnaryImaginaryPart, "imaginaryPart")
  }

  /// Re z − i·Im z of each complex element.
  public func conjugate() throws -> Tensor { try unary(TorchShimUnaryConjugate, "conjugate") }

  /// The discrete Fourier transform over the last two dimensions, complex.
  ///
  /// - Parameter orthonormal: whether it is scaled by 1/√(H·W) in both directions; else the inverse
  ///   alone is scaled, by 1/(H·W).
  public func fourierTransform(orthonormal: Bool = false) throws -> Tensor {
    try Tensor(torch_shim_fft2(reference, false, orthonormal), "fourierTransform")
  }

  /// The inverse of ``fourierTransform(orthonormal:)``, complex.
  public func inverseFourierTransform(orthonormal: Bool = false) throws -> Tensor {
    try Tensor(torch_shim_fft2(reference, true, orthonormal), "inverseFourierTransform")
  }

  /// The half of ``fourierTransform(orthonormal:)`` of real numbers that determines the other: columns
  /// 0 … W/2 of W, complex. It takes half the time and memory.
  public func realFourierTransform() throws -> Tensor {
    try Tensor(torch_shim_real_fft2(reference), "realFourierTransform")
  }

  /// The inverse of ``realFourierTransform()``, real.
  ///
  /// - Parameter width: W, which the half does not tell.
  public func inverseRealFourierTransform(width: Int) throws -> Tensor {
    try Tensor(
      torch_shim_inverse_real_fft2(reference, Int64(width)), "inverseRealFourierTransform")
  }
}

// MARK: - Choices

extension Tensor {
  /// Where the elements are below those of `other`; of type bool.
  public func isLess(than other: Tensor) throws -> Tensor {
    try Self.binary(TorchShimBinaryLess, self, other, "isLess")
  }

  /// Where the elements are below `number`; of type bool.
  public func isLess(than number: Double) throws -> Tensor {
    try Self.binary(TorchShimBinaryLess, self, number, "isLess")
  }

  /// Where the elements are at most those of `other`; of type bool.
  public func isAtMost(_ other: Tensor) throws -> Tensor {
    try Self.binary(TorchShimBinaryLessOrEqual, self, other, "isAtMost")
  }

  /// Where the elements are at most `number`; of type bool.
  public func isAtMost(_ number: Double) throws -> Tensor {
    try Self.binary(TorchShimBinaryLessOrEqual, self, number, "isAtMost")
  }

  /// The elements of `yes` where this tensor (of type bool) is true, else those of `no`.
  public func choosing(_ yes: Tensor, else no: Tensor) throws -> Tensor {
    try Tensor(torch_shim_where(reference, yes.reference, no.reference), "choosing")
  }
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

  /// Mean over `dimensions`, which count as in ``sum(over:keeping:)``.
  public func mean(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionMean, dimensions, keeping, "mean")
  }

  /// The largest element over `dimensions`, which count as in ``sum(over:keeping:)``.
  public func maximum(over dimensions: [Int], keeping: Bool = false) throws -> Tensor {
    try reduce(TorchShimReductionMaximum, dimensions, keeping, "maximum")
  }

  /// The smallest element over `dimensions`, which count as in ``sum(over:keeping:)``.
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

  /// eˣ over its sum along one dimension.
  public func softmax(along dimension: Int) throws -> Tensor {
    try Tensor(torch_shim_softmax(reference, Int64(dimension)), "softmax")
  }
}
