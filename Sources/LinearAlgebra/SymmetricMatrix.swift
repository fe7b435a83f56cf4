import Foundation
import OpenBLASShim

/// Why a factorisation failed.
public enum LinearAlgebraError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The matrix is not positive definite: its leading minor of this order is not.
  case notPositiveDefinite(order: Int)
  /// The eigenvalue iteration did not converge.
  case noConvergence
  /// OpenBLAS cannot be loaded; the loader's words.
  case noLibrary(String)

  public var description: String {
    switch self {
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite (its leading minor of order \(order) is not)"
    case .noConvergence:
      "the eigenvalues of the matrix did not converge"
    case .noLibrary(let reason):
      "OpenBLAS cannot be loaded (\(reason)); install it (Debian: libopenblas0)"
    }
  }

  static func checkLibrary() throws(LinearAlgebraError) {
    if let problem = openblas_shim_open() { throw .noLibrary(String(cString: problem)) }
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
    try LinearAlgebraError.checkLibrary()
    var basis = matrix.elements
    var values = [Double](repeating: 0, count: matrix.rows)
    let status = openblas_shim_eigen(Int32(matrix.rows), &basis, &values)
    guard status == 0 else { throw .noConvergence }
    self.values = values
    // LAPACK stores eigenvectors as columns in column-major order: as rows, seen from here.
    vectors = Matrix(rows: matrix.rows, columns: matrix.rows, elements: basis).transposed
  }

  /// F = V·diag(√λ), so that A = F·Fᵀ; eigenvalues below 0, which are rounding in a covariance, count as 0.
  public var factor: Matrix {
    var factor = vectors
    for row in 0..<factor.rows {
      for column in 0..<factor.columns {
        factor[row, column] *= max(0, values[column]).squareRoot()
      }
    }
    return factor
  }
}

/// The Cholesky factor of a symmetric positive definite matrix.
public struct Cholesky: Sendable {
  /// Lower triangular L with A = L·Lᵀ.
  public let factor: Matrix

  /// Factors `matrix` (LAPACK `dpotrf`).
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try LinearAlgebraError.checkLibrary()
    var elements = matrix.elements
    // The upper triangle in column-major order is the lower one in row-major order.
    let status = openblas_shim_cholesky(Int32(matrix.rows), &elements)
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
    var columns = right.transposed.elements
    _ = openblas_shim_solve(Int32(factor.rows), Int32(right.columns), factor.elements, &columns)
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
