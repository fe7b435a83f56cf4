import Testing

@testable import Engine

@Suite struct DiffusionProcessTests {
  /// β of 100 of 1000 steps, as printed by the published code.
  @Test func respacedVariances() throws {
    let process = try DiffusionProcess(schedule: .linear, respacing: Respacing("100"))
    #expect(process.stepCount == 100 && process.timestepMap.count == 100)
    #expect(abs(process.tables.beta[0] - 1e-4) < 1e-16)
    #expect(abs(process.tables.beta[1] - 2.09363686e-3) < 1e-11)
    #expect(abs(process.tables.beta[99] - 0.182179531) < 1e-9)
  }

  /// The published code divides even when every step is kept, which changes the last bits.
  @Test func variancesAreRecomputedForAllSteps() throws {
    let process = try DiffusionProcess(schedule: .linear)
    #expect(process.timestepMap == Array(0..<1000))
    #expect(process.tables.beta[0] == 9.999999999998899e-05)
  }

  @Test(arguments: NoiseSchedule.allCases, ["7", "10,10,5", "ddim25", "250"])
  func keptStepsHaveTheirOriginalNoise(schedule: NoiseSchedule, respacing: String) throws {
    let original = try DiffusionTables(betas: schedule.betas(steps: 1000))
    let process = try DiffusionProcess(schedule: schedule, respacing: Respacing(respacing))
    for (step, originalStep) in process.timestepMap.enumerated() {
      let expected = original.alphaBar[originalStep]
      // 1 − β loses digits where ᾱ falls by a large factor in one step.
      #expect(abs(process.tables.alphaBar[step] - expected) <= 1e-13 + 1e-9 * expected)
    }
  }

  @Test func modelTimes() throws {
    let plain = try DiffusionProcess(
      schedule: .linear, originalStepCount: 500, respacing: Respacing("9"))
    let rescaled = try DiffusionProcess(
      schedule: .linear, originalStepCount: 500, respacing: Respacing("9"),
      rescalesTimesteps: true)
    for step in 0..<9 {
      #expect(plain.modelTime(at: step) == Float(plain.timestepMap[step]))
      #expect(rescaled.modelTime(at: step) == Float(2 * plain.timestepMap[step]))
    }
  }
}
