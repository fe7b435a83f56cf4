import TorchShim

/// A sparse matrix, its entries row by row.
public struct SparseRows: Sendable {
  /// The entries' values, in the precision they are kept in.
  public enum Values: Sendable {
    case float([Float])
    case double([Double])

    /// One for each entry of the matrix.
    public var count: Int {
      switch self {
      case .float(let values): values.count
      case .double(let values): values.count
      }
    }
  }

  /// Entries starts[r]..<starts[r + 1] are those of row r; one number more than there are rows.
  public let starts: [Int64]
  /// The column of each entry.
  public let columns: [Int32]
  /// One for each of ``columns``.
  public let values: Values
  /// Every column is below this.
  public let columnCount: Int

  /// Rows without entries count too.
  public var rowCount: Int { starts.count - 1 }
  /// Stored zeros count too.
  public var entryCount: Int { columns.count }

  /// - Throws: ``TensorError`` unless the parts fit together and every column is below `columnCount`.
  public init(starts: [Int64], columns: [Int32], values: Values, columnCount: Int) throws {
    let rising = zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }
    guard starts.first == 0, starts.last == Int64(columns.count), values.count == columns.count,
      rising,
      columnCount >= 0, columns.allSatisfy({ $0 >= 0 && Int($0) < columnCount })
    else {
      throw TensorError(
        operation: "SparseRows",
        message: "\(columns.count) entries do not fit \(starts.count - 1) rows of \(columnCount)")
    }
    self.starts = starts
    self.columns = columns
    self.values = values
    self.columnCount = columnCount
  }

  /// The transposed matrix, its entries in the order of the rows they come from.
  public func transposed() throws -> SparseRows {
    switch values {
    case .float(let values): try transposed(values, SparseRows.Values.float)
    case .double(let values): try transposed(values, SparseRows.Values.double)
    }
  }

  private func transposed<Value>(
    _ values: [Value], _ wrap: ([Value]) -> Values
  ) throws -> SparseRows {
    guard rowCount <= Int(Int32.max) else {
      throw TensorError(operation: "transposed", message: "\(rowCount) rows are too many")
    }
    var starts = [Int64](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var free = starts
    var rows = [Int32](repeating: 0, count: entryCount)
    var moved = values
    for row in 0..<rowCount {
      for entry in Int(self.starts[row])..<Int(self.starts[row + 1]) {
        let place = Int(free[Int(columns[entry])])
        free[Int(columns[entry])] += 1
        rows[place] = Int32(row)
        moved[place] = values[entry]
      }
    }
    return try SparseRows(starts: starts, columns: rows, values: wrap(moved), columnCount: rowCount)
  }
}

extension Tensor {
  /// A x for each row x of this tensor [B, columns], [B, rows], without a graph.
  ///
  /// Sums are in double precision and in the order of the entries, so that a row's bits depend on that
  /// row alone. They are made on the processor, wherever the tensor is.
  public func product(with matrix: SparseRows) throws -> Tensor {
    try matrix.values.withBytes { values, type in
      try Tensor(
        torch_shim_sparse_product(
          matrix.starts, Int64(matrix.rowCount), Int64(matrix.columnCount), matrix.columns, values,
          type,
          reference), "sparse product")
    }
  }
}

extension SparseRows.Values {
  fileprivate func withBytes<Result>(
    _ body: (UnsafeRawPointer?, TorchShimType) throws -> Result
  ) rethrows -> Result {
    switch self {
    case .float(let values):
      try values.withUnsafeBytes { try body($0.baseAddress, TorchShimTypeFloat32) }
    case .double(let values):
      try values.withUnsafeBytes { try body($0.baseAddress, TorchShimTypeFloat64) }
    }
  }
}
