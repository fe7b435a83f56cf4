import Foundation
import Statistics
import Testing

@Suite struct PosteriorPredictiveCheckTests {
  @Test func theMeanOfTheTailsOfAllSamples() throws {
    // P(χ²_2 ≥ t) = exp(−t/2).
    let check = try #require(
      PosteriorPredictiveCheck(discrepancies: [2, 4], measurements: 2))
    #expect(abs(check.pValue - (exp(-1) + exp(-2)) / 2) < 1e-12)
    #expect(abs(check.conservative - min(1, 4 * check.pValue)) < 1e-12)
  }

  @Test func nothingWithoutSamplesOrMeasurements() {
    #expect(PosteriorPredictiveCheck(discrepancies: [], measurements: 3) == nil)
    #expect(PosteriorPredictiveCheck(discrepancies: [1], measurements: 0) == nil)
  }

  private func checks(_ discrepancies: [Double], _ measurements: Int)
    -> [PosteriorPredictiveCheck?]
  {
    discrepancies.map {
      PosteriorPredictiveCheck(discrepancies: [$0], measurements: measurements)
    }
  }

  /// 784 values: χ² is 784 ± 40. 1200 and 400 are 10 deviations off.
  @Test func bothSidesAreFlagged() {
    var values = checks([784, 1200, 400, 800, 770], 784)
    values.append(nil)
    #expect(
      PosteriorPredictiveCheck.findings(values) == [
        .agrees, .residualTooLarge, .residualTooSmall, .agrees, .agrees, nil,
      ])
  }

  @Test func noNumberHasNoFinding() {
    let values = checks([.nan, 784], 784)
    #expect(PosteriorPredictiveCheck.findings(values) == [nil, .agrees])
  }

  /// Benjamini and Hochberg's rule by hand, for 4 images at 5 %: thresholds 0.0125, 0.025, 0.0375, 0.05.
  /// Conservative p-values 0.004, 0.03, 0.036, 0.9: the third passes its threshold and takes the second
  /// along, which fails its own.
  @Test func theStepUpRule() throws {
    let wanted = [0.004, 0.03, 0.036, 0.9]
    let values = wanted.map { -2 * log($0 / 4) }
    let found = PosteriorPredictiveCheck.findings(checks(values, 2))
    #expect(found == [.residualTooLarge, .residualTooLarge, .residualTooLarge, .agrees])
    let without = PosteriorPredictiveCheck.findings(checks([values[1]] + [1, 1, 1], 2))
    #expect(without == [.agrees, .agrees, .agrees, .agrees])
  }

  /// Discrepancies of true posterior samples are χ²: of 1000 sets of 20 images, the share with any flag
  /// is at most 5 % (then every flag is false), within 4 standard deviations of a binomial count.
  @Test func trueSamplesAreSeldomFlagged() {
    var state: UInt64 = 7
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Double(state >> 11) + 0.5) * 0x1p-53
    }
    let flagged = (0..<1000).count { _ in
      // χ²_2 is twice an exponential.
      let values = (0..<20).map { _ in -2 * log(uniform()) }
      return PosteriorPredictiveCheck.findings(checks(values, 2)).contains { $0 != .agrees }
    }
    #expect(Double(flagged) <= 50 + 4 * (1000 * 0.05 * 0.95).squareRoot())
  }
}
