import RunFiles
import Testing

@testable import Coordinator

/// The coordinator's decisions, message by message, on a clock that the test moves.
@Suite struct CoordinatorCoreTests {
  private let folder: TemporaryFolder
  private let record: TestRun.Record
  private var core: CoordinatorCore
  private var sent: [(CoordinatorMessage, Int)] = []
  private var commits: [CommitOrder] = []
  private var left: (RunEnding, Bool)?

  init() throws {
    let run = try TestRun()
    (folder, record) = (run.folder, run.record)
    let directory = try run.directory()
    let plan = try WorkPlan(
      images: ["a", "b"].map(TestSamples.image), grid: UnitGrid(unit: 4, samples: 8))
    let opened = OpenedRun(directory: directory, plan: plan, progress: RunProgress(parts: []))
    core = CoordinatorCore(
      opened, work: plan.remaining { _ in SampleRanges() }, ranks: 3,
      agreement: TestSamples.agreement, runName: "r", settings: RunSettings(),
      observer: run.record, now: 0)
  }

  private mutating func collect() {
    for action in core.takeActions() {
      switch action {
      case .send(let message, let rank): sent.append((message, rank))
      case .commit(.status): break
      case .commit(let order): commits.append(order)
      case .leave(let ending, let abort): left = (ending, abort)
      }
    }
  }

  private mutating func say(_ message: WorkerMessage, _ rank: Int, _ now: Double = 0) {
    core.handle(message, from: rank, now: now)
    collect()
  }

  private mutating func tick(_ now: Double) {
    core.tick(now: now)
    collect()
  }

  /// Lets time pass in small steps, as a running process sees it.
  private mutating func pass(from start: Double = 0, to end: Double) {
    for now in stride(from: start, to: end, by: 1) { tick(now) }
    tick(end)
  }

  private func info(_ rank: Int, workers: Int = 1) -> RankInfo {
    RankInfo(
      rank: rank, host: "n\(rank)", process: 1, localRank: 0, localSize: 1, workers: workers,
      cores: 1, device: "cpu", agreement: TestSamples.agreement)
  }

  private func units(of rank: Int) -> [WorkUnit] {
    sent.flatMap { message, to -> [WorkUnit] in
      if case .assign(_, let units) = message, to == rank { units } else { [] }
    }
  }

  private mutating func draw(_ unit: WorkUnit, _ rank: Int, _ now: Double) throws {
    say(.finished(FinishedUnit(slot: 0, unit: unit, seconds: 1, failures: [])), rank, now)
    let bytes = TestSamples.bytes(try TestSamples.part(unit))
    say(
      .result(slot: 0, image: unit.image, samples: SampleRanges(unit.samples), bytes: bytes), rank,
      now)
  }

  private mutating func acknowledgeCommits(_ now: Double) {
    for case .part(let image, let samples, let bytes) in commits {
      core.handle(.committed(image: image, samples: samples, bytes: bytes.count), now: now)
    }
    commits = []
    collect()
  }

  private var concluding: RunEnding? {
    for case .conclude(let ending) in commits { return ending }
    return nil
  }

  @Test mutating func workGoesToWhoeverJoins() {
    say(.hello(info(1)), 1)
    #expect(units(of: 1).count == 2)
    say(.hello(info(0)), 0)
    #expect(units(of: 0).map(\.image.name) == ["b"])
    say(.hello(info(2)), 2)
    #expect(record.joined.withLock { $0.map(\.rank) } == [1, 0, 2])
    #expect(units(of: 2).count == 1)
  }

