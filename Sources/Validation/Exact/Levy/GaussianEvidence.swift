import LinearAlgebra

/// What Gaussian measurements say of a signal: exp(−½·xᵀHx + hᵀx) with H = AᵀA/σ² and h = Aᵀy/σ².
struct GaussianEvidence: Sendable {
  /// Entries of H further from the diagonal are 0; at least 1, for the increments.
  let bandwidth: Int
  /// Row i holds H[i, i − bandwidth … i].
  let rows: [Double]
  /// h.
  let linear: [Double]

  /// Of y = A x + N(0, σ²I), A being [measurements, values].
  init(_ forward: Matrix, measurement: [Double], sigma: Double) throws {
    let size = forward.columns
    let normal = try forward.transposed * forward
    let band = max(1, Self.bandwidth(of: normal))
    var rows = [Double](repeating: 0, count: size * (band + 1))
    for i in 0..<size {
      for j in max(0, i - band)...i {
        rows[i * (band + 1) + j - i + band] = normal[i, j] / (sigma * sigma)
      }
    }
    (bandwidth, self.rows) = (band, rows)
    linear = try (forward.transposed * measurement).map { $0 / (sigma * sigma) }
  }

  /// Of y = x + N(0, σ²I).
  init(noisy values: [Double], sigma: Double) {
    bandwidth = 1
    let precision = 1 / (sigma * sigma)
    rows = values.indices.flatMap { _ in [0, precision] }
    linear = values.map { $0 * precision }
  }

  private static func bandwidth(of matrix: Matrix) -> Int {
    (0..<matrix.rows).reduce(0) { widest, i in
      let first = (0...i).first { matrix[i, $0] != 0 } ?? i
      return max(widest, i - first)
    }
  }
}
