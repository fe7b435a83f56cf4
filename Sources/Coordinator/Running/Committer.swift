import Foundation
import RunFiles

/// What the coordinator wants written.
enum CommitOrder: Sendable {
  case part(image: ImageID, samples: SampleRanges, bytes: [UInt8])
  case status(RunStatus)
  case conclude(RunEnding)
}

/// What became of it.
enum CommitReport: Sendable {
  case committed(
    image: ImageID, samples: SampleRanges, bytes: Int, advance: ImageAdvance? = nil)
  case failed(String, ExitCode, bytes: Int)
  case concluded(RunEnding)
}

/// Writes results to the run folder on a thread of its own, so that a slow disk does not stop the
/// coordinator.
final class Committer: Sendable {
  private let run: OpenedRun
  private let job: RunJob
  private let log: EventLog
  private let post: @Sendable (CommitReport) -> Void
  private let state = Monitor<State>(State())

  private struct State {
    var orders = Queue<CommitOrder>()
    var isCancelled = false
    var hasEnded = false
    var busySeconds = 0.0
  }

  init(
    _ run: OpenedRun, job: RunJob, log: EventLog,
    post: @escaping @Sendable (CommitReport) -> Void
  ) {
    self.run = run
    self.job = job
    self.log = log
    self.post = post
  }

  func start(_ work: [RemainingWork]) {
    let thread = Thread { [self] in
      var ledger = CommitLedger(run, work: work)
      while let order = nextOrder() {
        let start = MonotonicClock.now()
        execute(order, &ledger)
        state.look { $0.busySeconds += MonotonicClock.now() - start }
      }
      state.change { $0.hasEnded = true }
    }
    thread.name = "committer"
    thread.start()
  }

  /// Time in which the thread was at work or waited for the disk.
  var busySeconds: Double { state.look { $0.busySeconds } }

  func give(_ order: CommitOrder) { state.change { $0.orders.append(order) } }

  /// Ends the thread, without what is still to be written; false if it has not ended in time.
  func cancel(within seconds: Double) -> Bool {
    state.change { $0.isCancelled = true }
    return state.wait(upTo: seconds) { $0.hasEnded ? true : nil } ?? false
  }

  /// The next order; nil when cancelled.
  private func nextOrder() -> CommitOrder? {
    state.wait { state -> Next? in
      if state.isCancelled { return .cancelled }
      return state.orders.popFirst().map { .order($0) }
    }?.order
  }

  private enum Next {
    case order(CommitOrder)
    case cancelled

    var order: CommitOrder? {
      if case .order(let order) = self { order } else { nil }
    }
  }
}

// MARK: - On the thread

extension Committer {
  private func execute(_ order: CommitOrder, _ ledger: inout CommitLedger) {
    switch order {
    case .part(let image, let samples, let bytes): commit(image, samples, bytes, &ledger)
    case .status(let status): writeStatus(status)
    case .conclude(let ending): post(.concluded(job.conclude(ending)))
    }
  }

  private func commit(
    _ image: ImageID, _ samples: SampleRanges, _ bytes: [UInt8], _ ledger: inout CommitLedger
  ) {
    let start = MonotonicClock.now()
    do {
      let sealed = try PartFile.sealed(bytes, workHash: run.directory.description.workHash)
      try run.checkInput(of: sealed.header)
      let entry = try run.directory.commit(sealed)
      note(entry, bytes: bytes.count, seconds: MonotonicClock.now() - start)
      let advance = try ledger.add(entry)
      if let whole = advance?.whole, job.observer.wantsCompletedImages {
        let files = RunProgress(parts: [whole])
        try run.directory.part(of: image, in: files).map(job.observer.imageCompleted)
      }
      post(.committed(image: image, samples: samples, bytes: bytes.count, advance: advance))
    } catch {
      post(.failed("\(error)", ExitCode(for: error), bytes: bytes.count))
    }
  }

  /// A status that cannot be written is no reason to stop: parts tell what is done.
  private func writeStatus(_ status: RunStatus) {
    do {
      try run.directory.write(status, shard: run.plan.shard)
    } catch {
      var event = RunEvent(.failed)
      event.text = "\(error)"
      log.write(event)
    }
  }

  private func note(_ entry: PartEntry, bytes: Int, seconds: Double) {
    var event = RunEvent(.committed)
    event.image = entry.header.image.name
    event.samples = entry.header.samples.description
    event.failedSamples = entry.header.failedCount
    event.bytes = bytes
    event.seconds = seconds
    log.write(event)
  }
}
