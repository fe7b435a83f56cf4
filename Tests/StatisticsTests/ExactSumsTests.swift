import Testing

@testable import Statistics

@Suite("Exact sums")
struct ExactSumsTests {
  @Test("q = round(x·2²⁴), ties to even")
  func rounding() {
    let step = Float(0x1p-24)
    #expect(FixedPoint.quantised(0) == 0)
    #expect(FixedPoint.quantised(-0.0) == 0)
    #expect(FixedPoint.quantised(step) == 1)
    #expect(FixedPoint.quantised(0.5 * step) == 0)
    #expect(FixedPoint.quantised(1.5 * step) == 2)
    #expect(FixedPoint.quantised(2.5 * step) == 2)
    #expect(FixedPoint.quantised(-0.5 * step) == 0)
    #expect(FixedPoint.quantised(-1.5 * step) == -2)
    #expect(FixedPoint.quantised((0.5 * step).nextUp) == 1)
    #expect(FixedPoint.quantised(256) == 1 << 32)
    #expect(FixedPoint.quantised(-256) == -(1 << 32))
    #expect(FixedPoint.quantised(Float(256).nextDown) == (1 << 32) - 256)
  }

  @Test("Rounding agrees with the standard library for random values of all sizes")
  func randomRounding() {
    var generator = SplitMix64(seed: 2)
    for _ in 0..<20_000 {
      let size = Float.exponent(Int.random(in: -40...8, using: &generator))
      let x = Float.random(in: -1...1, using: &generator) * size
      #expect(FixedPoint.quantised(x) == Int64((Double(x) * 0x1p24).rounded(.toNearestOrEven)))
    }
  }

  @Test("Sums equal sums in 128-bit integers")
  func sums() {
    var generator = SplitMix64(seed: 3)
    var pixel = PixelSum()
    var (sum, squares): (Int64, UInt128) = (0, 0)
    for _ in 0..<5_000 {
      let q = Int64.random(in: -(1 << 32)...(1 << 32), using: &generator)
      pixel.add(q)
      sum += q
      squares += UInt128(q.magnitude) * UInt128(q.magnitude)
    }
    #expect(pixel.sum == sum)
    #expect(UInt128(pixel.squaresHigh) << 64 | UInt128(pixel.squaresLow) == squares)
  }

  @Test("At the largest count with the largest values nothing overflows")
  func largest() {
    let half = PixelSum.maximumCount / 2
    let all = pixel(count: PixelSum.maximumCount, q: 1 << 32)
    #expect(all.mean(count: PixelSum.maximumCount) == 256)
    #expect(all.standardDeviation(count: PixelSum.maximumCount) == 0)
    var mixed = pixel(count: half, q: 1 << 32)
    mixed.merge(pixel(count: half, q: -(1 << 32)))
    #expect(mixed.mean(count: 2 * half) == 0)
    let exact = 256 * (Double(2 * half) / Double(2 * half - 1)).squareRoot()
    #expect(abs(mixed.standardDeviation(count: 2 * half) - exact) < 1e-12 * exact)
    #expect(all.contradiction(count: PixelSum.maximumCount) == nil)
  }

  @Test("More than the largest count is refused")
  func tooMany() throws {
    var nearlyFull = ImageStatistics(pixelCount: 1)
    nearlyFull.count = ImageStatistics.maximumCount
    nearlyFull.sums = [pixel(count: ImageStatistics.maximumCount, q: 7)]
    let one = try makeStatistics([[0.5]], pixels: 1)
    let error = StatisticsError.tooManySamples(limit: 2_147_483_647)
    #expect(throws: error) { try nearlyFull.merge(one) }
    #expect(throws: error) { try nearlyFull.add([0.5]) }
    #expect(throws: error) {
      var other = one
      try other.merge(nearlyFull)
    }
  }

  @Test("Extrema and ranks count what they say")
  func extremaAndRanks() throws {
    let samples: [[Float]] = [[0.5, -0.0], [0.25, 0], [0.75, -0.0], [0.5, 0]]
    let statistics = try makeStatistics(
      samples, pixels: 2, options: everything, truth: [0.5, -0.0])
    #expect(statistics.minimum() == [0.25, 0])
    #expect(statistics.maximum() == [0.75, 0])
    #expect(statistics.minimum()?[1].sign == .plus)
    #expect(statistics.rank?.below == [1, 0])
    #expect(statistics.rank?.equal == [2, 4])
  }

  @Test("What is not kept is not returned")
  func notKept() throws {
    let statistics = try makeStatistics([[0.5]], pixels: 1)
    #expect(statistics.minimum() == nil)
    #expect(statistics.maximum() == nil)
    #expect(statistics.rank?.below == nil)
    #expect(statistics.rank?.equal == nil)
    #expect(throws: StatisticsError.levelsNotKept) { try statistics.quantile(0.5) }
  }

  /// The sums of `count` samples with the same q.
  private func pixel(count: Int, q: Int64) -> PixelSum {
    let squares = UInt128(count) * UInt128(q.magnitude) * UInt128(q.magnitude)
    return PixelSum(
      sum: Int64(count) * q, squaresLow: UInt64(truncatingIfNeeded: squares),
      squaresHigh: UInt64(truncatingIfNeeded: squares >> 64))
  }
}

extension Float {
  /// 2 to the power of an integer.
  fileprivate static func exponent(_ power: Int) -> Float {
    Float(sign: .plus, exponent: power, significand: 1)
  }
}
