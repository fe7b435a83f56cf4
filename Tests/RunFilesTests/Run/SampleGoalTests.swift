import Statistics
import Testing

@testable import RunFiles

@Suite struct SampleGoalTests {
  private static func goal(
    _ minimum: Int, _ most: Int, unit: Int = 8, error: Double = 0.1
  ) -> SampleGoal {
    SampleGoal(
      grid: UnitGrid(unit: unit, samples: most),
      rule: StoppingRule(minimum: minimum, monteCarloError: error))
  }

  @Test func sizesFollowFromTheConfigurationAlone() {
    #expect(Self.goal(16, 256).sizes == [16, 24, 40, 64, 96, 144, 216, 256])
    #expect(Self.goal(2, 20, unit: 1).sizes == [2, 3, 5, 8, 12, 18, 20])
    #expect(Self.goal(5, 10, unit: 4).sizes == [8, 10], "whole units, but no more than the most")
    #expect(Self.goal(15, 16).sizes == [16], "nothing to decide")
    #expect(Self.goal(16, 16).sizes == [16])
    #expect(Self.goal(2, 1 << 31, unit: 1).sizes.count < 60)
    #expect(SampleGoal(grid: UnitGrid(unit: 8, samples: 20)).sizes == [20])
    #expect(Self.goal(16, 256).unitRange == 2...32)
  }

  /// So a run whose maximum grows goes on as if it had been the larger one from the start.
  @Test func aLargerMaximumKeepsTheSizes() {
    let large = Self.goal(6, 1000, unit: 4).sizes
    for most in 6..<400 {
      #expect(large.starts(with: Self.goal(6, most, unit: 4).sizes.dropLast()))
    }
  }

  /// What is covered, whether it is precise, and how many samples are wanted then.
  @Test(arguments: [
    ("none", false, 16), ("0-7", false, 16), ("8-15", true, 16), ("0-15", false, 24),
    ("0-15", true, 16), ("0-16", true, 24), ("0-7,16-23", true, 24), ("0-23", false, 40),
    ("0-39", false, 50), ("0-49", false, 50), ("0-49", true, 50), ("40-47", true, 50),
    ("0-99", false, 50),
  ]) func imagesGoOnToTheNextSize(covered: String, isPrecise: Bool, target: Int) throws {
    let covered = try #require(SampleRanges(covered))
    #expect(Self.goal(16, 50).target(after: covered, isPrecise: isPrecise) == target)
    let fixed = SampleGoal(grid: UnitGrid(unit: 8, samples: 50))
    #expect(fixed.target(after: covered, isPrecise: isPrecise) == 50)
    #expect(!fixed.isOpen(covered))
  }

  @Test func onlyWholePrefixesAreOpen() throws {
    let goal = Self.goal(16, 50)
    let open = ["none", "0-7", "0-15", "1-16", "0-16", "0-23", "0-39", "0-49", "0-99"].filter {
      SampleRanges($0).map(goal.isOpen) ?? false
    }
    #expect(open == ["0-15", "0-23", "0-39"])
    let whole = ["none", "0-7", "0-15", "0-7,16-23", "0-49", "0-99", "1-49"].filter {
      SampleRanges($0).map(goal.isWhole) ?? false
    }
    #expect(whole == ["0-15", "0-49", "0-99"])
  }

  /// Samples 6, 13, … fail: they were drawn, and do not count in the error.
  @Test func theErrorIsThatOfTheGoodSamples() throws {
    let part = try RunSamples.part("a", 0..<16)
    let error = part.statistics.monteCarloErrorOfMean()
    #expect(part.statistics.count == 14)
    #expect(Self.goal(16, 50, error: error).isPrecise(part), "at most, not below")
    #expect(!Self.goal(16, 50, error: error.nextDown).isPrecise(part))
    #expect(Self.goal(16, 50, error: error).target(after: part) == 16)
    #expect(Self.goal(16, 50, error: error.nextDown).target(after: part) == 24)
    let failed = try RunSamples.part("a", 6..<7)
    #expect(!Self.goal(2, 50, error: 1e9).isPrecise(failed))
  }
}

@Suite struct OpenWorkPlanTests {
  private static let images = ["c", "a", "b"].map(RunSamples.image)
  /// Sizes 16, 24, 32; four blocks an image.
  private static let goal = SampleGoal(
    grid: UnitGrid(unit: 8, samples: 32), rule: StoppingRule(minimum: 10, monteCarloError: 0.1))

