import Foundation
import Testing

extension EndToEnd {
  /// Waiting for results costs next to nothing.
  @Suite struct Waiting {
    @Test func coordinatorStaysUnderOnePercent() throws {
      let folder = try TemporaryFolder()
      // 32 units of some 0.3 s, short ones for a network.
      let experiment = TinyExperiment(
        images: 2, samples: 64, unit: 4,
        sampler: "{name: dps, method: ps, scale: 0.3, steps: 1000}")
      let configuration = try experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      let result = try Program.run(
        ["run", configuration, "--output", run.path], ranks: 3)
      #expect(result.code == 0, "\(result)")
      let ended = try #require(try run.events().last { $0.event == "ended" })
      let elapsed = try #require(ended.seconds)
      let coordinator = try #require(ended.coordinatorSeconds)
      #expect(elapsed > 4, "too short to tell")
      #expect(coordinator < 0.01 * elapsed, "\(coordinator) of \(elapsed) s")
    }
  }
}
