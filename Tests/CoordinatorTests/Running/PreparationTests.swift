import Foundation
import RunFiles
import Synchronization
import Testing

@testable import Coordinator

/// Ranks that take long to begin, or never come; on a clock that only the tests move.
@Suite struct PreparationTests {
  /// Less than the pause after which a process takes itself as not having run.
  private static let step = 2.0
  private static let lease = 4.0

  private final class Clock: Sendable {
    private let time = Mutex(0.0)
    var now: Double { time.withLock { $0 } }
    func advance() { time.withLock { $0 += step } }

    /// Lets three leases pass, each rank giving signs of life in every step.
    func passLeases(_ hub: InMemoryHub, ranks: Int) {
      for _ in 0..<6 {
        let before = (0..<ranks).map(hub.sentCount)
        advance()
        while (0..<ranks).contains(where: { hub.sentCount(of: $0) == before[$0] }) { usleep(2000) }
      }
    }
  }

  private static func run(_ clock: Clock) throws -> TestRun {
    var run = try TestRun()
    run.settings.lease = lease
    run.settings.clock = { clock.now }
    return run
  }

  @Test(arguments: [0, 1]) func aSlowRankIsWaitedFor(rank: Int) throws {
    let (clock, hub) = (Clock(), InMemoryHub(ranks: 2))
    var run = try Self.run(clock)
    run.equipping = { if $0.rank == rank { clock.passLeases(hub, ranks: 2) } }
    let outcomes = try run.start(ranks: 2, hub: hub).map { try $0.get() }
    #expect(outcomes.allSatisfy { $0.ending.code.isComplete }, "\(outcomes)")
    #expect(try run.result().bytes == run.expected())
  }

  @Test func aSlowFolderIsWaitedFor() throws {
    let (clock, hub) = (Clock(), InMemoryHub(ranks: 3))
    var run = try Self.run(clock)
    run.opening = { clock.passLeases(hub, ranks: 1) }
    let outcomes = try run.start(ranks: 3, hub: hub).map { try $0.get() }
    #expect(outcomes.allSatisfy { $0.ending.code.isComplete }, "\(outcomes)")
  }

  /// A rank that goes silent while it loads ends the run.
  @Test func aRankThatHangsInLoading() throws {
    let clock = Clock()
    var run = try Self.run(clock)
    // Rank 0 does not finish the work alone.
    run.before = { _, flag in
      while true {
        try flag.check()
        usleep(2000)
      }
    }
    let hub = InMemoryHub(
      ranks: 2, faults: [InMemoryFault(rank: 1, message: 1, effect: .silence(1))])
    let isOver = Monitor(false)
    Thread.detachNewThread {
      // Slower than the ranks look, else they would take the jumps as pauses of their own.
      while isOver.wait(upTo: 0.3, { $0 ? true : nil }) == nil { clock.advance() }
    }
    let outcomes = run.start(ranks: 2, hub: hub)
    isOver.change { $0 = true }
    let first = try outcomes[0].get()
    #expect(first.ending.code == .interrupted && first.mustAbort)
    #expect(first.ending.text?.contains("rank 1") == true)
    let second = try outcomes[1].get()
    #expect(second.ending.code == .interrupted && second.mustAbort)
    #expect(second.ending.text?.contains("rank 0 has been silent") == true)
  }

  /// Rank 0 cannot open the folder: who is still loading leaves at once.
  @Test func anErrorOfRankZeroEndsLoading() throws {
    let hasEnded = Monitor(false)
    var run = try Self.run(Clock())
    run.opening = { throw FileError(path: "run", operation: .open, errno: EACCES) }
    run.equipping = { node in
      if node.rank == 1 { _ = hasEnded.wait { $0 ? true : nil } }
    }
    let outcomes = try run.start(ranks: 2).map { try $0.get() }
    hasEnded.change { $0 = true }
    #expect(outcomes.allSatisfy { $0.ending.code == .inputOutput })
    #expect(outcomes[1].hasAbandonedThreads)
  }

  enum Stage: CaseIterable { case opening, equipping, concluding }

  /// Nothing of this looks at a flag: it is left behind after the grace time.
  @Test(arguments: Stage.allCases, [1, 2]) func aStopEndsWhatTakesTooLong(
    stage: Stage, ranks: Int
  ) throws {
    var run = try Self.run(Clock())
    if stage == .concluding {
      _ = run.start(ranks: 1)
      run = try run.again()
    }
    let clock = Clock()
    run.settings.clock = { clock.now }
    let (isReached, isOver) = (Monitor(false), Monitor(false))
    @Sendable func hang() {
      isReached.change { $0 = true }
      _ = isOver.wait { $0 ? true : nil }
    }
    if stage == .opening { run.opening = { hang() } }
    if stage == .equipping { run.equipping = { if $0.rank == 0 { hang() } } }
    run.stopRequest = { rank in rank == 0 && isReached.look { $0 } ? .signal(SIGTERM) : nil }
    Thread.detachNewThread {
      // Slower than the ranks look, else they would take the jumps as pauses of their own.
      while isOver.wait(upTo: 0.3, { $0 ? true : nil }) == nil { clock.advance() }
    }
    let outcomes = try run.start(ranks: ranks) { job in
      guard stage == .concluding else { return }
      job.conclude = { ending in
        hang()
        return ending
      }
    }.map { try $0.get() }
    isOver.change { $0 = true }
    let words = stage == .concluding ? "while results were written" : "signal TERM"
    for outcome in outcomes {
      #expect(outcome.ending.code == .interrupted)
      #expect(outcome.ending.text?.contains(words) == true, "\(outcome.ending)")
    }
    #expect(outcomes[0].hasAbandonedThreads)
    if stage != .opening {
      #expect(try run.directory().statuses()["status.json"]??.state == .interrupted)
    }
  }
}
