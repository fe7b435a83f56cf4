import RunFiles
import Statistics

/// A run with any number of ranks in one thread, on a clock that is moved by hand: what the
/// coordinator has to do for them is real, all else is made up.
///
/// `CoordinatorCore` and a `RankCore` a rank are those of a real run, and every message between them
/// goes through its bytes. Workers take their time by the clock and return sums of the size of real
/// ones. Not there: the library that carries messages, and the disk.
public struct Simulation {
  private enum Event {
    case unitFinished(worker: Int, serial: Int)
    case turn
    case tick
    case committed
    case late(Envelope)
    case fault(SimulatedFault.Effect)
  }

  private struct Rank {
    var core: RankCore
    var hasWorkers = false
    var isSilent = false
    var isOver = false
    var duplicateDelay: Double?
  }

  private let settings: SimulationSettings
  private let samples: MadeUpSamples
  private let agreement: RankAgreement
  private let seal: PartSeal
  private let grid: UnitGrid
  private let work: [RemainingWork]
  private var core: CoordinatorCore
  private var ranks: [Rank]
  private var workers: [SimulatedWorker]
  private var events = EventQueue<Event>()
  private var now = 0.0
  private var inbox: [Envelope] = []
  private var isTurnDue = false
  private var commits = Queue<CommitOrder>()
  private var diskIsFree = 0.0
  private var reports: [CommitReport] = []
  private var isOver = false
  /// The bytes of a result, by its number of samples.
  private var sealedSums: [Int: [UInt8]] = [:]
  private var report = SimulationReport()

  /// A run of some work.
  ///
  /// - Parameter run: the folder, of which nothing but the description is used, and the plan.
  public init(
    _ run: OpenedRun, work: [RemainingWork], samples: MadeUpSamples, settings: SimulationSettings
  ) {
    self.settings = settings
    self.samples = samples
    self.work = work
    grid = run.plan.grid
    seal = run.directory.seal
    agreement = RankAgreement(
      program: seal.program, workHash: seal.workHash, priorDigest: "")
    core = CoordinatorCore(
      run, work: work, ranks: settings.ranks, agreement: agreement, runName: "simulation",
      settings: settings.run, observer: SilentObserver(), now: 0)
    ranks = (0..<settings.ranks).map { rank in
      Rank(
        core: RankCore(
          node: Self.node(rank, of: settings.ranks), workers: settings.workersPerRank,
          settings: settings.run, now: 0))
    }
    workers = Array(
      repeating: SimulatedWorker(), count: settings.ranks * settings.workersPerRank)
  }

  private static func node(_ rank: Int, of size: Int) -> NodeInfo {
    NodeInfo(
      rank: rank, size: size, localRank: 0, localSize: 1, host: "simulated", library: "none")
  }

  /// Works until the run is over.
  ///
  /// - Parameter limit: seconds of simulated time after which it is given up.
  /// - Throws: an error of making up samples; ``TransportError`` for a message that does not
  ///   survive its bytes.
  public mutating func run(limit: Double = .infinity) throws -> SimulationReport {
    for fault in settings.faults { events.add(.fault(fault.effect), at: fault.time) }
    for rank in ranks.indices { try join(rank) }
    events.add(.tick, at: 0)
    while !isOver, let (time, event) = events.next(), time <= limit {
      now = time
      try handle(event)
    }
    return finishedReport()
  }

  private func finishedReport() -> SimulationReport {
    var report = report
    report.seconds = now
    report.units = report.committed.values.reduce(0) { $0 + grid.unitCount(of: $1) }
    report.missingSamples = work.reduce(0) {
      $0 + $1.samples.subtracting(report.committed[$1.image] ?? SampleRanges()).count
    }
    return report
  }

  private mutating func handle(_ event: Event) throws {
    switch event {
    case .unitFinished(let worker, let serial): try finish(worker, serial)
    case .turn: try turn()
    case .tick: try tick()
    case .committed: commit()
    case .late(let envelope): arrive(envelope)
    case .fault(let effect): try cause(effect)
    }
  }
}

// MARK: - The coordinator

