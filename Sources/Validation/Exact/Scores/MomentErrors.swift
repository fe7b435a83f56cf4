import LinearAlgebra

extension Matrix {
  /// √mean(m̂²) and √mean(ŝ²) over the columns of standardised draws, a draw a row.
  ///
  /// Exact draws have means of 0 and variances of 1.
  var momentErrors: (mean: Double, spread: Double) {
    var (offset, ratio) = (0.0, 0.0)
    for column in 0..<columns {
      var sum = 0.0
      for row in 0..<rows { sum += self[row, column] }
      let mean = sum / Double(rows)
      var squares = 0.0
      for row in 0..<rows { squares += (self[row, column] - mean) * (self[row, column] - mean) }
      offset += mean * mean
      ratio += squares / Double(rows - 1)
    }
    return ((offset / Double(columns)).squareRoot(), (ratio / Double(columns)).squareRoot())
  }
}
