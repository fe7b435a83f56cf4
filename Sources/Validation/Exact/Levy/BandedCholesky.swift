/// The Cholesky factor L of a symmetric positive definite band matrix Q = L·Lᵀ.
struct BandedCholesky: Sendable {
  let size: Int
  /// Entries further from the diagonal are 0.
  let bandwidth: Int
  /// Row i holds L[i, i − bandwidth … i].
  private var factor: [Double]

  /// Room for matrices of one size.
  init(size: Int, bandwidth: Int) {
    self.size = size
    self.bandwidth = bandwidth
    factor = [Double](repeating: 0, count: size * (bandwidth + 1))
  }

  /// Factors the matrix whose row i is stored as ``factor`` is: Q[i, i − bandwidth … i].
  mutating func decompose(_ rows: [Double]) {
    let (width, band) = (bandwidth + 1, bandwidth)
    rows.withUnsafeBufferPointer { q in
      factor.withUnsafeMutableBufferPointer { l in
        for i in 0..<size {
          let first = max(0, i - band)
          for j in first...i {
            var sum = q[i * width + j - i + band]
            var k = max(first, j - band)
            while k < j {
              sum -= l[i * width + k - i + band] * l[j * width + k - j + band]
              k += 1
            }
            l[i * width + j - i + band] = j == i ? sum.squareRoot() : sum / l[j * width + band]
          }
        }
      }
    }
  }

  /// L⁻¹·b in place.
  func forward(_ vector: inout [Double]) {
    let (width, band) = (bandwidth + 1, bandwidth)
    for i in 0..<size {
      var sum = vector[i]
      for j in max(0, i - band)..<i { sum -= factor[i * width + j - i + band] * vector[j] }
      vector[i] = sum / factor[i * width + band]
    }
  }

  /// L⁻ᵀ·b in place.
  func backward(_ vector: inout [Double]) {
    let (width, band) = (bandwidth + 1, bandwidth)
    for i in stride(from: size - 1, through: 0, by: -1) {
      let value = vector[i] / factor[i * width + band]
      vector[i] = value
      for j in max(0, i - band)..<i { vector[j] -= factor[i * width + j - i + band] * value }
    }
  }

  /// Q⁻¹·b.
  func solve(_ vector: [Double]) -> [Double] {
    var result = vector
    forward(&result)
    backward(&result)
    return result
  }
}
