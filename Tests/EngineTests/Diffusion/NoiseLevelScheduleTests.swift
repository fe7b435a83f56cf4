import Foundation
import Testing

@testable import Engine

@Suite struct NoiseLevelScheduleTests {
  static let schedules: [NoiseLevelSchedule] = [
    .edm(power: 7), .edm(power: 1), .ve, .vp(.init(minimum: 0.1, maximum: 20, form: .linear)),
    .vp(.init(minimum: 0.85, maximum: 19.5, form: .scaledLinear)), .trigflow(dataStd: 1),
    .trigflow(dataStd: 0.5),
  ]

  /// samplers.md §4.2, printed with seven digits; the published grid is computed in float32.
  @Test func annealingLevelsAreThePublishedOnes() {
    let edm = NoiseLevelSchedule.edm(power: 7)
    let main = edm.annealingLevels(from: 100, to: 0.1, count: 200, grid: .main)
    let expected = [
      0: 100, 1: 97.8252, 2: 95.69108, 3: 93.59698, 196: 0.1260742, 197: 0.1190639,
      198: 0.1123904, 199: 0.1060402, 200: 0,
    ]
    #expect(main.count == 201)
    for (level, sigma) in expected { #expect(abs(main[level] - sigma) <= 1e-6 * sigma) }
    let legacy = edm.annealingLevels(from: 100, to: 0.1, count: 200, grid: .legacy)
    #expect(legacy.count == 201)
    for (level, sigma) in [1: 97.8143799, 198: 0.1060713, 199: 0.1, 200: 0] {
      #expect(abs(legacy[level] - sigma) <= 1e-6 * sigma)
    }
  }

  @Test func odeGridsAreThePublishedOnes() {
    let edm = NoiseLevelSchedule.edm(power: 7)
    let cases: [(Double, NoiseGrid, [Double])] = [
      (100, .main, [99.99998, 33.03488, 8.856436, 1.747964, 0.2106297, 0.01]),
      (0.1060402, .main, [0.1060402, 0.07017816, 0.04525805, 0.02834321, 0.01716461, 0.01]),
      (100, .legacy, [100, 24.3111, 4.12355, 0.380714, 0.01, 0]),
    ]
    for (high, grid, expected) in cases {
      let times = edm.odeTimes(from: high, to: 0.01, steps: 5, grid: grid)
      #expect(times.count == 6)
      for (time, value) in zip(times, expected) { #expect(abs(time - value) <= 2e-6 * value) }
    }
  }

  @Test(arguments: schedules) func gridsFallBetweenTheirEnds(schedule: NoiseLevelSchedule) {
    let sigmas = schedule.times(from: 20, to: 0.02, count: 9).map(schedule.sigma)
    #expect(sigmas.count == 9)
    #expect(abs(sigmas[0] - 20) < 1e-9 && abs(sigmas[8] - 0.02) < 1e-11)
    #expect(zip(sigmas, sigmas.dropFirst()).allSatisfy(>))
    #expect(schedule.times(from: 20, to: 0.02, count: 1).count == 1)
  }

  /// Central differences with step h = 10⁻⁶·t are off by rounding/10⁻⁶ = 10⁻¹⁰, and by (h/d)² where
  /// a pole is d away: d = .5/60 for the last schedule, 4·10⁻⁸.
  @Test(arguments: schedules) func derivativesAreThoseOfTheFunctions(schedule: NoiseLevelSchedule) {
    for sigma in [0.03, 0.4, 1, 7, 60] {
      let t = schedule.time(sigma: sigma)
      #expect(abs(schedule.sigma(t) / sigma - 1) < 1e-10, "the inverse")
      let h = 1e-6 * t
      let slope = (schedule.sigma(t + h) - schedule.sigma(t - h)) / (2 * h)
      let stretch = (schedule.scaling(t + h) - schedule.scaling(t - h)) / (2 * h)
      #expect(abs(schedule.sigmaDerivative(t) / slope - 1) < 1e-6)
      #expect(abs(schedule.scalingDerivative(t) - stretch) < 1e-6 * (1 + abs(stretch)))
    }
  }

  /// s² + (s·σ)² = 1 for data of variance 1.
  @Test(arguments: schedules.dropFirst(3).prefix(3))
  func variancePreservingSchedulesPreserveVariance(schedule: NoiseLevelSchedule) {
    for sigma in [0.03, 1, 60] {
      let t = schedule.time(sigma: sigma)
      let (scale, noise) = (schedule.scaling(t), schedule.priorStd(t))
      #expect(abs(scale * scale + noise * noise - 1) < 1e-12)
    }
  }

  /// samplers.md §4.4.
  @Test func theLearningRateFallsAsPublished() {
    let main = LearningRateDecay(initial: 1e-4, minimumRatio: 0.01)
    for (level, rate) in [0: 1e-4, 1: 9.950746e-5, 100: 5.074627e-5, 199: 1.985075e-6] {
      #expect(abs(main.rate(level: level, of: 200) / rate - 1) < 1e-6)
    }
    let legacy = LearningRateDecay(initial: 1e-4, minimumRatio: 0.01, grid: .legacy)
    #expect(abs(legacy.rate(level: 100, of: 200) - 5.05e-5) < 1e-15)
    let constant = LearningRateDecay(initial: 3e-5, minimumRatio: 1)
    #expect(constant.rate(level: 17, of: 50) == 3e-5)
  }
}
