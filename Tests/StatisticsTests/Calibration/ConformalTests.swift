import Foundation
import Testing

@testable import Statistics

@Suite struct RiskBoundTests {
  /// The bound of δ = 0.1 may be wrong for one set of losses in ten. Of 1000 sets that are wrong as often as
  /// allowed, more than 100 + 4·√(1000·0.1·0.9) = 138 are wrong with a probability below 10⁻⁴.
  @Test(arguments: [0.05, 0.1, 0.4])
  func holdsAsOftenAsItSays(_ mean: Double) {
    var generator = SplitMix64(seed: 11)
    let wrong = (0..<1000).count { _ in
      // Losses 0 or 1 are the hardest ones of a mean.
      let losses = (0..<60).map { _ in generator.unit() < mean ? 1.0 : 0.0 }
      return RiskBound(losses: losses, delta: 0.1).isBelow(mean)
    }
    #expect(wrong <= 138)
  }

  @Test func comesNearTheMeanOfLossesThatHardlyDiffer() {
    let losses = (0..<200).map { $0 % 2 == 0 ? 0.08 : 0.1 }
    let bound = RiskBound(losses: losses, delta: 0.1).bound
    #expect(bound > 0.09 && bound < 0.11)
    #expect(RiskBound(losses: [], delta: 0.1).bound == 1)
  }

  @Test func isRisingInTheRisk() {
    let losses = (0..<50).map { Double($0 % 5) / 20 }
    let bound = RiskBound(losses: losses, delta: 0.1)
    #expect(!bound.isBelow(bound.bound - 1e-5) && bound.isBelow(bound.bound + 1e-5))
  }
}

@Suite struct ConformalCalibrationTests {
  private func calibration(_ posteriors: GaussianPosteriors) throws -> ConformalCalibration {
    var calibration = ConformalCalibration()
    for image in try posteriors.all() { calibration.add(image) }
    return calibration
  }

  /// The share of pixels of further images that the intervals miss.
  private func missed(_ scaling: IntervalScaling, _ posteriors: GaussianPosteriors) throws -> Double
  {
    var missed = 0
    for image in try posteriors.all() {
      let ends = scaling.interval(
        mean: image.statistics.mean(), std: image.statistics.standardDeviation())
      missed += image.truth.indices.count {
        image.truth[$0] < ends.lower[$0] || image.truth[$0] > ends.upper[$0]
      }
    }
    return Double(missed) / Double(posteriors.images * posteriors.pixels)
  }

  @Test(arguments: [1.0, 0.5, 2])
  func widensWhatIsTooNarrowAndNarrowsWhatIsTooWide(_ spread: Double) throws {
    let calibration = try calibration(GaussianPosteriors(images: 400, spread: spread))
    let outcome = try calibration.outcome(missRate: 0.1, delta: 0.1, byStd: false)
    let fresh = GaussianPosteriors(images: 1000, spread: spread, seed: 99)
    let missed = try missed(outcome.scaling, fresh)
    // 16,000 pixels: four standard errors are 0.0095. Not much narrower than needed either.
    #expect(missed < 0.1 + 0.0095 && missed > 0.07)
    #expect(outcome.bounds[0] <= 0.1 && outcome.missRates[0] < outcome.bounds[0])
    // 1.645 for exact samples, a little more for the error of mean and std of 19 samples.
    #expect(abs(outcome.scaling.groups[0].factor * spread - 1.8) < 0.25)
  }

  @Test func theGuaranteeHoldsAsOftenAsItSays() throws {
    // Of 40 calibrations with δ = 0.1, more than 4 + 4·√3.6 = 11.6 fail with a probability below 10⁻³.
    let failed = try (0..<40).count { round in
      let calibration = try calibration(
        GaussianPosteriors(images: 100, samples: 8, spread: 0.7, seed: UInt64(1000 + round)))
      let outcome = try calibration.outcome(missRate: 0.2, delta: 0.1, byStd: false)
      let fresh = GaussianPosteriors(
        images: 300, samples: 8, spread: 0.7, seed: UInt64(5000 + round))
      return try missed(outcome.scaling, fresh) > 0.2
    }
    #expect(failed <= 11)
  }

  @Test func groupsByStdAreBoundedEach() throws {
    let calibration = try calibration(GaussianPosteriors(images: 400, samples: 8))
    let outcome = try calibration.outcome(missRate: 0.1, delta: 0.1, byStd: true)
    #expect(outcome.scaling.groups.count > 1)
    #expect(outcome.scaling.groups.last?.stdBelow == .infinity)
    #expect(outcome.bounds.allSatisfy { $0 <= 0.1 })
  }

  @Test func tooFewImagesAreRefused() throws {
    let calibration = try calibration(GaussianPosteriors(images: 10))
    #expect(throws: ConformalError.tooFewImages(images: 10, missRate: 0.1)) {
      try calibration.outcome(missRate: 0.1, delta: 0.1, byStd: false)
    }
    #expect(throws: ConformalError.self) {
      try calibration.outcome(missRate: 0.1, delta: 0.1, byStd: true)
    }
  }

  @Test func missRatesAreThoseOfEveryFactor() {
    // Needs: 0, exactly a factor of the grid, and more than every factor.
    let factor = MissCounts.factors[100]
    let misses = MissCounts(
      mean: [0.5, 0.5, 0.5], std: [0.001, 0.25, 0.001],
      truth: [0.5, Float(0.5 + 0.25 * factor), 1])
    #expect(misses.pixels == [2, 0, 0, 0, 0, 1])
    let rates = misses.missRates(of: 0..<6)
    #expect(rates?.first == 2.0 / 3 && rates?.last == 1.0 / 3)
    #expect(misses.missRates(of: 1..<3) == nil)
  }

  /// A mean beyond the ends of [0, 1] misses no truth at that end, as its interval is clipped.
  @Test func whatIsMissedIsWhatTheClippedIntervalMisses() throws {
    let mean: [Float] = [-0.1, 1.2, -0.1, 0.3, 0.5, 1.2]
    let truth: [Float] = [0, 1, 0.05, 0, 1, 0.9]
    let std = [Float](repeating: 0.05, count: 6)
    let rates = try #require(MissCounts(mean: mean, std: std, truth: truth).missRates(of: 0..<6))
    for (index, factor) in MissCounts.factors.enumerated() {
      let scaling = try #require(
        IntervalScaling(groups: [.init(stdBelow: .infinity, factor: factor * (1 + 1e-6))]))
      let ends = scaling.interval(mean: mean, std: std)
      let missed = truth.indices.count {
        truth[$0] < ends.lower[$0] || truth[$0] > ends.upper[$0]
      }
      #expect(abs(rates[index] - Double(missed) / 6) < 1e-12, "\(factor)")
    }
  }

  @Test func intervalsAreClippedAndHaveAFloor() throws {
    let scaling = try #require(
      IntervalScaling(groups: [
        .init(stdBelow: 0.1, factor: 2), .init(stdBelow: .infinity, factor: 1),
      ]))
    let (lower, upper) = scaling.interval(mean: [0.5, 0.5, 0.05], std: [0, 0.2, 0.09])
    #expect(abs(upper[0] - lower[0] - 4 * Float(IntervalScaling.stdFloor)) < 1e-6)
    #expect(lower[1] == 0.3 && upper[1] == 0.7 && lower[2] == 0)
    #expect(IntervalScaling(groups: []) == nil)
    #expect(IntervalScaling(groups: [.init(stdBelow: 1, factor: 1)]) == nil)
  }
}
