import Testing

@testable import RunFiles

/// `run.samples` as a number, and as a rule.
@Suite struct SampleCountTests {
  typealias Samples = ConfigurationSamples

  private static let rule = "run.samples={min: 16, max: 256, until: {mcse: 0.01}}"

  private func message(_ overrides: [String]) -> String {
    do {
      _ = try Samples.load(Samples.full, overrides)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func aRuleIsRead() throws {
    let run = try Samples.load(Samples.full, [Self.rule]).run
    #expect(run.samples == 256)
    #expect(run.stopping == StoppingRule(minimum: 16, monteCarloError: 0.01))
    let goal = try #require(
      Samples.load(Samples.full, [Self.rule, "compute.device=cpu"]).recorded?.goal)
    #expect(goal.sizes.first == 16 && goal.most == 256)
    #expect(try Samples.load(Samples.full).run.stopping == nil)
  }

  @Test func itsValuesAreSetOneByOne() throws {
    let run = try Samples.load(
      Samples.full, [Self.rule, "run.samples.max=64", "run.samples.until.mcse=1e-3"]
    ).run
    #expect(run.samples == 64 && run.stopping?.monteCarloError == 0.001)
    #expect(try Samples.load(Samples.full, [Self.rule, "run.samples=8"]).run.stopping == nil)
  }

  @Test func itComesBackAndCountsForNothingInTheHash() throws {
    let ruled = try Samples.load(Samples.full, [Self.rule])
    #expect(ruled.yaml().contains("  samples:\n    min: 16\n    max: 256\n    until:\n"))
    #expect(try Samples.load(ruled.yaml()) == ruled)
    let hashes = try [ruled, Samples.load(Samples.full)].map {
      $0.resolved(device: .cpu, precision: .float32, shape: UnitShape(unit: 8, threads: 1))
        .workHash(priorDigest: "d")
    }
    #expect(hashes[0] == hashes[1])
  }

  @Test(arguments: [
    ("{min: 16, max: 256}", "run.samples: 'until' is missing; give a section"),
    (
      "{min: 16, until: {mcse: 1}}",
      "run.samples: 'max' is missing; give a whole number from 1 to 2147483647"
    ),
    (
      "{max: 16, until: {mcse: 1}}",
      "run.samples: 'min' is missing; give a whole number from 2 to 2147483647"
    ),
    (
      "{min: 1, max: 16, until: {mcse: 1}}",
      "run.samples.min: found '1', allowed: a whole number from 2 to 2147483647"
    ),
    (
      "{min: 16, max: 3000000000, until: {mcse: 1}}",
      "run.samples.max: found '3000000000', allowed: a whole number from 1 to 2147483647"
    ),
    ("{min: 16, max: 8, until: {mcse: 1}}", "run.samples.max: 8 is less than min, 16"),
    (
      "{min: 16, max: 32, until: {mcse: 0}}",
      "run.samples.until.mcse: found '0', allowed: a number above 0"
    ),
    (
      "{min: 16, max: 32, until: {}}",
      "run.samples.until: 'mcse' is missing; give a number above 0"
    ),
    (
      "{min: 16, max: 32, until: {msce: 1}}",
      "run.samples.until.msce: unknown key; did you mean 'mcse'? Allowed here: mcse"
    ),
    (
      "{min: 16, max: 32, until: 0.1}",
      "run.samples.until: found '0.1', expected a section of keys"
    ),
    (
      "{min: 16, maximum: 32, max: 32, until: {mcse: 1}}",
      "run.samples.maximum: unknown key. Allowed here: min, max, until"
    ),
    (
      "[16, 32]",
      "run.samples: found '[16, 32]', expected a whole number from 1 to 2147483647 or a section of "
        + "min, max and until"
    ),
  ]) func mistakesAreNamed(value: String, text: String) {
    let message = message(["run.samples=\(value)"])
    #expect(message.contains(text), "\(message)")
  }

  @Test func aRuleInTheWrongPlaceIsToldWhereItBelongs() {
    #expect(
      message(["run.until={mcse: 1}"]).contains("it belongs to section 'run.samples'"))
    #expect(
      message(["run.samples.max=64"])
        .contains("run.samples: found '32', expected a section of keys"))
  }
}
