import Foundation
import RunFiles
import Synchronization
import Testing

@testable import Coordinator

@Suite struct WorkerThreadTests {
  /// What a worker thread posts, in order; a result is held up until it is let go.
  private final class Mailbox: Sendable {
    let kinds = Monitor<[String]>([])
    let arrived = DispatchSemaphore(value: 0)
    let mayPass = DispatchSemaphore(value: 0)

    func post(_ event: WorkerEvent) {
      switch event {
      case .finished: note("finished")
      case .failed: note("failed")
      case .left: note("left")
      case .result:
        arrived.signal()
        mayPass.wait()
        note("result")
      }
    }

    private func note(_ kind: String) { kinds.change { $0.append(kind) } }

    func wait(for kind: String) -> [String] {
      kinds.wait { $0.contains(kind) ? $0 : nil } ?? []
    }
  }

  /// A checkpoint that is being sealed when the run is stopped is sent before the worker leaves: rank 0
  /// ends the run once all have left.
  @Test func nobodyLeavesBeforeItsResultIsSent() throws {
    let folder = try TemporaryFolder()
    let mailbox = Mailbox()
    let worker = WorkerThread(
      slot: 0, executor: { unit, _ in try TestSamples.part(unit) }, settings: RunSettings(),
      seal: PartSeal(workHash: "ab", program: "test"),
      log: EventLog(folder: folder.path, rank: 0, run: "run"), post: mailbox.post)
    worker.start()
    worker.give(.unit(TestSamples.unit("a", 0..<4)))
    _ = mailbox.wait(for: "finished")
    // The unit is told of before it is added to the sum.
    repeat {
      DispatchQueue.global().async { worker.flush() }
    } while mailbox.arrived.wait(timeout: .now() + 0.01) == .timedOut
    worker.give(.end)
    // A worker that does not wait leaves meanwhile.
    Thread.sleep(forTimeInterval: 0.1)
    mailbox.mayPass.signal()
    #expect(mailbox.wait(for: "left") == ["finished", "result", "left"])
  }
}
