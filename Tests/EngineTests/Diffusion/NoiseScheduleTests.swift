import Testing

@testable import Engine

/// Check values are those the published code gave; 1 − ᾱ(t+1)/ᾱ(t) of nearly equal numbers keeps
/// about twelve digits.
@Suite struct NoiseScheduleTests {
  private func close(_ value: Double, _ expected: Double, relative: Double = 1e-11) -> Bool {
    abs(value - expected) <= relative * abs(expected)
  }

  @Test func linearSchedule() throws {
    let betas = try NoiseSchedule.linear.betas(steps: 1000)
    #expect(betas.count == 1000)
    #expect(betas[0] == 1e-4 && betas[999] == 0.02)
    #expect(close(betas[1], 1.1991991991988638e-4))
    #expect(close(betas[100], 2.0919919919919483e-3))
    #expect(close(betas[500], 0.010059959959960008))
  }

  /// Shorter processes have larger steps, so that they end at about the same noise.
  @Test func linearScheduleStretches() throws {
    let betas = try NoiseSchedule.linear.betas(steps: 100)
    #expect(close(betas[0], 1e-3) && close(betas[99], 0.2))
  }

  @Test func cosineSchedule() throws {
    let betas = try NoiseSchedule.cosine.betas(steps: 1000)
    let expected = [
      0: 4.128422482196914e-5, 1: 4.614175273665033e-5, 500: 0.003155691441585007,
      998: 0.7499993929011166, 999: 0.999,
    ]
    for (step, beta) in expected { #expect(close(betas[step], beta)) }
  }

  @Test(arguments: NoiseSchedule.allCases, [21, 22, 100, 4000, 100_000])
  func betasAreBetweenZeroAndOne(schedule: NoiseSchedule, steps: Int) throws {
    #expect(try schedule.betas(steps: steps).allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test(arguments: [Int.min, -1, 0, 1, 100_001, Int.max])
  func impossibleNumbersOfStepsAreRefused(steps: Int) {
    for schedule in NoiseSchedule.allCases {
      #expect(throws: DiffusionError.stepCount(steps)) { _ = try schedule.betas(steps: steps) }
    }
  }

  @Test func shortLinearSchedulesAreRefused() throws {
    #expect(throws: DiffusionError.linearScheduleTooShort(20)) {
      _ = try NoiseSchedule.linear.betas(steps: 20)
    }
    #expect(try NoiseSchedule.cosine.betas(steps: 2).count == 2)
  }
}
