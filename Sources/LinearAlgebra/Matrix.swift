import OpenBLASShim

/// A dense matrix in row-major order, float64.
public struct Matrix: Sendable, Equatable {
  /// How many stretches of ``columns`` values ``elements`` has; may be 0.
  public let rows: Int
  /// How many values a row has; may be 0.
  public let columns: Int
  /// rows·columns values, row by row.
  public var elements: [Double]

  /// - Precondition: `elements` has rows·columns entries.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(elements.count == rows * columns, "a \(rows)×\(columns) matrix")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(
      rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  /// The value at `row` and `column`, both from 0; a column past the last is not noticed.
  @inlinable public subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// The transposed matrix.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The matrix product, by OpenBLAS.
  ///
  /// - Throws: ``LinearAlgebraError/noLibrary(_:)``.
  public static func * (left: Matrix, right: Matrix) throws(LinearAlgebraError) -> Matrix {
    precondition(left.columns == right.rows, "inner dimensions of a product")
    try LinearAlgebraError.checkLibrary()
    var result = Matrix(rows: left.rows, columns: right.columns)
    openblas_shim_multiply(
      Int32(left.rows), Int32(right.columns), Int32(left.columns), left.elements, right.elements,
      &result.elements)
    return result
  }

  /// The matrix applied to a vector.
  ///
  /// - Throws: ``LinearAlgebraError/noLibrary(_:)``.
  public static func * (left: Matrix, right: [Double]) throws(LinearAlgebraError) -> [Double] {
    try (left * Matrix(rows: right.count, columns: 1, elements: right)).elements
  }
}
