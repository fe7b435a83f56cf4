import RunFiles
import Testing

@testable import Coordinator

@Suite struct BriefingTests {
  /// A run on three ranks that wait for what the opening settles; what each has heard.
  private func heard(
    open: @escaping @Sendable (OpenedRun) throws -> OpenedRun
  ) throws -> (texts: [Int: String], codes: [ExitCode]) {
    let texts = Monitor<[Int: String]>([:])
    let results = try TestRun().start(ranks: 3) { job in
      let (opening, equip) = (job.open, job.equip)
      job.open = { try open(opening()) }
      job.equip = { node, briefing in
        let text = briefing.wait()
        texts.change { $0[node.rank] = text }
        return try equip(node, briefing)
      }
    }
    return (texts.look { $0 }, try results.map { try $0.get().ending.code })
  }

  @Test func allRanksHearWhatTheOpeningHasSettled() throws {
    let (texts, codes) = try heard {
      var run = $0
      run.briefing = "eight"
      return run
    }
    #expect(texts == [0: "eight", 1: "eight", 2: "eight"])
    // Three of the made-up samples fail.
    #expect(codes == Array(repeating: .completeWithFailedSamples, count: 3))
  }

  @Test func aRankThatWaitsGoesHomeWhenTheRunCannotBegin() throws {
    let (texts, codes) = try heard { _ in
      throw FileError(path: "run.yaml", operation: .open, errno: 13)
    }
    #expect(texts.isEmpty)
    #expect(codes == Array(repeating: .inputOutput, count: 3))
  }
}
