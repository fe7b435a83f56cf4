import Foundation
import Testing

extension EndToEnd {
  /// The column `answers` of the whole program.
  @Suite struct Answers {
    /// A white prior of mean 0 leaves the phases open: two samples are two answers, in one image at least
    /// whatever the processor rounds. Of a linear operator nothing is asked.
    @Test func samplesOfPhaseRetrievalAreSeparateAnswers() throws {
      let samples = try Self.rows(operator: "{name: phase_retrieval}")
      #expect(samples.contains { $0["answers"] == "2" }, "\(samples)")
      #expect(samples.allSatisfy { ["1", "2"].contains($0["answers"]) }, "\(samples)")
      let linear = try Self.rows(operator: "{name: denoising}")
      #expect(linear.map { $0["answers"] } == ["", ""])
    }

    /// The rows of `metrics.csv` of a run, by column; no field has a comma.
    private static func rows(operator: String) throws -> [[String: String]] {
      let folder = try TemporaryFolder()
      let experiment = TinyExperiment(
        images: 2, samples: 2, operator: `operator`,
        sampler: """
          {name: daps, annealing: {num_steps: 20, sigma_max: 10}, \
          mcmc: {num_steps: 50, lr: 5.0e-3, tau: 0.2}}
          """)
      let configuration = try experiment.write(into: folder)
      let result = try Program.run(["run", configuration, "--output", folder("run")])
      try #require(result.code == 0, "\(result)")
      let text = try String(contentsOfFile: folder("run/metrics.csv"), encoding: .utf8)
      let lines = text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      return lines.dropFirst().map { Dictionary(zip(lines[0], $0)) { $1 } }
    }
  }
}
