/// A sparse matrix as scipy.sparse.save_npz writes it, compressed along one axis.
///
/// CSR, CSC and COO are read. Every number is checked: indices lie inside, the starts rise, values are finite.
public struct SparseMatrixFile: Sendable {
  /// Most rows, and most columns.
  public static let sideLimit = 1 << 26

  /// The numbers in the precision of the file.
  public enum Values: Sendable, Equatable {
    case float([Float])
    case double([Double])
  }

  /// 1 … ``sideLimit``, however the file is compressed.
  public let rows: Int
  /// 1 … ``sideLimit``.
  public let columns: Int
  /// Whether lines are columns (CSC) instead of rows.
  public let isByColumn: Bool
  /// Entries starts[l]..<starts[l + 1] are those of line l.
  public let starts: [Int64]
  /// The place of each entry within its line.
  public let indices: [Int32]
  /// float32 where the file has that, else float64.
  public let values: Values

  /// Throws `FileError` if the file cannot be read, `NpzError` for what is wrong in it.
  public static func read(path: String) throws -> SparseMatrixFile {
    try SparseMatrixFile(Npz(path: path), name: path)
  }

  /// The matrix of a file given as its bytes; `name` is what errors call it.
  public static func decode(_ bytes: [UInt8], name: String) throws -> SparseMatrixFile {
    try SparseMatrixFile(Npz(bytes, name: name), name: name)
  }
}

extension SparseMatrixFile {
  private init(_ file: Npz, name: String) throws {
    let format = try file.text("format")
    guard ["csr", "csc", "coo"].contains(format) else {
      throw NpzError(file: name, problem: .format(printable(format)))
    }
    let parts = Parts(file: file, name: name)
    let shape = try parts.integers("shape")
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 && $0 <= Int64(Self.sideLimit) }) else {
      throw parts.problem("its shape is not [rows, columns], each in 1…\(Self.sideLimit)")
    }
    let (rows, columns) = (Int(shape[0]), Int(shape[1]))
    let values = try parts.values()
    let isByColumn = format == "csc"
    let (lines, length) = isByColumn ? (columns, rows) : (rows, columns)
    let layout =
      format == "coo"
      ? try parts.coordinates(values, rows: rows, columns: columns)
      : try parts.compressed(values, lines: lines, length: length)
    self.rows = rows
    self.columns = columns
    self.isByColumn = isByColumn
    (starts, indices, self.values) = layout
  }

  fileprivate typealias Layout = ([Int64], [Int32], Values)

  /// The arrays of one file.
  fileprivate struct Parts {
    let file: Npz
    let name: String

    func problem(_ what: String) -> NpzError { NpzError(file: name, problem: .layout(what)) }

    func integers(_ array: String) throws -> [Int64] {
      let stored = try file.array(array)
      let values: [Int64]
      do { values = try stored.integers() } catch {
        throw problem("`\(array)` has \(error)")
      }
      return values
    }

    func values() throws -> Values {
      let stored = try file.array("data")
      if stored.elementType == .f32 {
        let values = try stored.floats()
        guard values.allSatisfy(\.isFinite) else { throw problem("a value is not finite") }
        return .float(values)
      }
      let values = stored.doubles()
      guard values.allSatisfy({ Float($0).isFinite }) else {
        throw problem("a value is not finite, or beyond float32, the type of images")
      }
      return .double(values)
    }

    func compressed(_ values: Values, lines: Int, length: Int) throws -> Layout {
      let starts = try integers("indptr")
      let indices = try places("indices", below: length)
      let rising = zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }
      guard starts.count == lines + 1, starts.first == 0, starts.last == Int64(indices.count),
        rising, values.count == indices.count
      else { throw problem("`indptr`, `indices` and `data` do not fit each other") }
      return (starts, indices, values)
    }

    func coordinates(_ values: Values, rows: Int, columns: Int) throws -> Layout {
      let isNew = file.names.contains("coords")
      let pairs = isNew ? try integers("coords") : []
      let half = pairs.count / 2
      let row =
        isNew
        ? try places(Array(pairs[..<half]), "coords", below: rows) : try places("row", below: rows)
      let column =
        isNew
        ? try places(Array(pairs[half...]), "coords", below: columns)
        : try places("col", below: columns)
      guard row.count == column.count, values.count == row.count else {
        throw problem("the coordinates and `data` do not fit each other")
      }
      return values.sorted(row, column, rows: rows)
    }

    private func places(_ array: String, below limit: Int) throws -> [Int32] {
      try places(integers(array), array, below: limit)
    }

    private func places(_ values: [Int64], _ array: String, below limit: Int) throws -> [Int32] {
      guard values.allSatisfy({ $0 >= 0 && $0 < Int64(limit) }) else {
        throw problem("an index of `\(array)` is outside 0..<\(limit)")
      }
      return values.map { Int32($0) }
    }
  }
}

extension SparseMatrixFile.Values {
  var count: Int {
    switch self {
    case .float(let values): values.count
    case .double(let values): values.count
    }
  }

  /// Entries in the order of their rows, within a row as they came.
  fileprivate func sorted(
    _ row: [Int32], _ column: [Int32], rows: Int
  ) -> SparseMatrixFile.Layout {
    var starts = [Int64](repeating: 0, count: rows + 1)
    for index in row { starts[Int(index) + 1] += 1 }
    for index in 0..<rows { starts[index + 1] += starts[index] }
    var free = starts
    var order = [Int](repeating: 0, count: row.count)
    for entry in row.indices {
      order[Int(free[Int(row[entry])])] = entry
      free[Int(row[entry])] += 1
    }
    let columns = order.map { column[$0] }
    switch self {
    case .float(let values): return (starts, columns, .float(order.map { values[$0] }))
    case .double(let values): return (starts, columns, .double(order.map { values[$0] }))
    }
  }
}
