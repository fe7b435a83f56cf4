import LinearAlgebra

/// The squared energy distance 2·E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ of draws to reference draws.
///
/// Pairs of a draw with itself are left out, so that it is 0 on average for draws of the same law,
/// and only then (Székely and Rizzo, J. Stat. Plan. Inference 2013).
struct EnergyDistance: Sendable {
  private let reference: Matrix
  private let referenceSquares: [Double]
  private let referenceSpread: Double

  /// - Parameter reference: a draw a row, at least two.
  init(_ reference: Matrix) throws {
    self.reference = reference
    referenceSquares = reference.rowSquares
    referenceSpread = try Self.spread(of: reference)
  }

  /// - Parameter draws: a draw a row, at least two.
  func distance(of draws: Matrix) throws -> Double {
    let across = try Self.distanceSum(draws, draws.rowSquares, reference, referenceSquares)
    let pairs = Double(draws.rows) * Double(reference.rows)
    return 2 * across / pairs - (try Self.spread(of: draws)) - referenceSpread
  }

  private static func spread(of draws: Matrix) throws -> Double {
    let squares = draws.rowSquares
    let pairs = Double(draws.rows) * Double(draws.rows - 1)
    return try distanceSum(draws, squares, draws, squares, skipsDiagonal: true) / pairs
  }

  private static func distanceSum(
    _ left: Matrix, _ leftSquares: [Double], _ right: Matrix, _ rightSquares: [Double],
    skipsDiagonal: Bool = false
  ) throws -> Double {
    let products = try left * right.transposed
    var sum = 0.0
    for i in 0..<left.rows {
      for j in 0..<right.rows where !(skipsDiagonal && i == j) {
        let square = leftSquares[i] + rightSquares[j] - 2 * products[i, j]
        // `max` would turn what is no number into 0.
        sum += square < 0 ? 0 : square.squareRoot()
      }
    }
    return sum
  }
}

extension Matrix {
  /// ‖row‖² of every row.
  fileprivate var rowSquares: [Double] {
    (0..<rows).map { row in
      elements[row * columns..<(row + 1) * columns].reduce(0) { $0 + $1 * $1 }
    }
  }
}
