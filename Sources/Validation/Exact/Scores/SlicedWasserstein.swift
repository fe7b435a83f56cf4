import LinearAlgebra

/// The sliced 2-Wasserstein distance of draws to reference draws: √mean over directions of W₂².
///
/// In one dimension W₂ pairs sorted values. The directions are fixed, so equal draws have equal
/// distances. (Bonneel et al., J. Math. Imaging Vis. 2015.)
struct SlicedWasserstein: Sendable {
  /// Number of directions.
  static let slices = 64
  /// [values, slices], columns of length 1.
  private let directions: Matrix
  /// For every direction the projected reference, ascending.
  private let reference: [[Double]]

  /// - Parameter reference: a draw a row.
  init(_ reference: Matrix) throws {
    directions = Self.directions(reference.columns)
    self.reference = try Self.sortedColumns(reference * directions)
  }

  /// - Parameter draws: a draw a row; their number divides that of the reference.
  func distance(of draws: Matrix) throws -> Double {
    let own = try Self.sortedColumns(draws * directions)
    let squares = zip(own, reference).map { values, target in
      let copies = target.count / values.count
      return target.indices.reduce(0) { sum, i in
        let offset = target[i] - values[i / copies]
        return sum + offset * offset
      } / Double(target.count)
    }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  private static func directions(_ size: Int) -> Matrix {
    var numbers = RandomNumbers(seed: 0, image: UInt64(size))
    var matrix = Matrix(rows: size, columns: slices)
    for slice in 0..<slices {
      let direction = (0..<size).map { _ in numbers.normal() }
      let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for row in 0..<size { matrix[row, slice] = direction[row] / length }
    }
    return matrix
  }

  private static func sortedColumns(_ matrix: Matrix) -> [[Double]] {
    let transposed = matrix.transposed
    return (0..<transposed.rows).map {
      transposed.elements[$0 * transposed.columns..<($0 + 1) * transposed.columns].sorted()
    }
  }
}
