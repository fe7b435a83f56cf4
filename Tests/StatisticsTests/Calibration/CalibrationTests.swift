import Foundation
import Testing

@testable import Statistics

/// Seeds are fixed, so nothing here depends on luck; the limits are where a right sampler is with a probability
/// of 1 − 10⁻⁴ or more, and a wrong one is far beyond.
@Suite struct CalibrationTests {
  private func summary(_ posteriors: GaussianPosteriors) throws -> CalibrationSummary {
    var calibration = Calibration()
    for image in try posteriors.all() { calibration.add(image) }
    return try #require(calibration.summary())
  }

  /// Whether the squared errors of all bins with 100 pixels are `square` times what is expected.
  ///
  /// A pixel of the bin [a, b) adds e ~ (1 + 1/n)σ²·χ²(1), of mean square 3 in units of the expectation's, and
  /// takes away at most b and σ² on average, a mean square of b/σ²: so the ratio of N pixels has a standard error
  /// below √((3 + b/σ²)/N). Five of them, for some ten bins.
  private func errors(
    _ summary: CalibrationSummary, are square: Double, spread: Double = 1
  ) -> Bool {
    let std = spread * GaussianPosteriors.prior / 2.0.squareRoot()
    let bins = summary.errors.bins.filter { $0.pixels >= 100 }
    return bins.count > 2
      && bins.allSatisfy { bin in
        let edge = bin.range.upperBound / std
        let error = ((3 + edge * edge) / Double(bin.pixels)).squareRoot()
        return abs(bin.ratio * bin.ratio / square - 1) < 5 * error
      }
  }

  /// Σ over images and pixels of a Bernoulli variable: 4 standard errors of 48,000 pixels are below 0.0092.
  private func isNominal(_ curve: CoverageCurve, pixels: Double) -> Bool {
    curve.points.allSatisfy { point in
      let error = (point.nominal * (1 - point.nominal) / pixels).squareRoot()
      return abs(point.observed - point.nominal) < 4 * error
    }
  }

  @Test func exactSamplesAreFoundCalibrated() throws {
    let summary = try summary(GaussianPosteriors(images: 3000))
    #expect(isNominal(summary.coverage, pixels: 48000))
    #expect(isNominal(summary.tarp, pixels: 6000))
    #expect(summary.ranks.count == 7)
    // Seven tests: the smallest p of a right sampler is below 10⁻⁴ once in 1400 seeds.
    #expect(summary.ranks.allSatisfy { $0.pValue > 1e-4 })
    #expect(errors(summary, are: 1))
  }

  @Test func samplesOfEightTenthsOfTheVarianceAreFoundOut() throws {
    let narrow = GaussianPosteriors(images: 3000, spread: 0.8.squareRoot())
    let summary = try summary(narrow)
    #expect(!isNominal(summary.coverage, pixels: 48000))
    let at90 = try #require(summary.coverage.points.first { $0.nominal == 0.9 })
    #expect(at90.band.upperBound < 0.9)
    #expect(summary.ranks.contains { $0.pValue < 1e-4 })
    // The truth has a variance of 1/0.8 of the samples', and their mean 1/n of it.
    let (n, root) = (19.0, 0.8.squareRoot())
    let square = (1 / 0.8 + 1 / n) / (1 + 1 / n)
    #expect(errors(summary, are: square, spread: root))
    #expect(!errors(summary, are: 1, spread: root))
  }

  @Test func shiftedSamplesAreFoundOut() throws {
    let summary = try summary(GaussianPosteriors(images: 1000, shift: 0.3))
    #expect(!isNominal(summary.coverage, pixels: 16000))
    #expect(summary.ranks.contains { $0.pValue < 1e-4 })
  }

  @Test func tooFewSamplesDoNotLookTooNarrow() throws {
    // With 4 samples, intervals between quantiles are far too short; relative ranks are not.
    let summary = try summary(GaussianPosteriors(images: 3000, samples: 4))
    #expect(isNominal(summary.coverage, pixels: 48000))
  }

