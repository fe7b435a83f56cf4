import Foundation
import RunFiles

/// The main thread of a rank during a run: passes messages between the state machines, the
/// transport and the threads.
///
/// Rank 0 coordinates and works like any other rank; its messages to itself take no transport.
final class RunLoop {
  let job: RunJob
  let transport: any Transport
  let bell = Doorbell()
  private let workerEvents = Monitor<[WorkerEvent]>([])
  private let commitReports = Monitor<[CommitReport]>([])
  private var rank: RankCore
  private let equipment: Equipment
  private var head: Head?
  private var threads: [WorkerThread] = []
  private var toCoordinator: [WorkerMessage] = []
  private var toRank: [CoordinatorMessage] = []
  private var lastTick = -Double.infinity
  private var ending: RunEnding?
  private var mustAbort = false
  private var early: ArraySlice<Envelope>

  /// What only rank 0 has.
  private struct Head {
    var core: CoordinatorCore
    let committer: Committer
  }

  /// - Parameter early: messages that have come before the loop.
  init(
    _ job: RunJob, _ transport: any Transport, _ equipment: Equipment, early: [Envelope] = []
  ) {
    self.early = early[...]
    self.job = job
    self.transport = transport
    self.equipment = equipment
    rank = RankCore(
      node: transport.node, workers: equipment.executors.count, settings: job.settings,
      now: job.settings.clock())
  }

  private var now: Double { job.settings.clock() }
}

// MARK: - Beginning and end

extension RunLoop {
  /// Makes this rank the coordinator of the work.
  func coordinate(_ run: OpenedRun, _ work: [RemainingWork], runName: String) {
    let core = CoordinatorCore(
      run, work: work, ranks: transport.node.size, agreement: equipment.agreement,
      runName: runName, settings: job.settings, observer: job.observer, now: now)
    let log = EventLog(folder: run.directory.path, rank: 0, run: runName)
    let committer = Committer(run, job: job, log: log) { [commitReports, bell] report in
      commitReports.change { $0.append(report) }
      bell.ring()
    }
    committer.start(work)
    head = Head(core: core, committer: committer)
  }

  /// Works until the run is over; `failure` is an error this rank starts with.
  func run(failure: WorkerFailure?) throws(TransportError) -> RunOutcome {
    let (start, startTime) = (MonotonicClock.now(), MonotonicClock.threadTime())
    do throws(TransportError) {
      try greet(failure)
      while ending == nil {
        let isBusy = try turn()
        if !isBusy, ending == nil { try transport.wait(on: bell, upTo: 0.1) }
      }
    } catch {
      _ = endThreads(within: 10)
      throw error
    }
    var outcome = RunOutcome(ending ?? RunEnding(.internalError))
    outcome.mustAbort = mustAbort
    outcome.elapsedSeconds = MonotonicClock.now() - start
    outcome.coordinatorSeconds = MonotonicClock.threadTime() - startTime
    outcome.hasAbandonedThreads = !endThreads(within: 1)
    if let head {
      outcome.report = head.core.report
      (outcome.results, outcome.resultBytes) = (head.core.results, head.core.resultBytes)
      outcome.committingSeconds = head.committer.busySeconds
    }
    return outcome
  }

  private func greet(_ failure: WorkerFailure?) throws(TransportError) {
    if let failure {
      try tell(.failure(failure))
    } else {
      try tell(.hello(RankInfo(transport.node, equipment)))
    }
    _ = try settle()
  }

  /// Ends all threads, whatever has happened; false if one is still at work after this time.
  private func endThreads(within seconds: Double) -> Bool {
    for thread in threads {
      thread.flag.raise()
      thread.give(.end)
    }
    let isCommitted = head?.committer.cancel(within: seconds) ?? true
    return waitForWorkers(within: seconds) && isCommitted
  }

  private func waitForWorkers(within seconds: Double) -> Bool {
    let now = now
    let end = MonotonicClock.now() + seconds
    while rank.hasRunningWorkers, MonotonicClock.now() < end {
      for event in workerEvents.change(Self.takeAll) { rank.handle(event, now: now) }
      if rank.hasRunningWorkers { _ = bell.wait(upTo: 0.05) }
    }
    return !rank.hasRunningWorkers
  }

  /// Writes the last status and event of the run; on rank 0.
  func writeLastWords(_ outcome: RunOutcome, runName: String, _ run: OpenedRun) {
    guard let head else { return }
    try? run.directory.write(head.core.finalStatus(outcome.ending, now: now), shard: run.plan.shard)
    var event = RunEvent(.ended)
    event.seconds = outcome.elapsedSeconds
    event.coordinatorSeconds = outcome.coordinatorSeconds
    event.committingSeconds = outcome.committingSeconds
    event.failedSamples = outcome.report.failedSamples
    event.outcome = outcome.ending.code.description
    event.text = outcome.ending.text
    EventLog(folder: run.directory.path, rank: 0, run: runName).write(event)
  }
}

// MARK: - One turn

