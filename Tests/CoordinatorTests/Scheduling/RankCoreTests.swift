import RunFiles
import Testing

@testable import Coordinator

@Suite struct RankCoreTests {
  private var core: RankCore
  private let unit = TestSamples.unit("a", 0..<4)

  init() {
    core = Self.core(rank: 1)
  }

  private static func core(rank: Int, workers: Int = 2) -> RankCore {
    var settings = RunSettings()
    settings.stall = 100
    let node = NodeInfo(
      rank: rank, size: 2, localRank: 0, localSize: 1, host: "n1", library: "test")
    return RankCore(node: node, workers: workers, settings: settings, now: 0)
  }

  private mutating func messages() -> [WorkerMessage] {
    core.takeActions().compactMap { if case .send(let message) = $0 { message } else { nil } }
  }

  /// Lets time pass in small steps, as a running process sees it.
  private mutating func pass(from start: Double, to end: Double, signs: [UInt64] = [0, 0]) {
    for now in stride(from: start, to: end, by: 1) { core.tick(now: now, signs: signs) }
    core.tick(now: end, signs: signs)
  }

  private mutating func expectMessages(
    _ expected: [WorkerMessage], location: SourceLocation = #_sourceLocation
  ) {
    let found = messages()
    #expect(found == expected, sourceLocation: location)
  }

  private mutating func abandonsShip() -> Bool {
    core.takeActions().contains { if case .abandonShip = $0 { true } else { false } }
  }

  private mutating func welcome() {
    core.handle(.welcome(run: "r"), now: 0)
    _ = core.takeActions()
  }

  @Test mutating func threadsStartWithTheWelcome() {
    #expect(!core.hasRunningWorkers)
    core.handle(.welcome(run: "r"), now: 0)
    let actions = core.takeActions()
    #expect(actions.count == 1)
    #expect(core.hasRunningWorkers)
  }

  @Test mutating func aRankWithoutThreadsStopsAtOnce() {
    core.handle(.stop(.other("x")), now: 1)
    expectMessages([.drained])
  }

  @Test mutating func aRankDrainsWhenItsThreadsHaveLeft() {
    welcome()
    core.requestStop(.signal(15), now: 1)
    expectMessages([.stopRequested(.signal(15))])
    core.requestStop(.signal(15), now: 2)
    core.handle(WorkerEvent.left(slot: 0), now: 2)
    expectMessages([])
    core.handle(WorkerEvent.left(slot: 1), now: 2)
    expectMessages([.drained])
    #expect(!core.hasRunningWorkers)
  }

  @Test mutating func threadsThatDoNotStopAreLeftBehind() {
    welcome()
    core.handle(.stop(.other("x")), now: 1)
    _ = messages()
    pass(from: 1, to: 14.9)
    let early = messages()
    #expect(!early.contains(.drained))
    core.tick(now: 15.1, signs: [0, 0])
    let late = messages()
    #expect(late.contains(.drained))
    #expect(core.hasRunningWorkers)
  }

  @Test mutating func aWorkerThatMakesNoStepIsReportedOnce() {
    welcome()
    core.handle(.assign(slot: 1, units: [unit]), now: 10)
    pass(from: 10, to: 99)
    pass(from: 99, to: 100, signs: [0, 5])
    core.handle(.heartbeat, now: 199)
    pass(from: 100, to: 199, signs: [0, 5])
    let early = messages()
    #expect(early.allSatisfy { $0 == .heartbeat })
    core.tick(now: 201, signs: [0, 5])
    core.tick(now: 202, signs: [0, 5])
    let failures = messages().filter { $0 != .heartbeat }
    #expect(failures.count == 1)
    guard case .failure(let failure) = failures.first else {
      Issue.record("no failure: \(failures)")
      return
    }
    #expect(failure.code == .interrupted)
    #expect(failure.unit == unit)
    #expect(failure.text.contains("rank 1 (n1), a, samples 0-3: no sign of life"))
  }

  @Test mutating func idleWorkersAreNotTakenAsHung() {
    welcome()
    core.handle(.assign(slot: 0, units: [unit]), now: 0)
    core.handle(
      WorkerEvent.finished(FinishedUnit(slot: 0, unit: unit, seconds: 1, failures: [])), now: 1)
    _ = messages()
    for now in stride(from: 0.0, to: 1000, by: 100) {
      core.handle(.heartbeat, now: now)
      pass(from: now, to: now + 100)
    }
    let said = messages()
    #expect(said.allSatisfy { $0 == .heartbeat })
  }

  @Test mutating func rankZeroGoneIsNoticed() {
    welcome()
    pass(from: 0, to: 119)
    let early = abandonsShip()
    #expect(!early)
    pass(from: 119, to: 121)
    let isAbandoned = abandonsShip()
    #expect(isAbandoned)
  }

  @Test mutating func timeInWhichTheProcessDidNotRunIsNobodysSilence() {
    welcome()
    core.handle(.assign(slot: 0, units: [unit]), now: 0)
    pass(from: 0, to: 60)
    pass(from: 5000, to: 5030)
    let said = core.takeActions()
    #expect(
      said.allSatisfy {
        if case .send(.heartbeat) = $0 { true } else if case .order = $0 { true } else { false }
      })
  }

  /// Rank 0 gives signs of life while it begins.
  @Test mutating func rankZeroIsMissedBeforeTheWelcomeToo() {
    pass(from: 0, to: 119, signs: [])
    core.handle(.heartbeat, now: 119)
    pass(from: 119, to: 238, signs: [])
    let early = abandonsShip()
    #expect(!early)
    pass(from: 238, to: 240, signs: [])
    let late = abandonsShip()
    #expect(late)
  }

  /// With steps of 3 s, 60 s of silence are a hang; with a lease of 20 s less would be one.
  @Test mutating func aHangIsMeasuredByTheStepsBefore() {
    var settings = RunSettings()
    (settings.stall, settings.lease) = (1000, 20)
    core = RankCore(
      node: NodeInfo(
        rank: 0, size: 1, localRank: 0, localSize: 1, host: "n1", library: "test"),
      workers: 1, settings: settings, now: 0)
    welcome()
    core.handle(.assign(slot: 0, units: [unit]), now: 0)
    for step in 1...5 {
      pass(from: Double(3 * step - 3), to: Double(3 * step - 1), signs: [UInt64(step - 1)])
      core.tick(now: Double(3 * step), signs: [UInt64(step)])
    }
    pass(from: 15, to: 74, signs: [5])
    let early = messages().filter { $0 != .heartbeat }
    #expect(early == [])
    pass(from: 74, to: 77, signs: [5])
    let failures = messages().filter { $0 != .heartbeat }
    #expect(failures.count == 1)
  }

  @Test mutating func signsOfLifeAreSentWhenNothingElseIs() {
    welcome()
    pass(from: 0, to: 9)
    expectMessages([])
    core.tick(now: 10, signs: [0, 0])
    expectMessages([.heartbeat])
    core.handle(
      WorkerEvent.finished(FinishedUnit(slot: 0, unit: unit, seconds: 1, failures: [])), now: 15)
    _ = messages()
    pass(from: 15, to: 21)
    expectMessages([])
  }

  @Test mutating func ordersForOthersAreIgnored() {
    welcome()
    core.handle(.assign(slot: 7, units: [unit]), now: 0)
    let actions = core.takeActions()
    #expect(actions.isEmpty)
  }
}