  @Test func eachImageGoesItsOwnWay() throws {
    let plan = try WorkPlan(images: Self.images, goal: Self.goal)
    let covered = ["a": "0-15", "b": "0-15", "c": "0-7,16-23"]
    let work = plan.remaining(
      after: { SampleRanges(covered[$0.name] ?? "") ?? SampleRanges() },
      isPrecise: { $0.name == "a" })
    #expect(work.map(\.image.name) == ["b", "c"])
    #expect(work.map(\.samples) == [SampleRanges(16..<24), SampleRanges(8..<16)])
  }

  @Test(arguments: 1...5) func sharesAreWholeImages(count: Int) throws {
    let plans = try (0..<count).map {
      try WorkPlan(images: Self.images, goal: Self.goal, shard: Shard(index: $0, count: count))
    }
    let owned = plans.map { plan in
      plan.remaining { _ in SampleRanges() }.map(\.image.name).joined()
    }
    #expect(owned.joined() == "abc")
    #expect(Set(plans.map(\.unitCount)).isSubset(of: [0, 4, 8, 12]))
    let whole = try WorkPlan(images: Self.images, goal: Self.goal)
    let unfinished = whole.unfinishedShares(
      of: count, after: { _ in SampleRanges(0..<16) }, isPrecise: { $0.name != "b" })
    #expect(unfinished == (0..<count).filter { owned[$0].contains("b") })
  }

  @Test func theAmountIsKnownAsFarAsItCanBe() throws {
    let folder = try TemporaryFolder()
    let run = try folder.run()
    let plan = try WorkPlan(images: Self.images, goal: Self.goal)
    #expect(
      plan.extent(after: RunProgress(parts: []))
        == WorkExtent(samples: 48, units: 6, openSamples: 48, openUnits: 6))
    for name in ["a", "b"] { try run.commit(RunSamples.part(name, 0..<16)) }
    // Both are looked at: a rule that all satisfy, and one that none does.
    for (error, extent) in [
      (1e9, WorkExtent(samples: 48, units: 6, openSamples: 16, openUnits: 2)),
      (1e-9, WorkExtent(samples: 64, units: 8, openSamples: 32, openUnits: 4)),
    ] {
      var goal = Self.goal
      goal = SampleGoal(
        grid: goal.grid, rule: StoppingRule(minimum: 10, monteCarloError: error))
      let plan = try WorkPlan(images: Self.images, goal: goal)
      let progress = try run.judged(run.scan(), by: goal)
      #expect(plan.extent(after: progress) == extent)
      #expect(progress.precise.count == (error > 1 ? 2 : 0))
      #expect(plan.remaining(after: progress).count == (error > 1 ? 1 : 3))
    }
    let fixed = SampleGoal(grid: Self.goal.grid)
    let progress = try run.judged(run.scan(), by: fixed)
    #expect(progress.precise.isEmpty)
    #expect(
      try WorkPlan(images: Self.images, goal: fixed).extent(after: progress)
        == WorkExtent(samples: 96, units: 12))
  }

  /// Parts of an image are joined at each size, whoever wrote them, and the joined part tells the
  /// same.
  @Test func partsAreJoinedAtEachSize() throws {
    let folder = try TemporaryFolder()
    let run = try folder.run()
    try run.commit(RunSamples.part("a", 0..<8))
    try run.commit(RunSamples.part("a", 8..<16))
    try run.commit(RunSamples.part("b", 0..<8))
    try run.commit(RunSamples.part("b", 8..<12))
    let error = try RunSamples.part("a", 0..<16).statistics.monteCarloErrorOfMean()
    let goal = SampleGoal(
      grid: Self.goal.grid, rule: StoppingRule(minimum: 16, monteCarloError: error))
    let apart = try run.judged(run.scan(), by: goal)
    let tidied = try run.tidy(apart, goal)
    #expect(tidied.images.mapValues(\.accepted.count)[RunSamples.image("a")] == 1)
    #expect(tidied.images.mapValues(\.accepted.count)[RunSamples.image("b")] == 2)
    #expect(apart.precise == [RunSamples.image("a")])
    #expect(try run.judged(tidied, by: goal).precise == apart.precise)
  }
}