extension RunLoop {
  /// Handles all that is there; true if there was anything.
  private func turn() throws(TransportError) -> Bool {
    var isBusy = false
    while let envelope = try nextEnvelope() {
      isBusy = true
      try receive(envelope)
      _ = try settle()
    }
    for event in workerEvents.change(Self.takeAll) {
      isBusy = true
      rank.handle(event, now: now)
    }
    for report in commitReports.change(Self.takeAll) {
      isBusy = true
      head?.core.handle(report, now: now)
    }
    tick()
    return try settle() || isBusy
  }

  private func nextEnvelope() throws(TransportError) -> Envelope? {
    if let first = early.popFirst() { return first }
    return try transport.poll()
  }

  private static func takeAll<Element>(_ list: inout [Element]) -> [Element] {
    defer { list = [] }
    return list
  }

  private func tick() {
    guard MonotonicClock.now() - lastTick >= 0.05 else { return }
    lastTick = MonotonicClock.now()
    let now = now
    if let reason = job.stopRequest() { rank.requestStop(reason, now: now) }
    rank.tick(now: now, signs: threads.map(\.flag.signsOfLife))
    head?.core.tick(now: now)
    let checkpoint = job.settings.checkpoint
    for thread in threads where thread.isDue {
      // Sealing a large sum takes a moment; the main thread has no time for it.
      DispatchQueue.global().async { thread.flush(olderThan: checkpoint) }
    }
  }

  private func receive(_ envelope: Envelope) throws(TransportError) {
    do {
      if head != nil {
        head?.core.handle(try WorkerMessage(envelope.message), from: envelope.source, now: now)
      } else {
        rank.handle(try CoordinatorMessage(envelope.message), now: now)
      }
    } catch {
      throw .malformed(source: envelope.source, "kind \(envelope.message.kind)")
    }
  }

  /// Carries out actions until there are none; true if there was any.
  private func settle() throws(TransportError) -> Bool {
    var isBusy = false
    while true {
      let mine = rank.takeActions()
      for action in mine { try perform(action) }
      for message in Self.takeAll(&toCoordinator) { head?.core.handle(message, from: 0, now: now) }
      let theirs = head?.core.takeActions() ?? []
      for action in theirs { try perform(action) }
      let messages = Self.takeAll(&toRank)
      for message in messages { rank.handle(message, now: now) }
      if mine.isEmpty, theirs.isEmpty, messages.isEmpty { return isBusy }
      isBusy = true
    }
  }
}

// MARK: - Actions

extension RunLoop {
  private func tell(_ message: WorkerMessage) throws(TransportError) {
    if head != nil {
      toCoordinator.append(message)
    } else {
      try transport.send(message.message, to: 0)
    }
  }

  private func perform(_ action: RankCore.Action) throws(TransportError) {
    switch action {
    case .send(let message): try tell(message)
    case .order(let order, let slot): threads[slot].give(order)
    case .startWorkers(let run): startWorkers(run)
    case .stopWorkers: stopWorkers()
    case .abandonShip(let ending): abandonShip(ending)
    case .leave(let ending): self.ending = ending
    }
  }

  private func perform(_ action: CoordinatorCore.Action) throws(TransportError) {
    switch action {
    case .send(let message, let rank):
      if rank == 0 { toRank.append(message) } else { try transport.send(message.message, to: rank) }
    case .commit(let order): head?.committer.give(order)
    case .leave(_, let abort): mustAbort = abort
    }
  }

  private func startWorkers(_ run: String) {
    let log = EventLog(folder: equipment.folder, rank: transport.node.rank, run: run)
    log.write(startEvent)
    let seal = PartSeal(
      workHash: equipment.agreement.workHash, program: equipment.agreement.program)
    threads = equipment.executors.enumerated().map { slot, executor in
      WorkerThread(
        slot: slot, executor: executor, settings: job.settings, seal: seal, log: log
      ) { [workerEvents, bell] event in
        workerEvents.change { $0.append(event) }
        bell.ring()
      }
    }
    for thread in threads { thread.start() }
  }

  private var startEvent: RunEvent {
    var event = RunEvent(.started)
    event.text = RankInfo(transport.node, equipment).line
    event.restartCount = ProcessInfo.processInfo.environment["SLURM_RESTART_COUNT"].flatMap {
      Int($0)
    }
    return event
  }

  /// What is finished is sent before anything else is waited for: the launcher may leave no more
  /// than a second.
  private func stopWorkers() {
    for thread in threads { thread.flag.raise() }
    let threads = threads
    DispatchQueue.concurrentPerform(iterations: threads.count) { threads[$0].flush() }
    for thread in threads { thread.give(.end) }
  }

  /// Rank 0 is gone: commits what this rank has finished, under names of its own.
  private func abandonShip(_ ending: RunEnding) {
    for thread in threads { thread.flag.raise() }
    var text = ending.text ?? ""
    do {
      let directory = try RunDirectory.open(equipment.folder)
      for part in threads.compactMap({ $0.takeSum() }) { try directory.commit(part) }
    } catch {
      text += "; and not even that could be written: \(error)"
    }
    mustAbort = true
    self.ending = RunEnding(ending.code, text)
  }
}
