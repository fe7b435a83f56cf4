import Foundation
import RunFiles
import Synchronization
import Testing

@testable import Coordinator
@testable import Statistics

/// Runs that stop drawing an image when its mean is precise enough.
///
/// Sizes are 4, 6, 10, 16, 24. The pixels of the image `a` are uniform in [0, 1), so their standard
/// deviation is near 0.29 and an error of 0.07 needs some 17 samples; `calm` varies two thirds as
/// much, `still` not at all, and all samples of `broken` fail.
@Suite struct UntilPreciseTests {
  private static let names = ["a", "broken", "calm", "still", "z"]

  private func ruled() throws -> TestRun {
    var run = try TestRun()
    (run.imageNames, run.unit, run.samples) = (Self.names, 2, 24)
    run.rule = StoppingRule(minimum: 4, monteCarloError: 0.07)
    return run
  }

  /// Same bytes as of what must be drawn, drawn at once; and one file an image.
  private func expectRight(_ run: TestRun) throws {
    let (bytes, isTidy) = try run.result()
    #expect(try bytes == run.expected())
    #expect(isTidy)
  }

  @Test func theImagesHereDiffer() throws {
    let run = try ruled()
    #expect(run.goal.sizes == [4, 6, 10, 16, 24])
    let counts = try Self.names.map(run.count)
    #expect(counts[1] == 24, "failed samples count as drawn, so there is an end")
    #expect(counts[3] == 4)
    #expect(counts[3] < counts[2] && counts[2] < counts[0])
  }

  @Test(arguments: [1, 2, 3, 5], [1, 2]) func theResultDoesNotDependOnRanksAndWorkers(
    ranks: Int, workers: Int
  ) throws {
    let run = try ruled()
    for result in run.start(ranks: ranks, workers: workers) {
      #expect(try result.get().ending.code == .completeWithFailedSamples)
    }
    try expectRight(run)
    let wanted = try Self.names.map(run.count).reduce(0, +)
    #expect(run.record.drawnSamples == wanted, "nothing is drawn beyond the first precise size")
    #expect(run.record.completed.withLock { $0.count } == Self.names.count)
    let last = try #require(run.record.reports.withLock { $0.last })
    #expect(last.totalSamples == wanted && last.openSamples == 0 && last.openUnits == 0)
    #expect(last.doneUnits == last.totalUnits && last.fraction == 1)
    let first = try #require(run.record.reports.withLock { $0.first })
    #expect(first.totalUnits == 10 && first.mostUnits == 60)
  }

  /// The time units take sets the order in which images get on.
  @Test(arguments: 1...4) func theOrderOfWorkDoesNotMatter(seed: Int) throws {
    var run = try ruled()
    let random = Mutex(SplitMix64(seed: UInt64(seed)))
    run.before = { _, flag in
      let pause = random.withLock { $0.next() % 4 }
      Thread.sleep(forTimeInterval: Double(pause) / 1000)
      try flag.check()
    }
    run.settings.checkpoint = seed % 2 == 0 ? 0 : 60
    _ = run.start(ranks: 3, workers: 2)
    try expectRight(run)
  }

  /// Kills the whole job at the n-th message of a rank, again and again, until it gets through.
  @Test(arguments: 1...16) func killedAtAnyMessageAndResumed(seed: Int) throws {
    var run = try ruled()
    run.settings.checkpoint = seed % 3 == 0 ? 0 : 60
    let isDone = try run.getsThrough(seed: seed, attempts: 80) { progress in
      for name in Self.names {
        let covered = progress.covered(TestSamples.image(name)).upperBound
        let count = try run.count(of: name)
        #expect(covered <= count)
      }
    }
    #expect(isDone)
    try expectRight(run)
  }

  @Test func aWorkersErrorLosesNothing() throws {
    struct OutOfMemory: Error {}
    var run = try ruled()
    run.before = { unit, flag in
      try flag.check()
      if unit.image.name == "a", unit.samples.lowerBound >= 6 { throw OutOfMemory() }
    }
    #expect(try run.start(ranks: 2)[0].get().ending.code == .internalError)
    _ = try run.again().start(ranks: 1)
    try expectRight(run)
  }

  /// Killed after the commit of the last unit of a stage, before anything was decided.
  @Test func whatWasNotDecidedIsDecidedByTheNextStart() throws {
    let run = try ruled()
    let directory = try run.directory()
    for name in Self.names {
      try directory.commit(TestSamples.part(TestSamples.unit(name, 0..<2)))
      try directory.commit(TestSamples.part(TestSamples.unit(name, 2..<4)))
    }
    _ = run.start(ranks: 2)
    #expect(run.record.drawnUnits.allSatisfy { $0.image.name != "still" })
    #expect(run.record.drawnUnits.allSatisfy { $0.samples.lowerBound >= 4 })
    let progress = try directory.tidy(directory.scan(), run.goal)
    #expect(progress.images.values.allSatisfy { $0.accepted.count == 1 })
    try expectRight(run)
    let again = try run.again()
    _ = again.start(ranks: 2)
    #expect(again.record.drawnUnits.isEmpty, "a finished run stays finished")
  }

  @Test(arguments: [1, 2, 3, 7]) func sharesDecideAlone(count: Int) throws {
    let run = try ruled()
    for index in (0..<count).shuffled() {
      let shard = try Shard(index: index, count: count)
      let results = try run.again { $0.shard = shard }.start(ranks: index % 2 + 1)
      #expect(results.allSatisfy { (try? $0.get().ending.code.isComplete) == true })
    }
    try expectRight(run)
  }

  /// Two copies of a share, the other share, and a run of everything, all at once.
  @Test func runsInOneFolderAtOnceAgree() throws {
    let run = try ruled()
    let shards: [Shard?] = try [Shard("0/2"), Shard("0/2"), Shard("1/2"), nil]
    let others = try shards.map { shard in try run.again { $0.shard = shard } }
    TestRun.startAtOnce(others, ranks: 2)
    // Sums of two runs may have overlapped, and one been set aside: then a new start goes on.
    _ = try run.again().start(ranks: 1)
    #expect(try run.result().bytes == run.expected())
    let directory = try run.directory()
    let progress = try directory.tidy(directory.scan(), run.goal)
    #expect(progress.overlapping == [] && progress.ignored == [])
    #expect(progress.images.values.allSatisfy { $0.accepted.count == 1 })
  }

  /// From a fixed number to a rule, to a stricter one with a larger maximum, and back.
  @Test func theGoalMayChange() throws {
    let run = try ruled()
    _ = try run.again { ($0.rule, $0.samples) = (nil, 4) }.start(ranks: 2)
    _ = try run.again().start(ranks: 2)
    try expectRight(run)
    let stricter = try run.again {
      $0.rule?.monteCarloError = 0.03
      $0.samples = 54
    }
    _ = stricter.start(ranks: 3)
    // As if it had been the stricter one from the start.
    try expectRight(stricter)
    let drawn = try Self.names.map(stricter.count)
    #expect(drawn != (try Self.names.map(run.count)))
    let fixed = try run.again { ($0.rule, $0.samples) = (nil, 4) }
    _ = fixed.start(ranks: 1)
    #expect(fixed.record.drawnUnits.isEmpty)
    let looser = try run.again()
    _ = looser.start(ranks: 1)
    #expect(looser.record.drawnUnits.isEmpty, "what is drawn stays and counts")
    try expectRight(stricter)
  }
}