extension Simulation {
  /// What rank 0's main thread does when it looks for messages; its processor time is measured.
  private mutating func turn() throws {
    isTurnDue = false
    let (messages, commits) = (inbox, reports)
    (inbox, reports) = ([], [])
    let start = MonotonicClock.threadTime()
    for envelope in messages { try receive(envelope) }
    for report in commits { core.handle(report, now: now) }
    let sent = takeMessages()
    report.coordinatorSeconds += MonotonicClock.threadTime() - start
    report.messages += messages.count + sent.count
    report.largestBacklog = max(report.largestBacklog, core.pendingBytes)
    for (message, rank) in sent { try deliver(message, to: rank) }
  }

  private mutating func receive(_ envelope: Envelope) throws(TransportError) {
    do {
      core.handle(try WorkerMessage(envelope.message), from: envelope.source, now: now)
    } catch {
      throw .malformed(source: envelope.source, "kind \(envelope.message.kind)")
    }
  }

  /// Carries out the coordinator's actions; what it sends is returned in bytes.
  private mutating func takeMessages() -> [(Message, Int)] {
    var sent: [(Message, Int)] = []
    for action in core.takeActions() {
      switch action {
      case .send(let message, let rank): sent.append((message.message, rank))
      case .commit(let order): give(order)
      case .leave(let ending, _):
        report.ending = ending
        isOver = true
      }
    }
    return sent
  }

  private mutating func arrive(_ envelope: Envelope) {
    inbox.append(envelope)
    lookSoon()
  }

  private mutating func lookSoon() {
    guard !isTurnDue else { return }
    isTurnDue = true
    events.add(.turn, at: now + settings.pause)
  }

  private mutating func tick() throws {
    let start = MonotonicClock.threadTime()
    core.tick(now: now)
    report.coordinatorSeconds += MonotonicClock.threadTime() - start
    report.mostEntries = max(report.mostEntries, core.schedule.entryCount)
    for rank in ranks.indices where !ranks[rank].isOver { try tick(rank) }
    lookSoon()
    events.add(.tick, at: now + 1)
  }
}

// MARK: - The disk

extension Simulation {
  private mutating func give(_ order: CommitOrder) {
    if case .status = order { return }
    diskIsFree = max(diskIsFree, now) + settings.commitSeconds
    commits.append(order)
    events.add(.committed, at: diskIsFree)
  }

  private mutating func commit() {
    switch commits.popFirst() {
    case .part(let image, let samples, let bytes):
      note(samples, of: image, bytes.count)
      reports.append(.committed(image: image, samples: samples, bytes: bytes.count))
    case .conclude(let ending): reports.append(.concluded(ending))
    case .status, nil: return
    }
    lookSoon()
  }

  private mutating func note(_ samples: SampleRanges, of image: ImageID, _ bytes: Int) {
    let before = report.committed[image] ?? SampleRanges()
    report.doubledSamples += before.intersection(samples).count
    report.committed[image] = before.union(samples)
    report.results += 1
    report.resultBytes += bytes
  }
}

// MARK: - The ranks

extension Simulation {
  private mutating func join(_ rank: Int) throws {
    post(
      .hello(
        RankInfo(
          rank: rank, host: "simulated", process: 1, localRank: 0, localSize: 1,
          workers: settings.workersPerRank, cores: settings.workersPerRank, device: "none",
          agreement: agreement)), from: rank)
  }

  private mutating func post(_ message: WorkerMessage, from rank: Int) {
    guard !ranks[rank].isSilent else { return }
    let envelope = Envelope(source: rank, message: message.message)
    arrive(envelope)
    if case .result = message, let delay = ranks[rank].duplicateDelay {
      events.add(.late(envelope), at: now + delay)
    }
  }

  private mutating func deliver(_ message: Message, to rank: Int) throws {
    guard !ranks[rank].isSilent else { return }
    do {
      ranks[rank].core.handle(try CoordinatorMessage(message), now: now)
    } catch {
      throw TransportError.malformed(source: 0, "kind \(message.kind)")
    }
    try settle(rank)
  }

