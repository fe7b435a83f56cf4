import RunFiles

/// What a rank does about its worker threads: a state machine without clock, threads or files.
struct RankCore {
  /// What is to be done.
  enum Action {
    case send(WorkerMessage)
    case order(WorkerOrder, slot: Int)
    /// The rank has joined the run of this name: it is time for its event log and its threads.
    case startWorkers(run: String)
    /// Workers must give up their units, and what they have finished is to be sent at once.
    case stopWorkers
    /// Rank 0 does not answer: write what is finished, and end the job.
    case abandonShip(RunEnding)
    /// The run is over.
    case leave(RunEnding)
  }

  private enum Phase {
    case working
    case stopping(since: Double)
    /// Nothing more will be sent; waiting for the end.
    case drained
    case over
  }

  private struct Slot {
    var units: [WorkUnit] = []
    var signs: UInt64 = 0
    var changed: Double
    var hasLeft = false
  }

  private let settings: RunSettings
  private let node: NodeInfo
  private let workers: Int
  private var slots: [Slot] = []
  private var phase = Phase.working
  private var actions: [Action] = []
  private var heard: Double
  private var hasBeenWelcomed = false
  private var said: Double
  private var hasReportedHang = false
  /// The longest time between two signs of life of a worker, in seconds.
  private var longestStep = 0.0
  private var pauses: PauseDetector

  /// A rank that will have so many worker threads once it has joined.
  init(node: NodeInfo, workers: Int, settings: RunSettings, now: Double) {
    self.node = node
    self.settings = settings
    self.workers = workers
    (heard, said) = (now, now)
    pauses = PauseDetector(now: now)
  }

  /// The actions since the last call.
  mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }

  private mutating func send(_ message: WorkerMessage, _ now: Double) {
    said = now
    actions.append(.send(message))
  }
}

// MARK: - From the coordinator

extension RankCore {
  /// A message from rank 0.
  mutating func handle(_ message: CoordinatorMessage, now: Double) {
    heard = now
    switch message {
    case .welcome(let run):
      welcome(run, now)
    case .assign(let slot, let units): assign(units, slot, now)
    case .heartbeat, .brief: break
    case .stop: stop(now: now)
    case .end(let ending):
      if case .working = phase { actions.append(.stopWorkers) }
      phase = .over
      actions.append(.leave(ending))
    }
  }

  private mutating func welcome(_ run: String, _ now: Double) {
    guard case .working = phase, !hasBeenWelcomed else { return }
    hasBeenWelcomed = true
    slots = Array(repeating: Slot(changed: now), count: workers)
    actions.append(.startWorkers(run: run))
  }

  private mutating func assign(_ units: [WorkUnit], _ slot: Int, _ now: Double) {
    guard case .working = phase, slots.indices.contains(slot) else { return }
    if slots[slot].units.isEmpty { slots[slot].changed = now }
    slots[slot].units += units
    for unit in units { actions.append(.order(.unit(unit), slot: slot)) }
    if units.isEmpty { actions.append(.order(.flush, slot: slot)) }
  }
}

// MARK: - From the worker threads

extension RankCore {
  /// A worker thread has something to say.
  mutating func handle(_ event: WorkerEvent, now: Double) {
    switch event {
    case .finished(let finished):
      slots[finished.slot].units.removeAll { $0 == finished.unit }
      slots[finished.slot].changed = now
      send(.finished(finished), now)
    case .result(let slot, let part):
      send(
        .result(
          slot: slot, image: part.header.image, samples: part.header.samples, bytes: part.bytes),
        now)
    case .failed(let slot, let unit, let cause, let code):
      slots[slot].units.removeAll { $0 == unit }
      send(.failure(failure(unit, cause, code)), now)
    case .left(let slot):
      slots[slot].hasLeft = true
      drainIfAtRest(now)
    }
  }

  private func failure(_ unit: WorkUnit?, _ cause: String, _ code: ExitCode) -> WorkerFailure {
    WorkerFailure(rank: node.rank, host: node.host, unit: unit, cause: cause, code: code)
  }
}

// MARK: - Time and stopping

extension RankCore {
  /// Time has passed; `signs` are the signs of life of the worker threads.
  mutating func tick(now: Double, signs: [UInt64]) {
    if let pause = pauses.pause(now: now) { forgive(pause) }
    checkHang(now, signs)
    checkCoordinator(now)
    if case .stopping(let since) = phase, now - since > settings.grace { drain(now) }
    if now - said >= settings.heartbeat { send(.heartbeat, now) }
  }

  /// The rank was asked to stop from outside.
  mutating func requestStop(_ reason: StopReason, now: Double) {
    guard case .working = phase else { return }
    send(.stopRequested(reason), now)
    stop(now: now)
  }

  /// This process was not running for a while: neither rank 0 nor a worker was silent.
  private mutating func forgive(_ pause: Double) {
    heard += pause
    for slot in slots.indices { slots[slot].changed += pause }
  }

  /// Whether worker threads are still running though the rank has come to its end.
  var hasRunningWorkers: Bool { slots.contains { !$0.hasLeft } }

  private mutating func stop(now: Double) {
    guard case .working = phase else { return }
    phase = .stopping(since: now)
    actions.append(.stopWorkers)
    drainIfAtRest(now)
  }

  private mutating func drainIfAtRest(_ now: Double) {
    if case .stopping = phase, !hasRunningWorkers { drain(now) }
  }

  private mutating func drain(_ now: Double) {
    phase = .drained
    send(.drained, now)
  }

  /// A worker that is in a unit and has not asked for its stop flag for long is taken as hung.
  private mutating func checkHang(_ now: Double, _ signs: [UInt64]) {
    for (slot, count) in signs.enumerated() where slots[slot].signs != count {
      longestStep = max(longestStep, now - slots[slot].changed)
      slots[slot].signs = count
      slots[slot].changed = now
    }
    guard case .working = phase, !hasReportedHang,
      let hung = slots.first(where: { !$0.units.isEmpty && now - $0.changed > patience })
    else { return }
    hasReportedHang = true
    let cause =
      "no sign of life from its worker for \(Int(now - hung.changed)) s; run again to go on"
    send(.failure(failure(hung.units.first, cause, .interrupted)), now)
  }

  /// Seconds without a sign of life after which a worker counts as hung: many times its longest
  /// step so far, as the first one of another image may take longer.
  private var patience: Double {
    longestStep == 0 ? settings.stall : min(settings.stall, max(settings.lease, 20 * longestStep))
  }

  private mutating func checkCoordinator(_ now: Double) {
    guard node.rank != 0, now - heard > settings.lease else { return }
    if case .over = phase { return }
    phase = .over
    actions.append(.abandonShip(.silentCoordinator(node, seconds: now - heard)))
  }
}
