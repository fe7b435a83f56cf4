import Foundation
import Testing

@testable import Statistics

@Suite struct DistributionTests {
  /// For even degrees of freedom 2m the tail is e^(−x/2) Σ_{i<m} (x/2)^i/i!, for one it is erfc √(x/2).
  @Test(arguments: [0.001, 0.5, 1, 3.84, 10, 40, 150, 900])
  func upperTailAgreesWithClosedForms(_ x: Double) {
    for m in [1, 2, 5, 10, 60] {
      var (term, sum) = (exp(-x / 2), 0.0)
      for index in 0..<m {
        sum += term
        term *= x / 2 / Double(index + 1)
      }
      let tail = ChiSquare.upperTail(x, degreesOfFreedom: Double(2 * m))
      #expect(abs(tail - sum) <= 1e-12 + 1e-10 * sum)
    }
    let one = ChiSquare.upperTail(x, degreesOfFreedom: 1)
    #expect(abs(one - erfc((x / 2).squareRoot())) <= 1e-12)
  }

  @Test func upperTailOfTheEnds() {
    #expect(ChiSquare.upperTail(0, degreesOfFreedom: 3) == 1)
    #expect(ChiSquare.upperTail(.infinity, degreesOfFreedom: 3) == 0)
    #expect(ChiSquare.upperTail(.nan, degreesOfFreedom: 3).isNaN)
  }

  /// Of Binomial(10, ½): P(≤ 1) = 11/1024 < 0.025 < 56/1024 = P(≤ 2).
  @Test func binomialRange() {
    #expect(Binomial(trials: 10, probability: 0.5).range(coverage: 0.95) == 2...8)
    #expect(Binomial(trials: 4, probability: 0).range(coverage: 0.95) == 0...0)
  }

  /// The mean of n uniform numbers has a standard error of √(1/12n): a band of 95 % is ±1.96 of them.
  /// A thousand replicates put its ends within 10 %, four times their standard error.
  @Test func bootstrapBandHasTheWidthOfTheTheory() throws {
    var generator = SplitMix64(seed: 5)
    let values = (0..<2000).map { _ in generator.unit() }
    let band = try #require(Bootstrap(images: 2000).band(of: values))
    let width = 2 * 1.96 * (1.0 / 12 / 2000).squareRoot()
    #expect(abs((band.upperBound - band.lowerBound) / width - 1) < 0.1)
    #expect(Bootstrap(images: 3).band(numerators: [0, 0, 0], denominators: [0, 0, 0]) == nil)
  }
}
