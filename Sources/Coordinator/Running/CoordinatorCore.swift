import RunFiles

/// What rank 0 knows and decides: a state machine without clock, threads or files.
///
/// It is told of messages, commits and the passing of time, and answers with actions.
struct CoordinatorCore {
  /// What is to be done.
  enum Action {
    case send(CoordinatorMessage, to: Int)
    case commit(CommitOrder)
    /// The run is over on this rank; `abort` if some rank cannot be told.
    case leave(RunEnding, abort: Bool)
  }

  /// How far the run is.
  enum Phase {
    case running
    /// No new work; waiting for what is finished.
    case stopping(RunEnding, since: Double)
    /// All parts are there; waiting for maps and tables. `stopped` is when the run was asked to stop.
    case concluding(RunEnding, stopped: Double?)
    case over
  }

  struct Rank {
    var info: RankInfo?
    var isDrained = false
    var isLost = false
  }

  let settings: RunSettings
  let agreement: RankAgreement
  let run: OpenedRun
  let runName: String
  let observer: any RunObserver

  var actions: [Action] = []
  var phase = Phase.running
  var ranks: [Rank]
  var leases: Leases
  var pauses: PauseDetector
  var schedule: Schedule
  var pace = Pace()
  var report: ProgressReport
  var pendingCommits = 0
  var pendingBytes = 0
  /// Results that were taken, and their bytes.
  var results = 0
  var resultBytes = 0
  /// Workers that have nothing to do and wait for work; they have been told to send what they have.
  var idle: Set<WorkerID> = []
  /// Workers that get no work while too much waits to be written.
  var held: Set<WorkerID> = []
  /// Ranks that have neither joined nor been given up.
  var absentRanks: Int
  let start: Double
  var lastHeartbeat: Double
  var lastStatus = -Double.infinity
  var lastProgress: Double

  init(
    _ run: OpenedRun, work: [RemainingWork], ranks count: Int, agreement: RankAgreement,
    runName: String, settings: RunSettings, observer: any RunObserver, now: Double
  ) {
    self.run = run
    self.settings = settings
    self.agreement = agreement
    self.runName = runName
    self.observer = observer
    ranks = Array(repeating: Rank(), count: count)
    absentRanks = count
    leases = Leases(ranks: count, now: now)
    pauses = PauseDetector(now: now)
    schedule = Schedule(work, grid: run.plan.grid)
    report = ProgressReport(run, work: work)
    (start, lastHeartbeat, lastProgress) = (now, now, now)
  }

  /// The actions since the last call.
  mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }

  var workerCount: Int { report.workers }

  mutating func tell(_ message: CoordinatorMessage, to rank: Int) {
    actions.append(.send(message, to: rank))
  }

  mutating func tellAll(_ message: CoordinatorMessage) {
    for rank in ranks.indices where !ranks[rank].isLost { tell(message, to: rank) }
  }
}

// MARK: - Messages

extension CoordinatorCore {
  /// A message from a rank, rank 0 among them.
  mutating func handle(_ message: WorkerMessage, from rank: Int, now: Double) {
    leases.renew(rank, now: now)
    switch message {
    case .hello(let info): join(info, rank, now)
    case .finished(let finished): finish(finished, rank, now)
    case .result(let slot, let image, let samples, let bytes):
      take(image, samples, bytes, from: WorkerID(rank: rank, slot: slot))
    case .heartbeat: break
    case .failure(let failure): stop(RunEnding(failure.code, failure.text), now: now)
    case .stopRequested(let reason): stop(Self.interruption(reason), now: now)
    case .drained: ranks[rank].isDrained = true
    }
    checkEnd(now: now)
  }

  private mutating func join(_ info: RankInfo, _ rank: Int, _ now: Double) {
    guard ranks[rank].info == nil else { return }
    ranks[rank].info = info
    if !ranks[rank].isLost { absentRanks -= 1 }
    report.ranks += 1
    report.workers += info.workers
    observer.rankJoined(info)
    if report.ranks == ranks.count { observer.ranksJoined(ranks.compactMap(\.info)) }
    if let difference = info.agreement.difference(from: agreement) {
      stop(RunEnding(.badInput, "rank \(rank) (\(info.host)): \(difference)"), now: now)
    }
    guard case .running = phase else { return }
    tell(.welcome(run: runName), to: rank)
    for slot in 0..<info.workers { feed(WorkerID(rank: rank, slot: slot)) }
  }

