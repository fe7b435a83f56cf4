import Foundation
import RunFiles
import Synchronization
import Testing

@testable import Coordinator

/// Whole runs, with real threads, on ranks connected in memory.
@Suite struct RunTests {
  @Test(arguments: [1, 2, 3, 5], [1, 2]) func theResultDoesNotDependOnRanksAndWorkers(
    ranks: Int, workers: Int
  ) throws {
    let run = try TestRun()
    let results = run.start(ranks: ranks, workers: workers)
    for result in results {
      #expect(try result.get().ending.code == .completeWithFailedSamples)
    }
    let (bytes, isTidy) = try run.result()
    #expect(try bytes == run.expected())
    #expect(isTidy)
    #expect(run.record.drawnUnits.count == 9)
    #expect(run.record.drawnSamples == 36)
    #expect(run.record.joined.withLock { Set($0.map(\.rank)) }.isSubset(of: Set(0..<ranks)))
    #expect(run.record.completed.withLock { $0.count } == 3)
    #expect(run.record.failed.withLock { $0.map(\.index) } == [5, 5, 5])
  }

  @Test func sevenUnitsOnThreeRanks() throws {
    var run = try TestRun()
    (run.imageNames, run.unit, run.samples) = (["only"], 2, 13)
    #expect(run.start(ranks: 3).count == 3)
    #expect(run.record.drawnUnits.count == 7)
    #expect(try run.result().bytes == run.expected())
  }

  @Test func fewerUnitsThanRanks() throws {
    var run = try TestRun()
    (run.imageNames, run.samples) = (["only"], 4)
    let results = run.start(ranks: 5, workers: 2)
    #expect(results.allSatisfy { (try? $0.get().ending.code) == .complete })
    #expect(run.record.drawnUnits.count == 1)
  }

  @Test func nothingLeftToDoEndsAtOnce() throws {
    let run = try TestRun()
    _ = run.start(ranks: 1)
    let second = try run.again()
    let results = second.start(ranks: 3)
    #expect(results.allSatisfy { (try? $0.get().ending.code) == .completeWithFailedSamples })
    #expect(second.record.drawnUnits.isEmpty)
    let report = second.record.reports.withLock { $0.first }
    #expect(report?.resumedUnits == 9 && report?.totalUnits == 9)
    let status = try #require(try second.directory().statuses()["status.json"] ?? nil)
    #expect(status.state == .complete && status.units == .init(total: 9, done: 9, resumed: 9))
  }

  @Test func growingDrawsExactlyTheNewSamples() throws {
    var run = try TestRun()
    (run.unit, run.samples) = (8, 8)
    _ = run.start(ranks: 2)
    let grown = try run.again { $0.samples = 16 }
    _ = grown.start(ranks: 3)
    #expect(grown.record.drawnUnits.allSatisfy { $0.samples == 8..<16 })
    #expect(grown.record.drawnSamples == 24)
    let (bytes, isTidy) = try grown.result()
    #expect(try bytes == grown.expected())
    #expect(isTidy)
  }

  @Test func moreImagesAreDrawnBesideTheOldOnes() throws {
    let run = try TestRun()
    _ = run.start(ranks: 1)
    let more = try run.again { $0.imageNames += ["0", "z"] }
    _ = more.start(ranks: 2)
    #expect(Set(more.record.drawnUnits.map(\.image.name)) == ["0", "z"])
    #expect(try more.result().bytes == more.expected())
  }

  @Test(arguments: [1, 2, 3, 4, 7]) func shardsMakeTheWhole(count: Int) throws {
    let run = try TestRun()
    for index in (0..<count).shuffled() {
      let shard = try Shard(index: index, count: count)
      let results = try run.again { $0.shard = shard }.start(ranks: index % 2 + 1)
      #expect(results.allSatisfy { (try? $0.get().ending.code.isComplete) == true })
    }
    #expect(try run.result().bytes == run.expected())
    let directory = try run.directory()
    _ = try directory.tidy(directory.scan(), samples: run.samples)
    #expect(try run.result().isTidy)
  }

  @Test func twoRunsInOneFolderAtOnceCorruptNothing() throws {
    let run = try TestRun()
    let others = try (0..<3).map { _ in try run.again() }
    TestRun.startAtOnce(others, ranks: 2)
    #expect(try run.result().bytes == run.expected())
    let directory = try run.directory()
    let progress = try directory.tidy(directory.scan(), samples: run.samples)
    #expect(progress.overlapping == [] && progress.ignored == [])
    _ = try directory.tidy(directory.scan(), samples: run.samples)
    #expect(try run.result().isTidy)
  }

  @Test func overlappingPartsAreDrawnAnewWhereNeeded() throws {
    let run = try TestRun()
    let directory = try run.directory()
    try directory.commit(TestSamples.part(TestSamples.unit("a", 0..<8)))
    try directory.commit(TestSamples.part(TestSamples.unit("a", 6..<10)))
    try AtomicFile.write("torn", to: "\(directory.partsPath)/torn.safetensors")
    _ = run.start(ranks: 2)
    #expect(run.record.drawnUnits.filter { $0.image.name == "a" }.map(\.samples) == [8..<12])
    let (bytes, isTidy) = try run.result()
    #expect(try bytes == run.expected())
    #expect(isTidy)
  }

  @Test func logsAndStatusTellTheStory() throws {
    let run = try TestRun()
    _ = run.start(ranks: 2)
    let directory = try run.directory()
    let status = try #require(try directory.statuses()["status.json"] ?? nil)
    #expect(status.state == .complete)
    #expect(status.units == .init(total: 9, done: 9, resumed: 0))
    #expect(status.samples.done == 36)
    let logs = try FileManager.default.contentsOfDirectory(atPath: run.path).filter {
      $0.hasPrefix("events-")
    }
    let lines = try logs.flatMap {
      try String(contentsOfFile: "\(run.path)/\($0)", encoding: .utf8).split(separator: "\n")
    }
    #expect(lines.count { $0.contains("\"event\":\"unit\"") } == 9)
    #expect(lines.count { $0.contains("\"event\":\"ended\"") } == 1)
    #expect(
      lines.contains {
        $0.contains("\"coordinator_seconds\"") && $0.contains("\"committing_seconds\"")
      })
  }

  @Test func concludingMayChangeTheEnding() throws {
    let run = try TestRun()
    var job = run.job(rank: 0, workers: 1)
    job.conclude = { _ in RunEnding(.inputOutput, "no room for maps") }
    let outcome = try job.run(over: InMemoryTransport.single())
    #expect(outcome.ending == RunEnding(.inputOutput, "no room for maps"))
    let again = try job.run(over: InMemoryTransport.single())
    #expect(again.ending.code == .inputOutput)
  }
}
