import Foundation
import Testing

extension EndToEnd {
  /// Waiting for results costs next to nothing.
  @Suite struct Waiting {
    @Test func coordinatorStaysUnderOnePercent() throws {
      let (coordinator, elapsed) = try runOf(atLeast: 8, samples: 256)
      #expect(coordinator < 0.01 * elapsed, "\(coordinator) of \(elapsed) s")
    }

    /// A run on 3 ranks that takes at least `seconds`, however fast the machine: start-up must not
    /// hide what waiting costs, so a run that is over too soon is tried again with more samples.
    private func runOf(
      atLeast seconds: Double, samples: Int
    ) throws -> (coordinator: Double, elapsed: Double) {
      let folder = try TemporaryFolder()
      // Units of some 0.2 s, short ones for a network.
      let experiment = TinyExperiment(
        images: 2, samples: samples, unit: 4,
        sampler: "{name: dps, method: ps, scale: 0.3, steps: 1000}")
      let configuration = try experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      let result = try Program.run(
        ["run", configuration, "--output", run.path], ranks: 3)
      #expect(result.code == 0, "\(result)")
      let ended = try #require(try run.events().last { $0.event == "ended" })
      let elapsed = try #require(ended.seconds)
      guard elapsed < seconds, samples < 4096 else {
        return (try #require(ended.coordinatorSeconds), elapsed)
      }
      return try runOf(atLeast: seconds, samples: 4 * samples)
    }
  }
}
