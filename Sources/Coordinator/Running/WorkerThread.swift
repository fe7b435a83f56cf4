import Foundation
import RunFiles
import Synchronization

/// What a rank's main thread tells a worker thread.
enum WorkerOrder: Sendable {
  /// Draw a unit.
  case unit(WorkUnit)
  /// Send what you have.
  case flush
  /// Send what you have and end.
  case end
}

/// What a worker thread tells its rank's main thread.
enum WorkerEvent: Sendable {
  case finished(FinishedUnit)
  case result(slot: Int, SealedPart)
  case failed(slot: Int, unit: WorkUnit?, cause: String, code: ExitCode)
  case left(slot: Int)
}

/// A thread that draws units one after the other and adds up those of one image.
///
/// The sum is sent when the image changes, every `checkpoint` seconds, when told to, and at the
/// end. The main thread can take it at any time, also while a unit is being drawn, so that little
/// is lost when the process must stop.
final class WorkerThread: Sendable {
  let slot: Int
  let flag = StopFlag()
  private let executor: UnitExecutor
  private let settings: RunSettings
  private let seal: PartSeal
  private let log: EventLog
  private let post: @Sendable (WorkerEvent) -> Void
  private let orders = Monitor(Queue<WorkerOrder>())
  private let sum = Mutex<Sum>(Sum())
  /// Held from taking the sum until it is posted, so that nobody who finds none goes on before it is sent.
  private let sending = Mutex<Void>(())

  /// Finished units of one image that have not been sent.
  fileprivate struct Sum {
    var part: Part?
    var since = 0.0
  }

  init(
    slot: Int, executor: @escaping UnitExecutor, settings: RunSettings, seal: PartSeal,
    log: EventLog, post: @escaping @Sendable (WorkerEvent) -> Void
  ) {
    self.slot = slot
    self.executor = executor
    self.settings = settings
    self.seal = seal
    self.log = log
    self.post = post
  }

  func start() {
    let thread = Thread { self.work() }
    thread.stackSize = settings.stackBytes
    thread.name = "worker \(slot)"
    thread.start()
  }

  func give(_ order: WorkerOrder) { orders.change { $0.append(order) } }

  /// Sends what has been finished, if it is older than `seconds`; for any thread.
  func flush(olderThan seconds: Double = 0) {
    sending.withLock { _ in
      let isOld = sum.withLock { $0.part != nil && settings.clock() - $0.since >= seconds }
      if isOld, let part = takeSum() { post(.result(slot: slot, PartFile.seal(part, seal))) }
    }
  }

  /// Whether something finished has waited for a checkpoint's time.
  var isDue: Bool {
    sum.withLock { $0.part != nil && settings.clock() - $0.since >= settings.checkpoint }
  }

  /// Takes away what has been finished, instead of sending it.
  func takeSum() -> Part? {
    sum.withLock { sum in
      defer { sum.part = nil }
      return sum.part
    }
  }
}

// MARK: - On the thread

extension WorkerThread {
  private func work() {
    while true {
      switch nextOrder() {
      case .unit(let unit): run(unit)
      case .flush: flush()
      case .end:
        flush()
        post(.left(slot: slot))
        return
      }
    }
  }

  private func nextOrder() -> WorkerOrder {
    orders.wait { $0.popFirst() } ?? .end
  }

  private func run(_ unit: WorkUnit) {
    if flag.isRaised { return }
    if sum.withLock({ $0.part.map { $0.image != unit.image } ?? false }) { flush() }
    let start = settings.clock()
    do {
      let part = try executor(unit, flag)
      try check(part, unit)
      try finish(unit, part, seconds: settings.clock() - start)
    } catch is UnitInterrupted {
      note(unit, .unit, "interrupted", seconds: settings.clock() - start)
    } catch {
      note(unit, .failed, "\(error)", seconds: settings.clock() - start)
      post(.failed(slot: slot, unit: unit, cause: "\(error)", code: ExitCode(for: error)))
    }
  }

  private func check(_ part: Part, _ unit: WorkUnit) throws {
    guard part.image == unit.image, part.samples == SampleRanges(unit.samples) else {
      throw WrongPart(unit: unit, image: part.image, samples: part.samples)
    }
  }

  /// Tells of the unit before its part can be sent: a result must not overtake this.
  private func finish(_ unit: WorkUnit, _ part: Part, seconds: Double) throws {
    log.write(event(unit, part, seconds))
    post(
      .finished(
        FinishedUnit(slot: slot, unit: unit, seconds: seconds, failures: Self.failures(part))))
    try sum.withLock { try $0.add(part, now: settings.clock()) }
    flush(olderThan: settings.checkpoint)
  }

  private static func failures(_ part: Part) -> [FailedSample] {
    part.records.compactMap { record in
      record.failure.map {
        FailedSample(
          image: part.image, index: record.index, attempts: record.attempts, reason: $0)
      }
    }
  }
}

extension WorkerThread.Sum {
  mutating func add(_ other: Part, now: Double) throws(PartError) {
    if part == nil {
      part = other
      since = now
    } else {
      try part?.merge(other)
    }
  }
}

/// An executor returned something else than it was asked for.
struct WrongPart: Error, CustomStringConvertible {
  let unit: WorkUnit
  let image: ImageID
  let samples: SampleRanges

  var description: String {
    "internal error: asked for \(unit), the sampler returned \(image.name), samples \(samples)"
  }
}

// MARK: - Event log

extension WorkerThread {
  private func event(_ unit: WorkUnit, _ part: Part, _ seconds: Double) -> RunEvent {
    var event = RunEvent(.unit, unit: unit)
    event.worker = slot
    event.seconds = seconds
    event.networkEvaluations = part.records.reduce(0) { $0 &+ $1.networkEvaluations }
    event.failedSamples = part.failedCount
    event.peakMemoryBytes = ProcessMemory.peakBytes
    event.outcome = "done"
    return event
  }

  private func note(_ unit: WorkUnit, _ kind: RunEvent.Kind, _ outcome: String, seconds: Double) {
    var event = RunEvent(kind, unit: unit)
    event.worker = slot
    event.seconds = seconds
    event.outcome = outcome
    log.write(event)
  }
}
