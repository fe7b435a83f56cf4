import Foundation
import Testing

extension EndToEnd {
  /// What a run will cost, and the scripts for a cluster.
  @Suite struct Planning {
    @Test func countsTheWorkAndWritesNothing() throws {
      let folder = try TemporaryFolder()
      var experiment = TinyExperiment(images: 3, samples: 10, unit: 4)
      experiment.sampler = "{name: dps, scale: 0.3, steps: 20, record: {every: 5, samples: 2}}"
      let configuration = try experiment.write(into: folder)
      let plan = try Program.run(["plan", configuration, "--output", folder("run")])
      #expect(plan.code == 0, "\(plan)")
      for text in [
        "images    3\n", "samples   30   10 each\n", "units     9   of 4 samples",
        "720 evaluations   20 a sample", "Trajectories are not counted.",
        "--array=0-0 ", "posterior submit \(configuration) --output \(folder("run")) --array 1\n",
      ] {
        #expect(plan.output.contains(text), "\(text): \(plan)")
      }
      #expect(!FileManager.default.fileExists(atPath: folder("run")))
    }

    @Test func tellsTheRunFolderAlone() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment().write(into: folder)
      let plan = try Program.run(["plan", configuration, "--folder"])
      #expect(plan.output == "runs/unused\n" && plan.code == 0, "\(plan)")
      let bad = try Program.run(["plan", configuration, "--folder", "--set", "run.unit=0"])
      #expect(bad.code == 65 && bad.output.isEmpty, "\(bad)")
    }

    /// The plan's times of units, start and results against what a run takes, both in processor time: the tests share
    /// their machine with anything. What else runs on a core's caches and on its sibling thread
    /// changes processor time too, by up to 2. `scripts/check-plan` compares the times by the
    /// clock, on a quiet machine.
    @Test func foretellsTheTimeOfARun() throws {
      let folder = try TemporaryFolder()
      var experiment = TinyExperiment(images: 2, samples: 32, unit: 4)
      experiment.sampler = "{name: dps, method: ps, scale: 0.3, steps: 300}"
      let configuration = try experiment.write(into: folder)
      let plan = try Program.run(["plan", configuration], timeout: 240)
      let (unit, start, results) = (
        try Self.seconds("a unit", plan), try Self.seconds("start", plan),
        try Self.seconds("results", plan)
      )
      let foretold = 16 * unit + start + 2 * results
      let before = Self.processorSeconds
      let run = try Program.run(["run", configuration, "--output", folder("run")], timeout: 240)
      #expect(run.code == 0, "\(run)")
      let taken = Self.processorSeconds - before
      #expect((0.5...2).contains(taken / foretold), "\(taken) s, not \(foretold)\n\(plan)")
    }

    /// Saved samples are twice on the disk, in parts and as arrays. Sizes are told with three digits; a part
    /// has a header of some kilobytes besides, which changes with the samples it lists.
    @Test func foretellsTheDiskOfARun() throws {
      let folder = try TemporaryFolder()
      let experiment = TinyExperiment(images: 2, samples: 200, unit: 20)
      let configuration = try experiment.write(into: folder)
      let arguments = [configuration, "--set", "statistics={save_samples: true, pictures: false}"]
      let plan = try Program.run(["plan"] + arguments)
      let run = try Program.run(["run"] + arguments + ["--output", folder("run")])
      #expect(plan.code == 0 && run.code == 0, "\(plan) \(run)")
      for (kind, tolerance) in [("parts", 0.05), ("maps", 0.01), ("samples", 0.01)] {
        let foretold = try Self.bytes(kind, plan)
        let taken = try Self.bytes(in: folder("run/\(kind)"))
        #expect(abs(foretold / taken - 1) < tolerance, "\(kind): \(taken), not \(foretold)")
      }
    }

    /// Bytes that a plan foretells for a kind of files.
    private static func bytes(_ kind: String, _ plan: ProgramResult) throws -> Double {
      let line = plan.output.split(separator: "\n").first { $0.hasPrefix("  disk ") }
      let words = try #require(line, "\(plan)").split { " ,".contains($0) }
      let index = try #require(words.firstIndex { $0 == kind }, "\(plan)")
      let value = try #require(Double(words[index + 1]), "\(plan)")
      return value * (try #require(["B": 1, "kB": 1e3, "MB": 1e6][words[index + 2]], "\(plan)"))
    }

    /// Bytes of the files below a folder.
    private static func bytes(in folder: String) throws -> Double {
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
      return try names.reduce(0) { sum, name in
        let file = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        let isFile = file[.type] as? FileAttributeType == .typeRegular
        return sum + (isFile ? try #require(file[.size] as? NSNumber).doubleValue : 0)
      }
    }

    /// Processor time of all programs that the tests have started and that have ended.
    private static var processorSeconds: Double {
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      return [usage.ru_utime, usage.ru_stime].reduce(0) {
        $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
      }
    }

    /// The time in the line of a plan that begins so.
    private static func seconds(_ title: String, _ plan: ProgramResult) throws -> Double {
      let line = plan.output.split(separator: "\n").first { $0.hasPrefix("  \(title) ") }
      let words = try #require(line, "\(plan)").dropFirst(2 + title.count).split(separator: " ")
      let value = try #require(words.first.flatMap { Double($0) }, "\(plan)")
      return words[1] == "ms" ? value / 1000 : value
    }
  }
}
