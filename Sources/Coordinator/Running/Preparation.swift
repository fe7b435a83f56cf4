import Foundation

/// What a rank does before it joins the run, and in place of it: it reads the run folder and loads its prior; where
/// all samples are there, it makes their maps.
///
/// That may take minutes. It happens on a thread of its own, while the main thread goes on telling
/// the others that this rank is alive, and notices when they are not, or when the run is asked to stop.
struct Preparation {
  private let transport: any Transport
  private let settings: RunSettings
  private let stopRequest: () -> StopReason?
  /// When rank 0 was asked to stop, and why; the others wait for its word.
  private var stop: (reason: StopReason, since: Double)?
  private var said: Double
  private var heard: Double
  private var pauses: PauseDetector
  /// What rank 0 tells those who are still getting ready.
  let briefing = Briefing()
  /// Messages that have come meanwhile, for the run.
  private(set) var early: [Envelope] = []
  /// The end of the run, if it came before this rank was ready.
  private(set) var outcome = RunOutcome(RunEnding(.internalError))

  init(_ transport: any Transport, _ job: RunJob) {
    self.transport = transport
    settings = job.settings
    stopRequest = job.stopRequest
    let now = settings.clock()
    (said, heard, pauses) = (-.infinity, now, PauseDetector(now: now))
  }

  /// Does some work.
  ///
  /// - Returns: nil if the run is over meanwhile, see ``outcome``. Work that has begun may end within the grace of
  ///   a run that is asked to stop.
  mutating func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) throws(TransportError) -> Result<Value, any Error>? {
    let (result, bell) = (Monitor<Result<Value, any Error>?>(nil), Doorbell())
    let thread = Thread {
      let value = Result { try work() }
      result.change { $0 = value }
      bell.ring()
    }
    thread.name = "preparation"
    thread.stackSize = settings.stackBytes
    thread.start()
    while true {
      if let value = result.look({ $0 }) { return value }
      if try isOver() { return nil }
      try transport.wait(on: bell, upTo: 0.1)
    }
  }
}

// MARK: - Meanwhile

extension Preparation {
  private var isFirst: Bool { transport.node.rank == 0 }

  /// Takes what has come, gives a sign of life, and looks whether the run is over.
  private mutating func isOver() throws(TransportError) -> Bool {
    let now = settings.clock()
    if let pause = pauses.pause(now: now) { heard += pause }
    while let envelope = try transport.poll() {
      heard = now
      if let ending = take(envelope) { return end(ending, abort: false) }
    }
    if now - said >= settings.heartbeat { try beat(now) }
    if let reason = dueStop(now) { return end(CoordinatorCore.interruption(reason), abort: false) }
    guard !isFirst, now - heard > settings.lease else { return false }
    return end(.silentCoordinator(transport.node, seconds: now - heard), abort: true)
  }

  /// Why rank 0 must not wait for its work any longer; nil if it may.
  private mutating func dueStop(_ now: Double) -> StopReason? {
    guard isFirst else { return nil }
    if stop == nil, let reason = stopRequest() { stop = (reason, now) }
    return stop.flatMap { now - $0.since > settings.grace ? $0.reason : nil }
  }

  private mutating func end(_ ending: RunEnding, abort: Bool) -> Bool {
    outcome = RunOutcome(ending)
    outcome.mustAbort = abort
    // The prior may still be loading.
    outcome.hasAbandonedThreads = true
    return true
  }

  /// Keeps a message for the run, unless it is for those who get ready.
  ///
  /// - Returns: the ending, where rank 0 tells that it cannot begin.
  private mutating func take(_ envelope: Envelope) -> RunEnding? {
    switch isFirst ? nil : try? CoordinatorMessage(envelope.message) {
    case .end(let ending): return ending
    case .brief(let text): briefing.settle(text)
    default: early.append(envelope)
    }
    return nil
  }

  private mutating func beat(_ now: Double) throws(TransportError) {
    said = now
    guard isFirst else { return try transport.send(WorkerMessage.heartbeat.message, to: 0) }
    for rank in 1..<transport.node.size {
      try transport.send(CoordinatorMessage.heartbeat.message, to: rank)
    }
  }
}

extension RunEnding {
  /// The ending on a rank that has not heard of rank 0 for long.
  static func silentCoordinator(_ node: NodeInfo, seconds: Double) -> RunEnding {
    RunEnding(
      .interrupted,
      "rank \(node.rank) (\(node.host)): rank 0 has been silent for \(Int(seconds)) s: it hangs, or "
        + "its machine or network is down; what is finished is committed, run again to go on")
  }
}
