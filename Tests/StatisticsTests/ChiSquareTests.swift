import Statistics
import Testing

@Suite struct ChiSquareTests {
  /// P(χ² ≥ value) to 17 digits, by 30-digit arithmetic (mpmath's `gammainc`).
  static let table: [(value: Double, degrees: Double, tail: Double)] = [
    (3.841458820694124, 1, 0.050000000000000057), (1e-08, 1, 0.99992021154405269),
    (4, 2, 0.13533528323661269), (0.5, 3, 0.91889141165467586),
    (18.307, 10, 0.05000058909139812), (40, 10, 1.6944743930067384e-5),
    (10, 25, 0.99665264073373907), (59, 59, 0.47551199729533011),
    (61, 60, 0.4397483922247841), (80, 61, 0.051835378654693377),
    (55, 100, 0.99992639184493371), (784, 784, 0.49328336269186677),
    (900, 784, 0.0024547117745355226), (1000, 784, 2.3510432063183509e-7),
    (800, 1024, 0.99999995605165332), (12000, 12288, 0.96765600618754444),
    (12900, 12288, 6.0246930447008122e-5), (196608, 196608, 0.49957586585111528),
    (199000, 196608, 7.226893204564396e-5), (193000, 196608, 0.99999999644408615),
    (1, 0.5, 0.15351359580832246), (1_002_000, 1_000_000, 0.078718661386129633),
  ]

  @Test(arguments: table)
  func agreesWithTheTable(_ row: (value: Double, degrees: Double, tail: Double)) {
    let found = ChiSquare.upperTail(row.value, degreesOfFreedom: row.degrees)
    #expect(abs(found - row.tail) < 1e-12)
    if row.tail < 0.01 { #expect(abs(found / row.tail - 1) < 1e-9) }
  }

  /// 9.4857375710738484e-15 at 60 for one degree of freedom.
  @Test func smallTailsKeepTheirDigits() {
    let found = ChiSquare.upperTail(60, degreesOfFreedom: 1)
    #expect(abs(found / 9.4857375710738484e-15 - 1) < 1e-12)
  }

  @Test func ends() {
    #expect(ChiSquare.upperTail(0, degreesOfFreedom: 3) == 1)
    #expect(ChiSquare.upperTail(.infinity, degreesOfFreedom: 3) == 0)
    #expect(ChiSquare.upperTail(1e9, degreesOfFreedom: 100) == 0)
    #expect(ChiSquare.upperTail(1e-300, degreesOfFreedom: 1000) == 1)
    #expect(ChiSquare.upperTail(-1, degreesOfFreedom: 3).isNaN)
    #expect(ChiSquare.upperTail(.nan, degreesOfFreedom: 3).isNaN)
    #expect(ChiSquare.upperTail(1, degreesOfFreedom: 0).isNaN)
  }

  /// The series and the fraction meet at value = degrees + 2; a fall by the density is 2e-13.
  @Test(arguments: [1.0, 30, 61, 5000]) func bothFormsMeet(_ degrees: Double) {
    let edge = degrees + 2
    let below = ChiSquare.upperTail(edge - 1e-12, degreesOfFreedom: degrees)
    #expect(abs(below - ChiSquare.upperTail(edge, degreesOfFreedom: degrees)) < 1e-12)
  }
}
