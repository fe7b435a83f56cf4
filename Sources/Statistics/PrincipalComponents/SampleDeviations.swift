import LinearAlgebra

/// The deviations of samples from their mean, in float64.
struct SampleDeviations {
  let mean: [Double]
  private let rows: [Double]
  let count: Int
  private let size: Int

  /// - Parameters:
  ///   - shape: [K, …] of the samples, one after the other.
  ///   - limit: the most samples that are taken.
  init(_ samples: [Float], shape: [Int], limit: Int) throws(PrincipalComponentsError) {
    let (count, size) = (shape.first ?? 0, shape.dropFirst().reduce(1, *))
    guard samples.count == count * size, size > 0 else {
      throw .shape(shape, values: samples.count)
    }
    guard count > 1, count <= limit else { throw .sampleCount(count, limit: limit) }
    guard samples.allSatisfy(\.isFinite) else { throw .notFinite }
    var mean = [Double](repeating: 0, count: size)
    for row in 0..<count {
      for i in 0..<size { mean[i] += Double(samples[row * size + i]) }
    }
    for i in 0..<size { mean[i] /= Double(count) }
    var rows = [Double](repeating: 0, count: count * size)
    for row in 0..<count {
      for i in 0..<size { rows[row * size + i] = Double(samples[row * size + i]) - mean[i] }
    }
    (self.mean, self.rows, self.count, self.size) = (mean, rows, count, size)
  }

  /// The sum of all squares: the trace of the Gram matrix.
  var squares: Double { (0..<count).reduce(0) { $0 + product($1, $1) } }

  /// ⟨row, row'⟩ for all pairs of rows.
  func gram() -> Matrix {
    var matrix = Matrix(rows: count, columns: count)
    for i in 0..<count {
      for j in 0...i {
        let value = product(i, j)
        matrix[i, j] = value
        matrix[j, i] = value
      }
    }
    return matrix
  }

  /// In eight sums, one for each place in a group of eight, which vector units can add side by side.
  private func product(_ i: Int, _ j: Int) -> Double {
    rows.withUnsafeBufferPointer { values in
      let (left, right) = (i * size, j * size)
      var sums = SIMD8<Double>()
      var k = 0
      while k + 8 <= size {
        var (a, b) = (SIMD8<Double>(), SIMD8<Double>())
        for lane in 0..<8 {
          a[lane] = values[left + k + lane]
          b[lane] = values[right + k + lane]
        }
        sums += a * b
        k += 8
      }
      var rest = 0.0
      while k < size {
        rest += values[left + k] * values[right + k]
        k += 1
      }
      return sums.sum() + rest
    }
  }

  /// Σ_k weights_k·row_k, scaled to norm 1 and signed.
  func combined(_ weights: [Double]) -> [Float] {
    var sum = [Double](repeating: 0, count: size)
    for (row, weight) in weights.enumerated() {
      for i in 0..<size { sum[i] += weight * rows[row * size + i] }
    }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let peak = sum.max { abs($0) < abs($1) } ?? 0
    let largest = sum.first { abs($0) == abs(peak) } ?? peak
    let scale = (largest < 0 ? -1 : 1) / length
    return sum.map { Float($0 * scale) }
  }
}
