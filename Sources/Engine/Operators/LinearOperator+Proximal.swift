import Tensors

extension LinearOperator {
  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    // As a correction of c: its sums are of y − A c, which is small where c fits the data. Those of Aᵀy and AᵀA c are not.
    let missing = try y - apply(center)
    let right = try adjoint(missing) / variance
    let gain = try adjoint(y).rowNorms / (y.rowNorms + 1e-30)
    let rounding = try missing.rowNorms * gain * (ConjugateGradients.rounding / variance)
    return try center
      + ConjugateGradients().solve(right, from: right * 0, rounding: rounding) {
        try normal($0) / variance + $0 * precision
      }
  }
}

extension Tensor {
  /// ‖·‖ of each row, [B, 1, …].
  fileprivate var rowNorms: Tensor {
    get throws {
      let scalars = [shape[0]] + [Int](repeating: 1, count: rank - 1)
      return try reshaped([shape[0], -1]).euclideanNorm(over: [1]).reshaped(scalars)
    }
  }
}

/// Conjugate gradients for M z = b with M symmetric and positive definite, each row on its own.
///
/// A row stands still once its residual is small, so that its result does not depend on how long
/// its neighbours take.
public struct ConjugateGradients: Sendable {
  /// What sums of a thousand products in float32 are off by, relative to what they are of.
  static let rounding = 2e-6

  /// A row is done when ‖b − M z‖ ≤ tolerance·max(‖b‖, ‖b − M z₀‖), as b and M z₀ are sums with ``rounding``. Below that
  /// there is rounding only, which directions of small eigenvalues would divide by these.
  public var tolerance: Double
  var iterations: Int

  public init(tolerance: Double = 1e-5, iterations: Int = 200) {
    self.tolerance = tolerance
    self.iterations = iterations
  }

  /// Solves M z = b.
  ///
  /// - Parameters:
  ///   - right: b, [B, …].
  ///   - start: where z starts, in the shape of b.
  ///   - rounding: ‖b − M z‖ at which a row is done in any case, [B, 1, …]: for a b that is itself a difference of
  ///     larger numbers.
  ///   - matrix: M, applied to each row.
  public func solve(
    _ right: Tensor, from start: Tensor, rounding: Tensor? = nil,
    matrix: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let rows = right.shape[0]
    let scalars = [rows] + [Int](repeating: 1, count: right.rank - 1)
    let dot = { (a: Tensor, b: Tensor) in
      try (a * b).reshaped([rows, -1]).sum(over: [1]).reshaped(scalars)
    }
    var z = try start.expanded(right.shape)
    var residual = try right - matrix(z)
    var direction = residual
    var energy = try dot(residual, residual)
    let scale = try dot(right, right).maximum(energy) * (tolerance * tolerance)
    let limit = try rounding.map { try scale.maximum($0.squared()) } ?? scale
    let zero = try limit * 0
    for _ in 0..<iterations {
      let settled = try energy.isAtMost(limit)
      if try settled.floats().allSatisfy({ $0 == 1 }) { break }
      let image = try matrix(direction)
      let curvature = try dot(direction, image)
      let step = try settled.choosing(zero, else: energy / curvature)
      z = try z + direction * step
      residual = try residual - image * step
      let next = try dot(residual, residual)
      direction = try residual + direction * settled.choosing(zero, else: next / energy)
      energy = try settled.choosing(energy, else: next)
    }
    return z
  }
}
