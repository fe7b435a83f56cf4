import Foundation
import RunFiles
import Testing

@testable import Coordinator
@testable import Statistics

extension TestRun {
  /// Kills the whole job at some message of a rank, again and again, until it gets through.
  ///
  /// After every start no file may be damaged and no two parts may share samples.
  /// - Parameters:
  ///   - attempts: starts, of which the n-th gets further than the one before on average.
  ///   - check: looks at what is finished after each of them.
  func getsThrough(
    seed: Int, attempts: Int, check: (RunProgress) throws -> Void = { _ in }
  ) throws -> Bool {
    var random = SplitMix64(seed: UInt64(seed))
    for attempt in 0..<attempts {
      let ranks = Int.random(in: 1...3, using: &random)
      let victim = Int.random(in: 0..<ranks, using: &random)
      let fault = InMemoryFault(
        rank: victim, message: Int.random(in: 1...(8 + attempt), using: &random), effect: .killAll)
      let results = try again().start(
        ranks: ranks, workers: seed % 2 + 1, hub: InMemoryHub(ranks: ranks, faults: [fault]))
      let progress = try directory().scan()
      #expect(progress.ignored == [] && progress.overlapping == [])
      try check(progress)
      if results.allSatisfy({ (try? $0.get().ending.code.isComplete) == true }) { return true }
    }
    return false
  }

  /// Starts runs at once, each with so many ranks, and waits for all.
  static func startAtOnce(_ runs: [TestRun], ranks: Int) {
    let done = Monitor(0)
    for run in runs {
      Thread {
        _ = run.start(ranks: ranks)
        done.change { $0 += 1 }
      }.start()
    }
    _ = done.wait { $0 == runs.count ? true : nil }
  }
}
