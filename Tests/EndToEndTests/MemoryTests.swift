import Foundation
import Testing

extension EndToEnd {
  /// A worker that gets no memory.
  @Suite struct Memory {
    /// Batches of 4096 images take gigabytes; the address space has 2.5 GB.
    @Test func aWorkerWithoutMemoryIsNamed() throws {
      let folder = try TemporaryFolder()
      let words = [
        "sh", "-c", "ulimit -v 2500000; exec \"$0\" \"$@\"", Program.binary, "run",
        "configs/quickstart.yaml", "--output", folder("run"), "--set", "run.unit=4096", "--set",
        "run.samples=4096", "--set", "data.range=0", "--set", "sampler.steps=3",
      ]
      let result = try StartedProgram(
        words, environment: Program.environment, folder: Program.packageRoot
      ).wait(timeout: 120)
      #expect(result.code == 70, "\(result)")
      let cause = try #require(result.errorLines.last)
      #expect(
        cause.contains("rank 0") && cause.contains("00-ankle-boot, samples 0-4095")
          && cause.contains("memory"), "\(result)")
      #expect(try Program.run(["status", folder("run")]).code == 75)
    }
  }
}
