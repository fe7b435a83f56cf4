import Foundation
import RunFiles
import Synchronization
import Testing

@testable import Coordinator

/// What goes wrong in a run, and that nothing finished is lost by it.
@Suite struct FailureTests {
  struct OutOfMemory: Error, CustomStringConvertible {
    var description: String { "out of memory" }
  }

  /// Kills the whole job at the n-th message of a rank, again and again, until it gets through.
  @Test(arguments: 1...24) func killedAtAnyMessageAndResumed(seed: Int) throws {
    var run = try TestRun()
    run.settings.checkpoint = seed % 3 == 0 ? 0 : 60
    #expect(try run.getsThrough(seed: seed, attempts: 60))
    let (bytes, isTidy) = try run.result()
    #expect(try bytes == run.expected())
    #expect(isTidy)
  }

  @Test func committedUnitsAreNotDrawnAgain() throws {
    var run = try TestRun()
    run.settings.checkpoint = 0
    let hub = InMemoryHub(ranks: 2, faults: [InMemoryFault(rank: 1, message: 5, effect: .killAll)])
    _ = run.start(ranks: 2, hub: hub)
    let progress = try run.directory().scan()
    let done = Set(
      progress.images.values.flatMap { image in
        image.covered.indices.map { "\(image.image.name) \($0)" }
      })
    let second = try run.again()
    _ = second.start(ranks: 2)
    let drawn = second.record.drawnUnits.flatMap { unit in
      unit.samples.map { "\(unit.image.name) \($0)" }
    }
    #expect(done.isDisjoint(with: drawn))
    #expect(done.count + drawn.count == 36)
    #expect(try run.result().bytes == run.expected())
  }

  @Test(arguments: [1, 3]) func anErrorEndsAllRanksWithOneMessage(ranks: Int) throws {
    var run = try TestRun()
    run.before = { unit, flag in
      try flag.check()
      if unit == TestSamples.unit("b", 4..<8) { throw OutOfMemory() }
    }
    let endings = try run.start(ranks: ranks, workers: 2).map { try $0.get().ending }
    #expect(Set(endings).count == 1)
    #expect(endings[0].code == .internalError)
    let text = endings[0].text ?? ""
    #expect(text.contains("rank ") && text.contains(HostName.current))
    #expect(text.hasSuffix("b, samples 4-7: out of memory"))
    // What had been finished is there, and the rest is drawn by the next run.
    let finished = run.record.drawnSamples
    let second = try run.again()
    #expect(
      try second.directory().scan().images.values.reduce(0) { $0 + $1.covered.count } == finished)
    _ = second.start(ranks: 1)
    #expect(second.record.drawnSamples == 36 - finished)
    #expect(try run.result().bytes == run.expected())
  }

  /// Parts of another file than was there at the beginning are not committed; the others are.
  @Test func samplesOfAReplacedFileEndTheRun() throws {
    var run = try TestRun()
    (run.settings.checkpoint, run.inputs) = (0, [TestSamples.image("b"): "ab"])
    let ending = try #require(try run.start(ranks: 1).first?.get().ending)
    #expect(ending.code == .badInput)
    #expect(ending.text?.contains("the file of b was replaced") == true)
    let progress = try run.directory().scan()
    #expect(progress.covered(TestSamples.image("b")).isEmpty)
    #expect(progress.covered(TestSamples.image("a")).ranges == [0..<12])
  }

  @Test func errorsBringTheirExitCode() throws {
    var run = try TestRun()
    run.before = { _, _ in throw FileError(path: "prior.safetensors", operation: .read, errno: 5) }
    let ending = try run.start(ranks: 2)[1].get().ending
    #expect(ending.code == .inputOutput)
    #expect(ending.text?.contains("prior.safetensors") == true)
  }

  @Test func aWrongPartIsAnInternalError() throws {
    let run = try TestRun()
    var job = run.job(rank: 0, workers: 1)
    let path = run.path
    job.equip = { _, _ in
      Equipment(
        executors: [
          { unit, _ in try TestSamples.part(WorkUnit(image: unit.image, samples: 0..<1)) }
        ],
        agreement: TestSamples.agreement, folder: path)
    }
    let outcome = try job.run(over: InMemoryTransport.single())
    #expect(outcome.ending.code == .internalError)
    #expect(outcome.ending.text?.contains("the sampler returned") == true)
  }

  @Test(arguments: [0, 2]) func arankThatCannotBeEquippedEndsAll(rank: Int) throws {
    let run = try TestRun()
    let all = run.start(ranks: 3) { job in
      let equip = job.equip
      job.equip = { node, briefing in
        if node.rank == rank { throw FileError(path: "prior.pt", operation: .open, errno: ENOENT) }
        return try equip(node, briefing)
      }
    }.compactMap { try? $0.get().ending }
    #expect(all.count == 3 && Set(all).count == 1)
    #expect(all[1].code == .inputOutput)
    #expect(
      all[1].text?.hasPrefix("rank \(rank) (\(HostName.current)): cannot open prior.pt")
        == true)
  }

  @Test func aRunThatCannotBeOpenedEndsAll() throws {
    var run = try TestRun()
    try AtomicFile.write("in the way", to: run.path)
    #expect(try run.start(ranks: 3).allSatisfy { try $0.get().ending.code == .inputOutput })
    run = try TestRun()
    _ = try RunDirectory.openOrCreate(
      at: run.path, RunDescription(workHash: "ffff", program: "x", configuration: "y: 1\n"))
    let endings = try run.start(ranks: 2).map { try $0.get().ending }
    #expect(endings.allSatisfy { $0.code == .badInput })
    #expect(endings[1].text?.contains("+ run: {samples: 12}") == true)
  }

  @Test func aRankWithAnotherPriorIsNamed() throws {
    var run = try TestRun()
    run.agreement = { rank in
      RankAgreement(
        program: TestSamples.agreement.program, workHash: TestSamples.agreement.workHash,
        priorDigest: rank == 1 ? "other" : "p")
    }
    let gate = Gate()
    run.before = { _, flag in
      // Keeps rank 0 from finishing everything before rank 1 has joined.
      while !gate.isOpen, !flag.isRaised { Thread.sleep(forTimeInterval: 0.001) }
      try flag.check()
    }
    let endings = try run.start(ranks: 2).map { try $0.get().ending }
    gate.open()
    #expect(endings.allSatisfy { $0.code == .badInput })
    #expect(endings[0].text?.hasPrefix("rank 1 (\(HostName.current)): its prior file") == true)
  }
}

/// Opens once.
final class Gate: Sendable {
  private let state = Atomic<Bool>(false)
  var isOpen: Bool { state.load(ordering: .acquiring) }
  func open() { state.store(true, ordering: .releasing) }
}

/// A clock that tests move.
final class TestClock: Sendable {
  private let seconds = Mutex(0.0)
  var now: Double { seconds.withLock { $0 } }
  func advance(_ time: Double) { seconds.withLock { $0 += time } }
}
