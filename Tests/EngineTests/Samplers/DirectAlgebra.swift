import Foundation
import LinearAlgebra
import Tensors

@testable import Engine

/// Plain float64 linear algebra, written apart from the engine's.
enum DirectAlgebra {
  /// A⁻¹ and log|det A| by elimination with row exchanges.
  static func inverse(_ matrix: Matrix) -> (inverse: Matrix, logDeterminant: Double) {
    let n = matrix.rows
    var rows = (0..<n).map { i in
      (0..<n).map { matrix[i, $0] } + (0..<n).map { $0 == i ? 1.0 : 0 }
    }
    var logDeterminant = 0.0
    for column in 0..<n {
      let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) }!
      rows.swapAt(column, pivot)
      let scale = rows[column][column]
      logDeterminant += log(abs(scale))
      for k in column..<2 * n { rows[column][k] /= scale }
      for row in 0..<n where row != column && rows[row][column] != 0 {
        let factor = rows[row][column]
        for k in column..<2 * n { rows[row][k] -= factor * rows[column][k] }
      }
    }
    return (
      Matrix(rows: n, columns: n, elements: rows.flatMap { $0[n...] }), logDeterminant
    )
  }

  /// The operator as a matrix [measurements, pixels], from one unit image a column.
  static func matrix(_ operation: any LinearOperator, shape: [Int]) throws -> Matrix {
    let size = shape.reduce(1, *)
    let columns = try (0..<size).map { pixel in
      var unit = [Float](repeating: 0, count: size)
      unit[pixel] = 1
      return try operation.apply(Tensor(unit, shape: [1] + shape)).doubles()
    }
    return Matrix(rows: size, columns: columns[0].count, elements: columns.flatMap { $0 })
      .transposed
  }

  /// N(m, Σ) given y = Ax + σz in information form: C = (Σ⁻¹ + AᵀA/σ²)⁻¹, m + C·Aᵀ(y − Am)/σ².
  static func posterior(
    mean: [Double], covariance: Matrix, forward: Matrix, y: [Double], sigma: Double
  ) throws -> (mean: [Double], covariance: Matrix) {
    var information = inverse(covariance).inverse
    let gram = try forward.transposed * forward
    for i in information.elements.indices {
      information.elements[i] += gram.elements[i] / (sigma * sigma)
    }
    let posterior = inverse(information).inverse
    let residual = try zip(y, forward * mean).map { ($0 - $1) / (sigma * sigma) }
    let shift = try posterior * (forward.transposed * residual)
    return (zip(mean, shift).map { $0 + $1 }, posterior)
  }

  /// log N(y; Am, AΣAᵀ + σ²I).
  static func logEvidence(
    mean: [Double], covariance: Matrix, forward: Matrix, y: [Double], sigma: Double
  ) throws -> Double {
    var marginal = try forward * covariance * forward.transposed
    for i in 0..<marginal.rows { marginal[i, i] += sigma * sigma }
    let (inverse, logDeterminant) = inverse(marginal)
    let residual = try zip(y, forward * mean).map { $0 - $1 }
    let distance = try zip(residual, inverse * residual).reduce(0) { $0 + $1.0 * $1.1 }
    return -0.5 * (distance + logDeterminant + Double(y.count) * log(2 * .pi))
  }
}

/// Whether draws have the moments they should have.
///
/// Means are compared in standard errors; variances by Wilson and Hilferty's normal form of the χ²
/// law. A normal exceeds 5.5 once in 2.6·10⁷, so 200 comparisons of right draws are refused for one
/// seed in 10⁵; seeds are fixed.
struct MomentCheck {
  static let limit = 5.5
  /// Largest deviations in standard errors.
  private(set) var meanDeviation = 0.0
  private(set) var varianceDeviation = 0.0

  var passes: Bool { meanDeviation < Self.limit && varianceDeviation < Self.limit }

  /// - Parameter draws: numbers of one quantity, as many arrays as quantities.
  init(_ draws: [[Double]], means: [Double], variances: [Double]) {
    for ((values, mean), variance) in zip(zip(draws, means), variances) {
      add(values, mean: mean, variance: variance)
    }
  }

  private mutating func add(_ values: [Double], mean: Double, variance: Double) {
    let count = Double(values.count)
    let own = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - own) * ($1 - own) }
    let freedom = count - 1
    let spread = 2 / (9 * freedom)
    let ratio = squares / freedom / variance
    meanDeviation = max(meanDeviation, abs(own - mean) / (variance / count).squareRoot())
    varianceDeviation = max(
      varianceDeviation, abs(cbrt(ratio) - (1 - spread)) / spread.squareRoot())
  }
}