  @Test mutating func theRunEndsWhenAllIsCommitted() throws {
    say(.hello(info(1)), 1)
    for _ in 0..<4 {
      let unit = try #require(
        units(of: 1).first { unit in core.schedule.hands.values.contains { $0.units.contains(unit) }
        })
      try draw(unit, 1, 5)
    }
    #expect(concluding == nil)
    acknowledgeCommits(6)
    #expect(concluding?.code == .complete)
    #expect(left == nil)
    core.handle(.concluded(RunEnding(.complete)), now: 7)
    collect()
    #expect(left?.0 == RunEnding(.complete) && left?.1 == false)
    #expect(sent.count { $0.0 == .end(RunEnding(.complete)) } == 3)
  }

  @Test mutating func aSilentRankEndsTheRunButNotBeforeItsLease() {
    for rank in 0..<3 { say(.hello(info(rank)), rank) }
    pass(to: 119)
    say(.heartbeat, 0, 119)
    say(.heartbeat, 1, 119)
    pass(from: 119, to: 120)
    #expect(record.stops.withLock { $0.isEmpty })
    pass(from: 120, to: 121)
    #expect(
      record.stops.withLock { $0.first?.contains("rank 2 (n2) has been silent for 121 s") } == true)
    // Nobody waits for the lost rank; the others send what they have.
    say(.drained, 0, 122)
    #expect(concluding == nil)
    say(.drained, 1, 122)
    #expect(concluding?.code == .interrupted)
    core.handle(.concluded(concluding ?? RunEnding(.complete)), now: 123)
    collect()
    #expect(left?.0.code == .interrupted && left?.1 == true)
  }

  @Test mutating func aRankThatNeverJoinsEndsTheRunLater() {
    say(.hello(info(0)), 0)
    say(.hello(info(1)), 1)
    for now in stride(from: 60.0, through: 1800, by: 60) {
      say(.heartbeat, 1, now)
      say(.heartbeat, 2, now)
      pass(from: now - 60, to: now)
    }
    #expect(record.stops.withLock { $0.isEmpty })
    tick(1801)
    #expect(record.stops.withLock { $0.first?.contains("rank 2 has not joined") } == true)
  }

  @Test mutating func aRankThatIsSilentBeforeItJoinsEndsTheRunSoon() {
    say(.hello(info(0)), 0)
    say(.hello(info(1)), 1)
    say(.heartbeat, 1, 100)
    pass(to: 119)
    #expect(record.stops.withLock { $0.isEmpty })
    pass(from: 119, to: 121)
    #expect(record.stops.withLock { $0.first?.contains("rank 2 has not joined") } == true)
  }

  @Test mutating func timeInWhichTheProcessDidNotRunIsNobodysSilence() {
    for rank in 0..<3 { say(.hello(info(rank)), rank) }
    pass(to: 60)
    pass(from: 5000, to: 5059)
    #expect(record.stops.withLock { $0.isEmpty })
    pass(from: 5059, to: 5062)
    #expect(record.stops.withLock { $0.count } == 1)
  }

  @Test mutating func aRankOfAnotherWorldIsRefusedByName() {
    say(.hello(info(0)), 0)
    var stranger = info(2)
    stranger.agreement.priorDigest = "another file"
    say(.hello(stranger), 2)
    let text = record.stops.withLock { $0.first } ?? ""
    #expect(text.hasPrefix("rank 2 (n2): its prior file"))
    #expect(sent.count { if case .stop = $0.0 { true } else { false } } == 3)
    #expect(units(of: 2).isEmpty)
    for rank in 0..<3 { say(.drained, rank) }
    #expect(concluding?.code == .badInput)
  }

  @Test mutating func theFirstErrorCounts() {
    for rank in 0..<3 { say(.hello(info(rank)), rank) }
    let failure = WorkerFailure(
      rank: 1, host: "n1", unit: TestSamples.unit("a", 0..<4), cause: "no memory left",
      code: .internalError)
    say(.failure(failure), 1)
    say(.stopRequested(.signal(15)), 2)
    for rank in 0..<3 { say(.drained, rank) }
    #expect(
      concluding
        == RunEnding(.internalError, "rank 1 (n1), a, samples 0-3: no memory left"))
  }

  @Test mutating func whatIsFinishedIsCommittedBeforeTheEnd() throws {
    say(.hello(info(1)), 1)
    let unit = try #require(units(of: 1).first)
    say(.stopRequested(.signal(15)), 1, 1)
    try draw(unit, 1, 1.1)
    for rank in 0..<3 { say(.drained, rank, 1.2) }
    #expect(concluding == nil)
    acknowledgeCommits(1.3)
    #expect(concluding?.code == .interrupted)
    #expect(concluding?.text?.contains("signal TERM") == true)
  }

  @Test mutating func aSignalAfterTheLastUnitIsNoInterruption() throws {
    say(.hello(info(1)), 1)
    for _ in 0..<4 {
      let hand = core.schedule.hands[WorkerID(rank: 1, slot: 0)]
      try draw(try #require(hand?.units.first), 1, 1)
    }
    say(.stopRequested(.signal(10)), 1, 1)
    for rank in 0..<3 { say(.drained, rank, 1) }
    acknowledgeCommits(2)
    #expect(concluding?.code == .complete)
  }

  @Test mutating func ranksThatDoNotStopAreGivenUp() {
    for rank in 0..<3 { say(.hello(info(rank)), rank) }
    say(.stopRequested(.signal(15)), 0, 10)
    say(.drained, 0, 10)
    say(.drained, 1, 11)
    pass(from: 11, to: 26)
    #expect(concluding == nil)
    pass(from: 26, to: 27.5)
    #expect(concluding?.code == .interrupted)
    core.handle(.concluded(RunEnding(.interrupted)), now: 27.5)
    collect()
    #expect(left?.1 == true)
  }

  @Test mutating func mapsThatTakeTooLongAreLeftForTheNextRun() throws {
    say(.hello(info(1)), 1)
    for _ in 0..<4 {
      let hand = core.schedule.hands[WorkerID(rank: 1, slot: 0)]
      try draw(try #require(hand?.units.first), 1, 1)
    }
    acknowledgeCommits(2)
    pass(from: 2, to: 100)
    #expect(left == nil)
    say(.stopRequested(.signal(15)), 0, 100)
    pass(from: 100, to: 118)
    #expect(left == nil)
    pass(from: 118, to: 119)
    #expect(left?.0.code == .interrupted && left?.1 == false)
    core.handle(.concluded(RunEnding(.complete)), now: 120)
    let late = core.takeActions()
    #expect(late.isEmpty)
  }

  @Test mutating func aCommitThatFailsEndsTheRun() throws {
    say(.hello(info(0)), 0)
    let unit = try #require(units(of: 0).first)
    try draw(unit, 0, 1)
    core.handle(.failed("cannot write x: No space left", .inputOutput, bytes: 10), now: 2)
    collect()
    for rank in 0..<3 { say(.drained, rank, 2) }
    #expect(concluding?.code == .inputOutput)
    #expect(concluding?.text?.hasPrefix("rank 0 (n0): cannot commit a result") == true)
  }

  @Test mutating func aResultThatIsThereAlreadyIsDropped() throws {
    say(.hello(info(1)), 1)
    let unit = try #require(units(of: 1).first)
    try draw(unit, 1, 1)
    try draw(unit, 1, 1)
    #expect(commits.count == 1)
    #expect(record.messages.withLock { $0.count } == 1)
  }

  /// The first image needs more, the second does not; nobody waits for the decision.
  @Test mutating func anOpenImageGetsMoreWorkWhenItsCommitSaysSo() throws {
    let goal = SampleGoal(
      grid: UnitGrid(unit: 4, samples: 12), rule: StoppingRule(minimum: 4, monteCarloError: 0.1))
    let plan = try WorkPlan(images: ["a", "b"].map(TestSamples.image), goal: goal)
    let opened = OpenedRun(
      directory: core.run.directory, plan: plan, progress: RunProgress(parts: []))
    core = CoordinatorCore(
      opened, work: plan.remaining { _ in SampleRanges() }, ranks: 1,
      agreement: TestSamples.agreement, runName: "r", settings: RunSettings(), observer: record,
      now: 0)
    #expect(core.report.totalUnits == 2 && core.report.openUnits == 4)
    say(.hello(info(0)), 0)
    for unit in [TestSamples.unit("a", 0..<4), TestSamples.unit("b", 0..<4)] {
      #expect(units(of: 0).contains(unit))
      try draw(unit, 0, 1)
    }
    acknowledge("a", 0..<4, .more(SampleRanges(4..<8)))
    #expect(core.report.totalUnits == 3 && core.report.openUnits == 3)
    acknowledge("b", 0..<4, try whole("b", 4))
    #expect(core.report.totalUnits == 3 && core.report.openUnits == 1)
    #expect(concluding == nil)
    #expect(units(of: 0).last == TestSamples.unit("a", 4..<8))
    try draw(TestSamples.unit("a", 4..<8), 0, 2)
    try draw(TestSamples.unit("a", 0..<4), 0, 2)
    #expect(record.messages.withLock { $0.count } == 1, "a late duplicate is dropped")
    acknowledge("a", 4..<8, try whole("a", 8))
    #expect(concluding?.code == .complete)
    #expect(core.report.doneUnits == 3 && core.report.mostUnits == 3)
    #expect(core.report.totalSamples == 12 && core.report.openSamples == 0)
  }

  private mutating func acknowledge(
    _ name: String, _ samples: Range<Int>, _ advance: ImageAdvance
  ) {
    core.handle(
      .committed(
        image: TestSamples.image(name), samples: SampleRanges(samples), bytes: 1, advance: advance),
      now: 1)
    collect()
  }

  private func whole(_ name: String, _ count: Int) throws -> ImageAdvance {
    let part = try TestSamples.part(TestSamples.unit(name, 0..<count))
    return .whole(try core.run.directory.commit(part))
  }

  @Test mutating func slowDisksHoldUpTheWorkers() throws {
    core = CoordinatorCore(
      core.run, work: core.run.plan.remaining { _ in SampleRanges() }, ranks: 1,
      agreement: TestSamples.agreement, runName: "r",
      settings: {
        var settings = RunSettings()
        settings.backlogBytes = 0
        return settings
      }(), observer: record, now: 0)
    say(.hello(info(0)), 0)
    // The first finished unit is replaced; from then on results wait to be written.
    for unit in units(of: 0) { try draw(unit, 0, 1) }
    try draw(units(of: 0)[2], 0, 1)
    #expect(units(of: 0).count == 3)
    acknowledgeCommits(2)
    #expect(units(of: 0).count == 4)
  }

  @Test mutating func failedSamplesMakeTheirOwnExitCode() throws {
    say(.hello(info(1)), 1)
    for step in 0..<4 {
      let hand = core.schedule.hands[WorkerID(rank: 1, slot: 0)]
      let unit = try #require(hand?.units.first)
      let failures =
        step == 0 ? [FailedSample(image: unit.image, index: 0, attempts: 2, reason: "NaN")] : []
      say(.finished(FinishedUnit(slot: 0, unit: unit, seconds: 1, failures: failures)), 1, 1)
      say(.result(slot: 0, image: unit.image, samples: SampleRanges(unit.samples), bytes: []), 1, 1)
    }
    acknowledgeCommits(2)
    #expect(concluding?.code == .completeWithFailedSamples)
    #expect(concluding?.text == "1 sample failed and left out")
  }

  @Test mutating func shortUnitsAreGivenOutInBundles() throws {
    let plan = try WorkPlan(
      images: [TestSamples.image("a")], grid: UnitGrid(unit: 1, samples: 10_000))
    core = CoordinatorCore(
      OpenedRun(directory: core.run.directory, plan: plan, progress: RunProgress(parts: [])),
      work: plan.remaining { _ in SampleRanges() }, ranks: 1, agreement: TestSamples.agreement,
      runName: "r", settings: RunSettings(), observer: record, now: 0)
    say(.hello(info(0)), 0)
    #expect(units(of: 0).count == 2)
    let unit = try #require(units(of: 0).first)
    say(.finished(FinishedUnit(slot: 0, unit: unit, seconds: 0.001, failures: [])), 0, 1)
    #expect((30...60).contains(core.schedule.unitsInHand(of: WorkerID(rank: 0, slot: 0))))
  }
}