  /// Sorted by a std of few samples, (truth − mean)/std itself would be 2 where the std came out small, and ½
  /// where it came out large.
  @Test(arguments: [2, 3, 8]) func aStdOfFewSamplesIsNotMistakenForAWrongOne(samples: Int) throws {
    let summary = try summary(GaussianPosteriors(images: 3000, samples: samples))
    #expect(errors(summary, are: 1))
  }

  @Test func theOrderOfImagesMakesNoDifference() throws {
    var (forth, back) = (Calibration(), Calibration())
    let images = try GaussianPosteriors(images: 50).all()
    for image in images { forth.add(image) }
    for image in images.reversed() { back.add(image) }
    #expect(forth.summary() == back.summary())
    #expect(Calibration().summary() == nil)
  }

  /// Closed form of the CRPS of N(m, s²): s(z(2Φ(z) − 1) + 2φ(z) − 1/√π), of mean s/√π over exact draws. The mean
  /// of the scores is unbiased for any number of samples; their standard error is told with them.
  @Test func scoresAreThoseOfTheTheory() throws {
    let summary = try summary(GaussianPosteriors(images: 3000))
    let std = GaussianPosteriors.prior / 2.0.squareRoot()
    let crps = try #require(summary.crps)
    // Levels of 1/255 blur what is below them; 1 % of the score is far above it.
    #expect(
      abs(crps.mean - std / Double.pi.squareRoot()) < 4 * crps.standardError + 0.01 * crps.mean)
    let energy = try #require(summary.energyScore)
    let narrow = try #require(
      try self.summary(GaussianPosteriors(images: 3000, spread: 0.5)).energyScore)
    #expect(narrow.mean > energy.mean + 4 * energy.standardError)
  }
}

@Suite struct RankedScoreTests {
  /// mean|xᵢ − t| − ½·mean over i ≠ j of |xᵢ − xⱼ|, by two loops.
  @Test(arguments: [2, 7, 600])
  func agreesWithTheDefinition(_ count: Int) throws {
    let samples = randomSamples(count, pixels: 5, seed: 3)
    let truth: [Float] = [0, 0.2, 0.5, 0.9, 1]
    let statistics = try makeStatistics(
      samples, pixels: 5, options: StatisticsOptions(levels: true))
    let levels = samples.map { $0.map { Double(LevelMultiset.level($0)) / 255 } }
    var expected = 0.0
    for pixel in 0..<5 {
      let values = levels.map { $0[pixel] }
      let error = values.reduce(0) { $0 + abs($1 - Double(truth[pixel])) } / Double(count)
      let pairs = values.reduce(0.0) { sum, one in sum + values.reduce(0) { $0 + abs($1 - one) } }
      expected += error - pairs / Double(2 * count * (count - 1))
    }
    let score = try #require(statistics.levels).rankedScore(truth: truth)
    #expect(abs(score - expected / 5) < 1e-12)
  }

  @Test func oneSampleHasNoScore() throws {
    let statistics = try makeStatistics(
      [[0.5]], pixels: 1, options: StatisticsOptions(levels: true))
    #expect(try #require(statistics.levels).rankedScore(truth: [0.5]).isNaN)
  }
}

@Suite struct PositionHistogramTests {
  @Test func everyPositionOnceIsUniform() {
    var histogram = PositionHistogram()
    for below in 0...6 { histogram.add(below: below, equal: 0, samples: 6) }
    #expect(histogram.count == 7)
    for half in 1...19 {
      #expect(abs(histogram.inside(half: half) / 7 - Double(half) / 20) < 1e-12)
    }
  }

  @Test func tiesAreSpread() {
    var histogram = PositionHistogram()
    histogram.add(below: 0, equal: 6, samples: 6)
    #expect(histogram.masses.allSatisfy { abs($0 - 1.0 / 40) < 1e-15 })
  }
}