  private mutating func tick(_ rank: Int) throws {
    let first = rank * settings.workersPerRank
    for worker in first..<first + settings.workersPerRank {
      let due = workers[worker].takeSum(olderThan: settings.run.checkpoint, now: now)
      if let due { try send(due, worker) }
    }
    // Workers that take their time are alive: time itself is their sign of life.
    let count = ranks[rank].hasWorkers ? settings.workersPerRank : 0
    ranks[rank].core.tick(now: now, signs: Array(repeating: UInt64(now + 1), count: count))
    try settle(rank)
  }

  private mutating func settle(_ rank: Int) throws {
    for action in ranks[rank].core.takeActions() {
      switch action {
      case .send(let message): post(message, from: rank)
      case .order(let order, let slot):
        let worker = rank * settings.workersPerRank + slot
        workers[worker].orders.append(order)
        try goOn(worker)
      case .startWorkers: ranks[rank].hasWorkers = true
      case .stopWorkers: try stopWorkers(rank)
      case .abandonShip, .leave: ranks[rank].isOver = true
      }
    }
  }

  private mutating func stopWorkers(_ rank: Int) throws {
    for slot in 0..<settings.workersPerRank where ranks[rank].hasWorkers {
      let worker = rank * settings.workersPerRank + slot
      workers[worker].interrupt()
      if let sum = workers[worker].takeSum() { try send(sum, worker) }
      ranks[rank].core.handle(.left(slot: slot), now: now)
    }
    try settle(rank)
  }
}

// MARK: - The workers

extension Simulation {
  private mutating func goOn(_ worker: Int) throws {
    while let step = workers[worker].nextStep(now: now) {
      switch step {
      case .send(let sum): try send(sum, worker)
      case .draw(let sum):
        if let sum { try send(sum, worker) }
        events.add(
          .unitFinished(worker: worker, serial: workers[worker].serial), at: now + duration(worker))
      }
    }
  }

  /// How long the unit under way takes; it follows from the unit alone.
  private func duration(_ worker: Int) -> Double {
    guard let unit = workers[worker].unit else { return 0 }
    let number = Int(truncatingIfNeeded: unit.image.key) ^ unit.samples.lowerBound
    let luck = MadeUpSamples.noise(number)
    return settings.unitSeconds * (1 + settings.spread * (2 * Double(luck) - 1))
  }

  private mutating func finish(_ worker: Int, _ serial: Int) throws {
    guard workers[worker].serial == serial else { return }
    let (rank, slot) = worker.quotientAndRemainder(dividingBy: settings.workersPerRank)
    let seconds = now - workers[worker].began
    guard let unit = workers[worker].finish(now: now) else { return }
    ranks[rank].core.handle(
      .finished(FinishedUnit(slot: slot, unit: unit, seconds: seconds, failures: [])), now: now)
    try settle(rank)
    let due = workers[worker].takeSum(olderThan: settings.run.checkpoint, now: now)
    if let due { try send(due, worker) }
    try goOn(worker)
  }

  /// The bytes are those of as many samples, but not of these: nobody reads them.
  private mutating func send(_ sum: SimulatedWorker.Sum, _ worker: Int) throws {
    let (rank, slot) = worker.quotientAndRemainder(dividingBy: settings.workersPerRank)
    let bytes = try sealed(sum.samples.count, like: sum.image)
    post(
      .result(slot: slot, image: sum.image, samples: sum.samples, bytes: bytes), from: rank)
  }

  private mutating func sealed(_ count: Int, like image: ImageID) throws -> [UInt8] {
    if let known = sealedSums[count] { return known }
    let part = try samples.part(WorkUnit(image: image, samples: 0..<count))
    let bytes = PartFile.seal(part, seal).bytes
    sealedSums[count] = bytes
    return bytes
  }
}

// MARK: - Faults

extension Simulation {
  private mutating func cause(_ effect: SimulatedFault.Effect) throws {
    switch effect {
    case .silence(let rank): ranks[rank].isSilent = true
    case .duplicates(let rank, let delay): ranks[rank].duplicateDelay = delay
    case .kill: isOver = true
    case .stop(let rank):
      ranks[rank].core.requestStop(.signal(15), now: now)
      try settle(rank)
    case .error(let rank, let cause):
      let unit = workers[rank * settings.workersPerRank].unit
      ranks[rank].core.handle(
        .failed(slot: 0, unit: unit, cause: cause, code: .internalError), now: now)
      try settle(rank)
    }
  }
}
