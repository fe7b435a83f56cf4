import Testing

@testable import RunFiles

@Suite struct WorkPlanTests {
  private static let images = ["c", "a", "b"].map(RunSamples.image)

  @Test func blocksAreCutOffAtTheSampleCount() {
    let grid = UnitGrid(unit: 8, samples: 20)
    #expect(grid.blockCount == 3)
    #expect((0..<4).map { grid.block($0) } == [0..<8, 8..<16, 16..<20, 20..<20])
    #expect(UnitGrid(unit: 8, samples: 0).blockCount == 0)
  }

  @Test func unitsOfWhatIsMissingStayInTheirBlocks() {
    let grid = UnitGrid(unit: 8, samples: 32)
    let missing = SampleRanges([3..<5, 6..<20, 24..<32])
    #expect(grid.units(of: missing) == [3..<5, 6..<8, 8..<16, 16..<20, 24..<32])
    #expect(grid.unitCount(of: missing) == 5)
    #expect(grid.firstUnit(of: missing) == 3..<5)
    #expect(grid.firstUnit(of: SampleRanges()) == nil)
  }

  /// Six units in canonical order: a 0-7, a 8-15, b 0-7, …
  @Test func theSharesThatLackSamplesAreFound() throws {
    let plan = try WorkPlan(images: Self.images, grid: UnitGrid(unit: 8, samples: 16))
    let done = { (image: ImageID) in
      image.name == "b" ? SampleRanges(0..<16) : SampleRanges(0..<8)
    }
    #expect(plan.unfinishedShares(of: 1, after: done) == [0])
    #expect(plan.unfinishedShares(of: 3, after: done) == [0, 2])
    #expect(plan.unfinishedShares(of: 6, after: done) == [1, 5])
    #expect(plan.unfinishedShares(of: 1_000_000_000, after: done) == [1, 5])
    #expect(plan.unfinishedShares(of: 4) { _ in SampleRanges() } == [0, 1, 2, 3])
    #expect(plan.unfinishedShares(of: 4) { _ in SampleRanges(0..<16) } == [])
    for count in 1...7 {
      let left = try (0..<count).filter {
        let shard = try Shard(index: $0, count: count)
        return try !WorkPlan(images: Self.images, grid: plan.grid, shard: shard)
          .remaining(after: done).isEmpty
      }
      #expect(plan.unfinishedShares(of: count, after: done) == left)
    }
  }

  @Test func growingDrawsOnlyTheNewSamples() throws {
    let plan = try WorkPlan(images: Self.images, grid: UnitGrid(unit: 8, samples: 16))
    let work = plan.remaining { _ in SampleRanges(0..<8) }
    #expect(work.map(\.samples) == Array(repeating: SampleRanges(8..<16), count: 3))
    #expect(work.map(\.image.name) == ["a", "b", "c"])
    let partial = plan.remaining { _ in SampleRanges(0..<12) }
    #expect(partial.map(\.samples) == Array(repeating: SampleRanges(12..<16), count: 3))
  }

  @Test(arguments: 1...9, [0, 1, 7, 16, 20]) func shardsCoverEachUnitOnce(
    shards: Int, samples: Int
  ) throws {
    let grid = UnitGrid(unit: 3, samples: samples)
    let whole = try WorkPlan(images: Self.images, grid: grid)
    let plans = try (0..<shards).map {
      try WorkPlan(images: Self.images, grid: grid, shard: Shard(index: $0, count: shards))
    }
    for index in Self.images.indices {
      let shares = plans.map { SampleRanges($0.samples(ofImageAt: index)) }
      #expect(shares.reduce(0) { $0 + $1.count } == samples)
      #expect(
        shares.reduce(SampleRanges()) { $0.union($1) }
          == SampleRanges(whole.samples(ofImageAt: index)))
    }
    let counts = plans.map(\.unitCount)
    #expect(counts.reduce(0, +) == whole.unitCount)
    #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    #expect(plans.map(\.sampleCount).reduce(0, +) == whole.sampleCount)
  }

  @Test func remainingOfAShardIsWithinTheShard() throws {
    let grid = UnitGrid(unit: 8, samples: 16)
    let plan = try WorkPlan(images: Self.images, grid: grid, shard: Shard(index: 1, count: 2))
    let work = plan.remaining { $0.name == "c" ? SampleRanges(0..<8) : SampleRanges() }
    #expect(
      work == [
        RemainingWork(image: RunSamples.image("b"), samples: SampleRanges(8..<16)),
        RemainingWork(image: RunSamples.image("c"), samples: SampleRanges(8..<16)),
      ])
  }

  @Test func refusesMoreUnitsThanCanBeCounted() {
    #expect(throws: WorkPlanError.self) {
      try WorkPlan(
        images: (0..<300).lazy.map { RunSamples.image("i\($0)") },
        grid: UnitGrid(unit: 1, samples: 1 << 32))
    }
  }
}
