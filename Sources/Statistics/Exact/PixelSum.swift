/// Σq and Σq² of one pixel, exact for up to 2³¹ − 1 samples.
///
/// With |q| ≤ 2³² and n < 2³¹: |Σq| < 2⁶³ fits `Int64`; Σq² < 2⁹⁵ fits two words; n·Σq² and (Σq)²
/// are below 2¹²⁶ and fit `UInt128`. So nothing here can overflow, and the variance
/// (n·Σq² − (Σq)²) / (n(n − 1)) has an exact numerator: no cancellation, and 0 for equal samples.
struct PixelSum: Sendable, Equatable {
  /// Σq.
  var sum: Int64 = 0
  /// The lower 64 bits of Σq².
  var squaresLow: UInt64 = 0
  /// The upper 64 bits of Σq².
  var squaresHigh: UInt64 = 0

  /// The largest count for which the sums are exact: 2³¹ − 1.
  static let maximumCount = Int(Int32.max)

  /// Adds one sample value.
  @inline(__always)
  mutating func add(_ q: Int64) {
    let square = q.magnitude.multipliedFullWidth(by: q.magnitude)
    sum &+= q
    addSquares(low: square.low, high: square.high)
  }

  /// Adds the sums of other samples.
  @inline(__always)
  mutating func merge(_ other: PixelSum) {
    sum &+= other.sum
    addSquares(low: other.squaresLow, high: other.squaresHigh)
  }

  @inline(__always)
  private mutating func addSquares(low: UInt64, high: UInt64) {
    let (partial, carry) = squaresLow.addingReportingOverflow(low)
    squaresLow = partial
    squaresHigh &+= high &+ (carry ? 1 : 0)
  }
}

// MARK: - Moments

extension PixelSum {
  private var squares: UInt128 { UInt128(squaresHigh) << 64 | UInt128(squaresLow) }

  private var squareOfSum: UInt128 { UInt128(sum.magnitude) * UInt128(sum.magnitude) }

  /// n·Σq² − (Σq)², exact; never negative by the Cauchy–Schwarz inequality.
  private func spread(count: Int) -> UInt128 { UInt128(count) * squares - squareOfSum }

  /// The mean in image units; NaN for no sample.
  func mean(count: Int) -> Double {
    count == 0 ? .nan : Double(sum) / Double(count) / FixedPoint.scale
  }

  /// The standard deviation with n − 1 in image units; NaN for fewer than two samples.
  func standardDeviation(count: Int) -> Double {
    guard count > 1 else { return .nan }
    let spread = spread(count: count)
    let numerator =
      Double(UInt64(truncatingIfNeeded: spread >> 64)) * 0x1p64
      + Double(UInt64(truncatingIfNeeded: spread))
    return (numerator / Double(count * (count - 1))).squareRoot() / FixedPoint.scale
  }

  /// Why no `count` samples can have these sums, or nil if nothing speaks against them.
  func contradiction(count: Int) -> String? {
    let bound = UInt64(count) << 32
    if sum.magnitude > bound { return "the sum is too large for \(count) samples" }
    if squares > UInt128(bound) << 32 {
      return "the sum of squares is too large for \(count) samples"
    }
    return UInt128(count) * squares < squareOfSum
      ? "the sum of squares is too small for the sum" : nil
  }
}
