import COpenBLAS
import Foundation

/// Why a factorisation failed.
public enum LinearAlgebraError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The matrix is not positive definite: its leading minor of this order is not.
  case notPositiveDefinite(order: Int)
  /// The eigenvalue iteration did not converge.
  case noConvergence

  public var description: String {
    switch self {
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite (its leading minor of order \(order) is not)"
    case .noConvergence:
      "the eigenvalues of the matrix did not converge"
    }
  }
}

/// Eigenvalues and eigenvectors of a symmetric matrix: A = V·diag(λ)·Vᵀ.
public struct SymmetricEigen: Sendable {
  /// Ascending.
  public let values: [Double]
  /// The eigenvectors as columns.
  public let vectors: Matrix

  /// Decomposes `matrix`, of which the upper triangle is read (LAPACK `dsyevd`).
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    var order = Int32(matrix.rows)
    var basis = matrix.elements
    var values = [Double](repeating: 0, count: matrix.rows)
    var status: Int32 = 0
    var size: Int32 = -1
    var integerSize: Int32 = -1
    var work = [0.0]
    var integerWork: [Int32] = [0]
    // The first call asks for the work space, the second one works.
    for _ in 0..<2 {
      dsyevd_(
        "V", "L", &order, &basis, &order, &values, &work, &size, &integerWork, &integerSize,
        &status)
      guard status == 0 else { throw .noConvergence }
      if size >= 0 { break }
      size = Int32(work[0])
      integerSize = integerWork[0]
      work = [Double](repeating: 0, count: Int(size))
      integerWork = [Int32](repeating: 0, count: Int(integerSize))
    }
    self.values = values
    // LAPACK stores eigenvectors as columns in column-major order: as rows, seen from here.
    vectors = Matrix(rows: matrix.rows, columns: matrix.rows, elements: basis).transposed
  }
}

/// The Cholesky factor of a symmetric positive definite matrix.
public struct Cholesky: Sendable {
  /// Lower triangular L with A = L·Lᵀ.
  public let factor: Matrix

  /// Factors `matrix` (LAPACK `dpotrf`).
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    var order = Int32(matrix.rows)
    var elements = matrix.elements
    var status: Int32 = 0
    // The upper triangle in column-major order is the lower one in row-major order.
    dpotrf_("U", &order, &elements, &order, &status)
    guard status == 0 else { throw .notPositiveDefinite(order: Int(status)) }
    var lower = Matrix(rows: matrix.rows, columns: matrix.rows)
    for row in 0..<matrix.rows {
      for column in 0...row { lower[row, column] = elements[row * matrix.rows + column] }
    }
    factor = lower
  }

  /// log det A.
  public var logDeterminant: Double {
    2 * (0..<factor.rows).reduce(0) { $0 + log(factor[$1, $1]) }
  }

  /// The solution X of A·X = B.
  public func solve(_ right: Matrix) -> Matrix {
    var order = Int32(factor.rows)
    var count = Int32(right.columns)
    var columns = right.transposed.elements
    var status: Int32 = 0
    dpotrs_("U", &order, &count, factor.elements, &order, &columns, &order, &status)
    return Matrix(rows: right.columns, columns: right.rows, elements: columns).transposed
  }

  /// L⁻¹·b, by forward substitution.
  public func whiten(_ vector: [Double]) -> [Double] {
    var result = vector
    for row in 0..<factor.rows {
      for column in 0..<row { result[row] -= factor[row, column] * result[column] }
      result[row] /= factor[row, row]
    }
    return result
  }
}
