import Foundation
import RunFiles
import Testing

extension EndToEnd {
  /// Images that get as many samples as their mean needs.
  ///
  /// The mask of each image hides another share of it, so their posteriors are of different width.
  @Suite struct UntilPrecise {
    /// Sizes 4, 6, 10, 16, 24, 32.
    private static let rule = ["--set", "run.samples={min: 4, max: 32, until: {mcse: 0.07}}"]
    private static let experiment = TinyExperiment(
      unit: 2, checkpoint: 0.05,
      operator: "{name: inpainting, mask_type: random, mask_prob_range: [0.02, 0.98]}",
      sampler: "{name: exact}")

    /// Samples of each image as `metrics.csv` tells them.
    private static func counts(_ run: RunFolder) throws -> [String: Int] {
      let text = try String(contentsOfFile: run.path + "/metrics.csv", encoding: .utf8)
      let rows = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      return Dictionary(uniqueKeysWithValues: rows.map { (String($0[0]), Int($0[1]) ?? 0) })
    }

    @Test func theSameMapsInEveryWay() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let arguments = ["run", configuration] + Self.rule + ["--output"]
      let alone = RunFolder(path: folder("alone/run"))
      let first = try Program.run(arguments + [alone.path])
      #expect(first.code == 0, "\(first)")
      #expect(first.errors.contains("8 units of work, at most 64"), "\(first)")
      let counts = try Self.counts(alone)
      #expect(counts.count == 4 && Set(counts.values).count >= 2, "\(counts)")
      #expect(Set(counts.values).isSubset(of: [4, 6, 10, 16, 24, 32]), "\(counts)")
      let drawn = try alone.units().map(\.indices.count).reduce(0, +)
      #expect(drawn == counts.values.reduce(0, +), "nothing is drawn in vain")

      let ranks = RunFolder(path: folder("ranks/run"))
      #expect(try Program.run(arguments + [ranks.path], ranks: 3).code == 0)
      try expectSame(ranks.maps(), alone.maps(), "3 ranks")
      #expect(try Self.counts(ranks) == counts)

      let shares = RunFolder(path: folder("shares/run"))
      for share in ["2/3", "0/3", "1/3"] {
        let result = try Program.run(arguments + [shares.path, "--shard", share])
        #expect(result.code == 0, "\(result)")
      }
      #expect(try Program.run(["missing", shares.path]).code == 0)
      #expect(try Program.run(["status", shares.path]).code == 75, "no maps yet")
      #expect(try Program.run(["merge", shares.path]).code == 0)
      #expect(try Program.run(["status", shares.path]).code == 0)
      try expectSame(shares.maps(), alone.maps(), "three shares")
    }

    /// Killed again and again while it draws, on one rank or three in turn.
    @Test func killedAndResumed() throws {
      let folder = try TemporaryFolder()
      // Units of some 30 ms, so that a kill meets them.
      var experiment = Self.experiment
      experiment.sampler = "{name: dps, method: ps, scale: 0.3, steps: 100}"
      let configuration = try experiment.write(into: folder)
      let arguments = ["run", configuration] + Self.rule + ["--output"]
      let quiet = RunFolder(path: folder("quiet/run"))
      #expect(try Program.run(arguments + [quiet.path]).code == 0)
      let run = RunFolder(path: folder("killed/run"))
      var kills = 0
      while kills < 6 {
        let before = (try? run.committedSamples()) ?? 0
        let program = try Program.start(
          arguments + [run.path], ranks: kills % 2 == 0 ? nil : 3)
        let struck = program.waitUntil {
          ((try? run.committedSamples()) ?? 0) >= before + 4 && !program.ranks.isEmpty
        }
        guard struck, let victim = program.ranks.last else { break }
        kill(victim, SIGKILL)
        _ = try program.wait(timeout: 60)
        kills += 1
      }
      #expect(kills >= 2, "most kills must meet a run with some samples finished")
      let last = try Program.run(arguments + [run.path], ranks: 3)
      #expect(last.code == 0, "\(last)")
      try expectSame(run.maps(), quiet.maps(), "killed \(kills) times")
      #expect(try Self.counts(run) == Self.counts(quiet))
    }

    /// A fixed number grows to a rule; the commands tell what is known of the rest; and back.
    @Test func aFixedNumberGrows() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let run = RunFolder(path: folder("grown/run"))
      let fixed = ["run", configuration, "--output", run.path, "--set", "run.samples=4"]
      #expect(try Program.run(fixed).code == 0)
      let dry = try Program.run(["run", configuration, "--dry-run"] + Self.rule)
      #expect(
        dry.output.contains(
          "# 4 images, 4 to 32 samples each, until the Monte Carlo error of the mean is at most "
            + "0.07: 8 to 64 units of work"), "\(dry)")
      #expect(dry.output.contains("so many samples: 4, 6, 10, 16, 24, 32\n"), "\(dry)")
      // No image is in the share, so nothing but the goal changes.
      let goal = ["run", configuration, "--output", run.path, "--shard", "8/9"] + Self.rule
      #expect(try Program.run(goal).code == 0)
      let status = try Program.run(["status", run.path])
      #expect(status.code == 75, "\(status)")
      #expect(status.output.contains("16 of "), "\(status)")
      #expect(status.output.contains(" (at most "), "\(status)")
      let missing = try Program.run(["missing", run.path])
      #expect(missing.code == 75 && missing.output.contains("\t4-5\n"), "\(missing)")
      let grown = try Program.run(["run", configuration, "--output", run.path] + Self.rule)
      #expect(grown.code == 0, "\(grown)")
      let direct = RunFolder(path: folder("direct/run"))
      let atOnce = ["run", configuration, "--output", direct.path] + Self.rule
      #expect(try Program.run(atOnce).code == 0)
      try expectSame(run.maps(), direct.maps(), "4 grown until precise")
      let starts = try run.starts()
      #expect(try Program.run(fixed).code == 0)
      #expect(try run.units(after: starts).isEmpty, "what is drawn stays")
      try expectSame(run.maps(), direct.maps(), "and back")
    }
  }
}
