import Foundation
import RunFiles
import Synchronization
import Testing

@testable import Coordinator

// Clocks here go twenty times as fast as time does, slowly enough not to be taken for a pause of
// the process.

/// Runs that are asked to stop, or stop by themselves because something hangs.
@Suite struct StoppingTests {
  @Test(arguments: [(1, 0), (3, 0), (3, 2)]) func aStopCommitsWhatIsFinished(
    ranks: Int, signalled: Int
  ) throws {
    var run = try TestRun()
    let gate = Gate()
    let record = run.record
    // Units of image c wait for the stop; those of a and b are drawn before it.
    run.before = { unit, flag in
      if unit.image.name != "c/d" { return try flag.check() }
      while record.drawnUnits.isEmpty { Thread.sleep(forTimeInterval: 0.001) }
      gate.open()
      while !flag.isRaised { Thread.sleep(forTimeInterval: 0.001) }
      try flag.check()
    }
    run.stopRequest = { rank in rank == signalled && gate.isOpen ? .signal(SIGTERM) : nil }
    let outcomes = try run.start(ranks: ranks).map { try $0.get() }
    #expect(outcomes.allSatisfy { $0.ending.code == .interrupted && !$0.hasAbandonedThreads })
    #expect(outcomes[0].ending.text == "interrupted (signal TERM); run again to go on")
    let finished = run.record.drawnSamples
    #expect(finished > 0)
    let second = try run.again()
    #expect(
      try second.directory().scan().images.values.reduce(0) { $0 + $1.covered.count } == finished)
    #expect(try second.directory().statuses()["status.json"]??.state == .interrupted)
    _ = second.start(ranks: 2)
    #expect(second.record.drawnSamples == 36 - finished)
    #expect(try run.result().bytes == run.expected())
  }

  /// A sampler that does not look at its flag is left behind after the grace time; what was
  /// finished is committed at once.
  @Test func aDeafSamplerDoesNotHoldUpTheEnd() throws {
    var run = try TestRun()
    (run.imageNames, run.settings.grace) = (["a"], 1)
    let clock = TestClock()
    run.settings.clock = { clock.now }
    let (entered, release) = (Gate(), Gate())
    run.before = { unit, _ in
      guard unit.samples == 4..<8 else { return }
      entered.open()
      while !release.isOpen { Thread.sleep(forTimeInterval: 0.001) }
    }
    run.stopRequest = { _ in entered.isOpen ? .signal(SIGUSR1) : nil }
    let folder = run.path
    Thread {
      // Time passes once the stop has reached the folder.
      while (try? RunDirectory.open(folder).scan().images.isEmpty) ?? true {
        Thread.sleep(forTimeInterval: 0.001)
      }
      while !release.isOpen {
        clock.advance(0.02)
        Thread.sleep(forTimeInterval: 0.001)
      }
    }.start()
    let outcome = try #require(try run.start(ranks: 1).first?.get())
    #expect(outcome.ending.code == .interrupted)
    #expect(outcome.hasAbandonedThreads)
    release.open()
    #expect(try run.directory().scan().covered(TestSamples.image("a")).ranges == [0..<4])
  }

  @Test(arguments: [1, 2]) func aHungWorkerEndsTheRunResumably(ranks: Int) throws {
    var run = try TestRun()
    let clock = TestClock()
    run.settings.clock = { clock.now }
    (run.settings.stall, run.settings.lease, run.settings.grace) = (20, 1e9, 2)
    let (hung, release) = (Gate(), Gate())
    run.before = { unit, flag in
      if unit != TestSamples.unit("b", 4..<8) { return try flag.check() }
      hung.open()
      while !release.isOpen { Thread.sleep(forTimeInterval: 0.001) }
    }
    Thread {
      while !release.isOpen {
        if hung.isOpen { clock.advance(0.02) }
        Thread.sleep(forTimeInterval: 0.001)
      }
    }.start()
    let outcomes = try run.start(ranks: ranks).map { try $0.get() }
    release.open()
    #expect(outcomes.allSatisfy { $0.ending.code == .interrupted })
    let text = outcomes[0].ending.text ?? ""
    #expect(text.contains("b, samples 4-7: no sign of life from its worker for 2"))
    #expect(outcomes.count { $0.hasAbandonedThreads } == 1)
    #expect(!outcomes[0].mustAbort)
    _ = try run.again().start(ranks: 1)
    #expect(try run.result().bytes == run.expected())
  }

  /// The network of one rank is cut. Rank 0 ends the run with what it has; the rank itself commits
  /// what it had finished.
  @Test func aRankThatIsCutOffLosesNothing() throws {
    var run = try TestRun()
    let clock = TestClock()
    run.settings.clock = { clock.now }
    (run.settings.lease, run.settings.stall, run.settings.grace) = (20, 1e9, 2)
    run.settings.checkpoint = 1e9
    let hub = InMemoryHub(ranks: 2)
    let cut = Gate()
    let drawn = Mutex<[String: Int]>([:])
    run.before = { unit, flag in
      let count = drawn.withLock { drawn in
        drawn[unit.image.name, default: 0] += 1
        return drawn[unit.image.name] ?? 0
      }
      // Both ranks have finished one unit and are in their second.
      if count < 2 { return try flag.check() }
      if drawn.withLock({ $0.values.count { $0 >= 2 } }) >= 2, !cut.isOpen {
        hub.cause(.silence(1))
        cut.open()
      }
      while !flag.isRaised { Thread.sleep(forTimeInterval: 0.001) }
      try flag.check()
    }
    let finished = Gate()
    Thread {
      while !finished.isOpen {
        if cut.isOpen { clock.advance(0.02) }
        Thread.sleep(forTimeInterval: 0.001)
      }
    }.start()
    let outcomes = try run.start(ranks: 2, hub: hub).map { try $0.get() }
    finished.open()
    #expect(outcomes.allSatisfy { $0.ending.code == .interrupted && $0.mustAbort })
    #expect(
      outcomes[0].ending.text?.contains("rank 1 (\(HostName.current)) has been silent") == true)
    #expect(outcomes[1].ending.text?.contains("rank 0 has been silent") == true)
    #expect(try run.directory().scan().images.values.reduce(0) { $0 + $1.covered.count } == 8)
    let second = try run.again()
    _ = second.start(ranks: 2)
    #expect(second.record.drawnSamples == 28)
    #expect(try run.result().bytes == run.expected())
  }

  /// A rank that answers late finds its work done by a later run: its parts are redundant, not
  /// wrong.
  @Test func aStaleRankCannotSpoilItsSuccessor() throws {
    let run = try TestRun()
    let stale = try run.directory()
    _ = run.start(ranks: 2)
    try stale.commit(TestSamples.part(TestSamples.unit("a", 4..<8)))
    try stale.commit(TestSamples.part(TestSamples.unit("a", 0..<12)))
    #expect(try run.result().bytes == run.expected())
    let directory = try run.directory()
    _ = try directory.tidy(directory.scan(), samples: 12)
    #expect(try run.result().isTidy)
    #expect(try run.result().bytes == run.expected())
  }

  @Test func waitingCostsNothing() throws {
    var run = try TestRun()
    (run.imageNames, run.samples) = (["a"], 8)
    run.before = { _, flag in
      Thread.sleep(forTimeInterval: 0.5)
      try flag.check()
    }
    let outcome = try #require(try run.start(ranks: 2).first?.get())
    #expect(outcome.elapsedSeconds >= 0.5)
    #expect(outcome.coordinatorSeconds < 0.02 + 0.01 * outcome.elapsedSeconds)
  }

  @Test func longUnitsAreCommittedWhileTheNextIsDrawn() throws {
    var run = try TestRun()
    (run.imageNames, run.settings.checkpoint) = (["a"], 60)
    let clock = TestClock()
    run.settings.clock = { clock.now }
    let path = run.path
    run.before = { unit, flag in
      guard unit.samples == 4..<8 else { return }
      clock.advance(61)
      // The first unit reaches the folder while this one is still being drawn.
      while (try? RunDirectory.open(path).scan().covered(unit.image).ranges) != [0..<4] {
        Thread.sleep(forTimeInterval: 0.001)
      }
    }
    #expect(try run.start(ranks: 1)[0].get().ending.code.isComplete)
    #expect(try run.result().bytes == run.expected())
    #expect(try run.result().isTidy)
  }
}