  private mutating func finish(_ finished: FinishedUnit, _ rank: Int, _ now: Double) {
    let worker = WorkerID(rank: rank, slot: finished.slot)
    guard schedule.finish(finished.unit, by: worker) else { return }
    pace.add(seconds: finished.seconds, samples: finished.unit.samples.count)
    report.doneUnits += 1
    report.doneSamples += finished.unit.samples.count
    report.failedSamples += finished.failures.count
    for sample in finished.failures { observer.sampleFailed(sample) }
    tellProgress(now)
    feed(worker)
  }

  private mutating func take(
    _ image: ImageID, _ samples: SampleRanges, _ bytes: [UInt8], from worker: WorkerID
  ) {
    switch schedule.accept(samples, of: image, from: worker) {
    case .accepted:
      pendingCommits += 1
      pendingBytes += bytes.count
      results += 1
      resultBytes += bytes.count
      actions.append(.commit(.part(image: image, samples: samples, bytes: bytes)))
    case .refused:
      observer.message(
        "dropped a result of rank \(worker.rank) that is there already: \(image.name), "
          + "samples \(samples)")
      feedIdle()
    }
  }
}

// MARK: - Giving out work

extension CoordinatorCore {
  /// Gives a worker units until it has enough in hand.
  private mutating func feed(_ worker: WorkerID) {
    guard case .running = phase else { return }
    guard pendingBytes <= settings.backlogBytes else {
      held.insert(worker)
      return
    }
    var units: [WorkUnit] = []
    let wanted = lookahead
    while schedule.unitsInHand(of: worker) < wanted, let unit = schedule.next(for: worker) {
      units.append(unit)
    }
    if !units.isEmpty {
      idle.remove(worker)
      tell(.assign(slot: worker.slot, units: units), to: worker.rank)
    } else if schedule.unitsInHand(of: worker) == 0, idle.insert(worker).inserted {
      tell(.assign(slot: worker.slot, units: []), to: worker.rank)
    }
  }

  /// Gives work that has come up to workers that wait, the first ones first.
  private mutating func feedIdle() {
    if !held.isEmpty, pendingBytes <= settings.backlogBytes {
      let waiting = held.sorted()
      held = []
      for worker in waiting { feed(worker) }
    }
    guard schedule.pendingUnits > 0, pendingBytes <= settings.backlogBytes else { return }
    for worker in idle.sorted() where schedule.pendingUnits > 0 { feed(worker) }
  }

  /// Units a worker should have in hand: the next one is there before it is needed, and more of
  /// them if they are short.
  ///
  /// Near the end it is one, so that no worker sits on a unit another could begin; ranks that are
  /// still loading count as one worker each.
  private var lookahead: Int {
    let expected = workerCount + absentRanks
    guard schedule.pendingUnits > expected else { return 1 }
    let unitSeconds = (pace.medianSecondsPerSample ?? 1) * Double(run.plan.grid.unit)
    let cover = Int((0.1 / max(unitSeconds, 0.002)).rounded(.up))
    return 1 + min(cover, schedule.pendingUnits / max(1, expected))
  }
}

// MARK: - Commits

extension CoordinatorCore {
  /// The committing thread has something to say.
  mutating func handle(_ commit: CommitReport, now: Double) {
    switch commit {
    case .committed(let image, let samples, let bytes, let advance):
      pendingCommits -= 1
      pendingBytes -= bytes
      observer.committed(samples, of: image)
      if let advance { note(advance, of: image) }
      feedIdle()
    case .failed(let text, let code, let bytes):
      pendingCommits -= 1
      pendingBytes -= bytes
      stop(RunEnding(code, "rank 0 (\(host(0))): cannot commit a result: \(text)"), now: now)
    case .concluded(let ending):
      if case .concluding = phase { leave(ending) }
    }
    checkEnd(now: now)
  }

  /// An image that is not precise enough is given more work; what may come after that stays open.
  private mutating func note(_ advance: ImageAdvance, of image: ImageID) {
    switch advance {
    case .whole(let entry):
      report.close(run.plan.goal, at: entry.header.samples.upperBound)
    case .more(let samples):
      schedule.extend(image, by: samples)
      report.extend(by: samples, run.plan.grid)
    }
  }

  func host(_ rank: Int) -> String { ranks[rank].info?.host ?? "host not known" }
}
