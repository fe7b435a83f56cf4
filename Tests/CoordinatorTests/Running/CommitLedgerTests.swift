import Foundation
import RunFiles
import Testing

@testable import Coordinator

/// Which files are joined when, also while other processes work in the folder.
@Suite struct CommitLedgerTests {
  private let run: TestRun
  private let directory: RunDirectory

  init() throws {
    run = try TestRun()
    directory = try run.directory()
  }

  private func ledger(
    images: [String] = ["a"], samples: Int = 16, shard: Shard? = nil
  ) throws -> CommitLedger {
    let plan = try WorkPlan(
      images: images.map(TestSamples.image), grid: UnitGrid(unit: 4, samples: samples),
      shard: shard)
    let progress = try directory.scan()
    let opened = OpenedRun(directory: directory, plan: plan, progress: progress)
    return CommitLedger(opened, work: plan.remaining { progress.covered($0) })
  }

  private func commit(_ samples: Range<Int>, _ directory: RunDirectory) throws -> PartEntry {
    try directory.commit(TestSamples.part(TestSamples.unit("a", samples)))
  }

  private func expectWhole(_ samples: Int = 16) throws {
    let image = TestSamples.image("a")
    let progress = try directory.tidy(directory.scan(), samples: samples)
    #expect(progress.overlapping == [])
    #expect(
      try directory.part(of: image, in: progress)
        == TestSamples.part(TestSamples.unit("a", 0..<samples)))
  }

  @Test func aCompleteImageIsOneFile() throws {
    var ledger = try ledger()
    let parts = try stride(from: 0, to: 16, by: 4).map {
      try ledger.add(commit($0..<$0 + 4, directory))
    }
    #expect(parts.map { $0 != nil } == [false, false, false, true])
    #expect(try directory.scan().images[TestSamples.image("a")]?.accepted.count == 1)
    try expectWhole()
  }

  /// A merge joins the parts of an image as soon as all are there, before the share's own joining.
  @Test func aMergeInBetweenIsNoError() throws {
    var ledger = try ledger(shard: Shard(index: 0, count: 2))
    #expect(try ledger.add(commit(0..<4, directory)) == nil)
    let other = try run.directory()
    _ = try commit(8..<16, other)
    let last = try commit(4..<8, directory)
    _ = try other.tidy(other.scan(), samples: 16)
    #expect(!directory.has(last))
    #expect(try ledger.add(last) == nil)
    try expectWhole()
  }

  /// A copy of the run has finished the image, and a merge has deleted what this one has drawn.
  @Test func aCopyThatIsFasterIsNoError() throws {
    var ledger = try ledger(samples: 32)
    for start in stride(from: 0, to: 28, by: 4) {
      #expect(try ledger.add(commit(start..<start + 4, directory)) == nil)
    }
    let copy = try run.directory()
    _ = try commit(0..<32, copy)
    copy.removeRedundant(try copy.scan())
    #expect(try directory.scan().images[TestSamples.image("a")]?.accepted.count == 1)
    let whole = try #require(try ledger.add(commit(28..<32, directory))?.whole)
    #expect(try directory.load(whole) == TestSamples.part(TestSamples.unit("a", 0..<32)))
    try expectWhole(32)
  }

  /// The error of this many samples is what the rule asks for; sizes are 4, 8, 12, 16.
  private func ruledLedger(preciseAt count: Int) throws -> CommitLedger {
    let error = try TestSamples.part(TestSamples.unit("a", 0..<count)).statistics
      .monteCarloErrorOfMean()
    let goal = SampleGoal(
      grid: UnitGrid(unit: 4, samples: 16), rule: StoppingRule(minimum: 4, monteCarloError: error))
    let plan = try WorkPlan(images: [TestSamples.image("a")], goal: goal)
    let progress = try directory.judged(directory.scan(), by: goal)
    let opened = OpenedRun(directory: directory, plan: plan, progress: progress)
    return CommitLedger(opened, work: plan.remaining(after: progress))
  }

  @Test func anImageThatIsNotPreciseIsGivenMore() throws {
    var ledger = try ruledLedger(preciseAt: 12)
    #expect(try ledger.add(commit(0..<4, directory)) == .more(SampleRanges(4..<8)))
    #expect(try ledger.add(commit(6..<8, directory)) == nil)
    #expect(try ledger.add(commit(4..<6, directory)) == .more(SampleRanges(8..<12)))
    #expect(try directory.scan().images[TestSamples.image("a")]?.accepted.count == 1)
    let whole = try #require(try ledger.add(commit(8..<12, directory))?.whole)
    #expect(try directory.load(whole) == TestSamples.part(TestSamples.unit("a", 0..<12)))
    #expect(try ledger.add(commit(12..<16, directory)) == nil, "nobody asked for them")
  }

  /// Killed after the commit, before the decision; and in the middle of a stage.
  @Test(arguments: [4, 6, 8]) func aNewStartDecidesTheSame(there: Int) throws {
    _ = try commit(0..<there, directory)
    var ledger = try ruledLedger(preciseAt: 12)
    let next = there == 8 ? 12 : 8
    let advance = try ledger.add(commit(there..<next, directory))
    if next == 12 {
      #expect(advance?.whole?.header.samples == SampleRanges(0..<12))
    } else {
      #expect(advance == .more(SampleRanges(8..<12)))
    }
  }

  /// A copy of the run has gone on, and has deleted what this one has drawn.
  @Test func aCopyThatIsAStageAheadIsFollowed() throws {
    var ledger = try ruledLedger(preciseAt: 12)
    let mine = try commit(0..<4, directory)
    let copy = try run.directory()
    _ = try commit(0..<8, copy)
    copy.removeRedundant(try copy.scan())
    #expect(!directory.has(mine))
    #expect(try ledger.add(mine) == .more(SampleRanges(8..<12)))
    #expect(try ledger.add(commit(8..<12, directory))?.whole?.header.samples.count == 12)
  }

  /// What was set aside stays if the complete part has not all of it.
  @Test func onlyWhatIsContainedIsDeleted() throws {
    _ = try commit(0..<8, directory)
    let beyond = try commit(4..<11, directory)
    let contained = try commit(4..<6, directory)
    var ledger = try ledger(samples: 10)
    #expect(try ledger.add(commit(8..<10, directory)) != nil)
    #expect(directory.has(beyond) && !directory.has(contained))
  }
}
