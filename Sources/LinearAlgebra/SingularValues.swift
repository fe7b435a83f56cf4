import OpenBLASShim

/// The singular value decomposition of a matrix: A = U·diag(σ)·Vᵀ with as many σ as its smaller side.
public struct SingularValues: Sendable {
  /// Descending.
  public let values: [Double]
  /// U, the left singular vectors as columns.
  public let left: Matrix
  /// Vᵀ, the right singular vectors as rows.
  public let right: Matrix

  /// Decomposes `matrix` (LAPACK `dgesdd`).
  ///
  /// - Throws: ``LinearAlgebraError/noConvergence`` or ``LinearAlgebraError/noLibrary(_:)``.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    try LinearAlgebraError.checkLibrary()
    let rank = min(matrix.rows, matrix.columns)
    var values = [Double](repeating: 0, count: rank)
    var left = Matrix(rows: matrix.rows, columns: rank)
    var right = Matrix(rows: rank, columns: matrix.columns)
    var elements = matrix.elements
    let status = openblas_shim_singular_values(
      Int32(matrix.rows), Int32(matrix.columns), &elements, &left.elements, &values,
      &right.elements)
    guard status == 0 else { throw .noConvergence }
    self.values = values
    self.left = left
    self.right = right
  }
}
