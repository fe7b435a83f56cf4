import Foundation
import Testing

extension EndToEnd {
  /// Unit and threads left to a measurement: it may come out anyhow, but only once.
  @Suite struct OpenShape {
    static let open = ["--set", "run.unit=auto", "--set", "compute.threads=auto"]

    /// The unit and the threads in `run.yaml`, as `--set` takes them.
    private func recorded(_ run: String) throws -> [String] {
      let text = try String(contentsOfFile: "\(run)/run.yaml", encoding: .utf8)
      return try [("unit", "run.unit"), ("threads", "compute.threads")].flatMap { key, name in
        let line = text.split(separator: "\n").first { $0.hasPrefix("  \(key): ") }
        let value = try #require(line?.split(separator: " ").last)
        try #require(Int(value) != nil, "\(text)")
        return ["--set", "\(name)=\(value)"]
      }
    }

    @Test func itIsMeasuredOnceForAllRanksAndRuns() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 3, samples: 4).write(into: folder)
      let (measured, fixed) = (folder("measured/run"), folder("fixed/run"))
      let first = try Program.run(
        ["run", configuration, "--output", measured] + Self.open, ranks: 3)
      #expect(first.code == 0 && first.errors.contains("posterior: taken: run.unit="), "\(first)")
      let again = try Program.run(
        ["run", configuration, "--output", measured, "--set", "run.samples=6"] + Self.open,
        ranks: 2)
      #expect(again.code == 0 && !again.errors.contains("taken:"), "\(again)")
      let direct = try Program.run(
        ["run", configuration, "--output", fixed, "--set", "run.samples=6"] + recorded(measured))
      #expect(direct.code == 0, "\(direct)")
      try expectSame(
        RunFolder(path: measured).maps(), RunFolder(path: fixed).maps(), "measured, and fixed")
    }

    /// Both measure, and the folder is that of the first that opens it.
    @Test func sharesThatStartTogetherAgree() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 2, samples: 4).write(into: folder)
      let run = ["run", configuration, "--output", folder("run")] + Self.open
      let shares = try (0..<2).map { try Program.start(run + ["--shard", "\($0)/2"]) }
      for share in shares {
        let result = try share.wait(timeout: 240)
        #expect(result.code == 0, "\(result)")
      }
      let merged = try Program.run(["merge", folder("run")])
      #expect(merged.code == 0, "\(merged)")
    }
  }
}
