import Tensors

/// A sparse matrix A with its transpose laid out as well, so that both products run over rows.
public struct SparseMatrix: Sendable {
  let rows: SparseRows
  let columns: SparseRows

  var rowCount: Int { rows.rowCount }
  var columnCount: Int { rows.columnCount }

  public init(_ rows: SparseRows) throws {
    self.rows = rows
    self.columns = try rows.transposed()
  }

  /// The matrix whose transpose is given.
  public init(transposed columns: SparseRows) throws {
    self.rows = try columns.transposed()
    self.columns = columns
  }

  private init(rows: SparseRows, columns: SparseRows) {
    self.rows = rows
    self.columns = columns
  }

  /// A x for each row x of [B, columnCount]; gradients flow to `x`.
  public func apply(_ x: Tensor) throws -> Tensor {
    try x.giving(x.product(with: rows)) { [columns] in try $0.product(with: columns) }
  }

  /// Aᵀ y for each row y of [B, rowCount]; gradients flow to `y`.
  public func adjoint(_ y: Tensor) throws -> Tensor {
    try y.giving(y.product(with: columns)) { [rows] in try $0.product(with: rows) }
  }

  /// The matrix with every value multiplied by `factor`.
  public func scaled(by factor: Double) throws -> SparseMatrix {
    SparseMatrix(rows: try rows.scaled(by: factor), columns: try columns.scaled(by: factor))
  }
}

extension SparseRows {
  fileprivate func scaled(by factor: Double) throws -> SparseRows {
    let scaled: Values =
      switch values {
      case .float(let values): .float(values.map { Float(Double($0) * factor) })
      case .double(let values): .double(values.map { $0 * factor })
      }
    return try SparseRows(
      starts: starts, columns: columns, values: scaled, columnCount: columnCount)
  }
}
