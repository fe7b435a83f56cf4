import Testing

@testable import Engine

@Suite struct DiffusionTablesTests {
  private func linear() throws -> DiffusionTables {
    try DiffusionTables(betas: NoiseSchedule.linear.betas(steps: 1000))
  }

  private func expectClose(
    _ values: [Double], _ expected: [Int: Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (step, value) in expected {
      #expect(
        abs(values[step] - value) <= 1e-11 * abs(value), "step \(step)",
        sourceLocation: sourceLocation)
    }
  }

  /// Values of the published code for the linear schedule of 1000 steps.
  @Test func publishedValues() throws {
    let tables = try linear()
    expectClose(
      tables.alphaBar,
      [
        0: 0.9999, 1: 0.9997800920720721, 99: 0.89701814567496, 100: 0.8951415908975365,
        500: 0.07779665836502389, 999: 4.035829765375676e-5,
      ])
    expectClose(
      tables.sigma,
      [1: 0.014830923708980388, 100: 0.34225969901303166, 999: 157.40728081040757])
    expectClose(
      tables.posteriorVariance,
      [0: 0, 1: 5.453187661300667e-5, 500: 0.010051335778909641, 999: 0.019999983526560627])
    expectClose(
      tables.posteriorLogVarianceClipped,
      [0: -9.81672513529595, 1: -9.81672513529595, 99: -6.197457878055758])
    expectClose(
      tables.posteriorMeanCoefficientX0,
      [0: 1, 1: 0.5452914995101377, 500: 0.0030580570756296344, 999: 1.2835148717224693e-4])
    expectClose(
      tables.posteriorMeanCoefficientXt,
      [0: 0, 1: 0.4547084989905303, 99: 0.980896021316457, 999: 0.9899486782675173])
  }

  @Test func neighboursAreShifted() throws {
    let tables = try linear()
    #expect(tables.alphaBarPrevious == [1] + tables.alphaBar.dropLast())
    #expect(tables.alphaBarNext == tables.alphaBar.dropFirst() + [0])
    #expect(tables.stepCount == 1000)
  }

  /// x_{t−1} has mean √ᾱ_{t−1} x₀ if x_t has mean √ᾱ_t x₀: c₁ + c₂ √ᾱ_t = √ᾱ_{t−1}; and the
  /// variances add up: c₂² (1 − ᾱ_t) + pv = 1 − ᾱ_{t−1}.
  @Test(arguments: NoiseSchedule.allCases)
  func reverseStepUndoesTheForwardStep(schedule: NoiseSchedule) throws {
    let tables = try DiffusionTables(betas: schedule.betas(steps: 1000))
    for t in 0..<1000 {
      let c2 = tables.posteriorMeanCoefficientXt[t]
      let mean = tables.posteriorMeanCoefficientX0[t] + c2 * tables.alphaBar[t].squareRoot()
      let variance = c2 * c2 * (1 - tables.alphaBar[t]) + tables.posteriorVariance[t]
      #expect(abs(mean - tables.alphaBarPrevious[t].squareRoot()) < 1e-11)
      #expect(abs(variance - (1 - tables.alphaBarPrevious[t])) < 1e-11)
    }
  }

  @Test func impossibleVariancesAreRefused() {
    #expect(throws: DiffusionError.tooFewSteps(1)) { _ = try DiffusionTables(betas: [0.5]) }
    for value in [0, 1, -0.1, Double.infinity] {
      #expect(throws: DiffusionError.beta(index: 1, value: value)) {
        _ = try DiffusionTables(betas: [0.5, value])
      }
    }
    #expect(throws: DiffusionError.self) { _ = try DiffusionTables(betas: [0.5, .nan]) }
  }
}
