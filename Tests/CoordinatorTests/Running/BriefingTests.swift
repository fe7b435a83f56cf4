import Foundation
import RunFiles
import Testing

@testable import Coordinator

@Suite struct BriefingTests {
  /// A run on three ranks that wait for what the opening settles; what each has heard.
  private func heard(
    open: @escaping @Sendable (OpenedRun) throws -> OpenedRun
  ) throws -> (texts: [Int: String], outcomes: [Int: RunOutcome]) {
    let run = try TestRun()
    let hub = InMemoryHub(ranks: 3)
    let (texts, outcomes) = (Monitor<[Int: String]>([:]), Monitor<[Int: RunOutcome]>([:]))
    for rank in 0..<3 {
      var job = run.job(rank: rank, workers: 1)
      let (opening, equip) = (job.open, job.equip)
      job.open = { try open(opening()) }
      job.equip = { node, briefing in
        let text = briefing.wait()
        texts.change { $0[node.rank] = text }
        return try equip(node, briefing)
      }
      let ready = job
      Thread {
        let outcome = try? ready.run(over: hub.transport(rank: rank))
        outcomes.change { $0[rank] = outcome ?? RunOutcome(RunEnding(.usage)) }
      }.start()
    }
    _ = outcomes.wait { $0.count == 3 ? $0 : nil }
    return withExtendedLifetime(run) { (texts.look { $0 }, outcomes.look { $0 }) }
  }

  @Test func allRanksHearWhatTheOpeningHasSettled() throws {
    let (texts, outcomes) = try heard {
      var run = $0
      run.briefing = "eight"
      return run
    }
    #expect(texts == [0: "eight", 1: "eight", 2: "eight"])
    // Three of the made-up samples fail.
    #expect(outcomes.values.allSatisfy { $0.ending.code == .completeWithFailedSamples })
  }

  @Test func aRankThatWaitsGoesHomeWhenTheRunCannotBegin() throws {
    let (texts, outcomes) = try heard { _ in
      throw FileError(path: "run.yaml", operation: .open, errno: 13)
    }
    #expect(texts.isEmpty)
    #expect(outcomes.values.allSatisfy { $0.ending.code == .inputOutput })
  }
}
