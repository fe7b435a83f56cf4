import Foundation
import RunFiles
import Testing

extension EndToEnd {
  /// Shares of a job array, as Slurm's variables tell of them; and what is missing.
  @Suite struct Arrays {
    static let experiment = TinyExperiment(images: 3, samples: 10)

    /// The variables of a task of the array 77.
    private static func task(_ id: Int, first: Int, last: Int, count: Int) -> [String: String] {
      [
        "SLURM_JOB_ID": "\(100 + id)", "SLURM_ARRAY_JOB_ID": "77",
        "SLURM_ARRAY_TASK_ID": "\(id)", "SLURM_ARRAY_TASK_MIN": "\(first)",
        "SLURM_ARRAY_TASK_MAX": "\(last)", "SLURM_ARRAY_TASK_STEP": "1",
        "SLURM_ARRAY_TASK_COUNT": "\(count)",
      ]
    }

    private static func expectMaps(
      _ run: RunFolder, of configuration: String, _ folder: TemporaryFolder, _ more: [String] = []
    ) throws {
      let whole = try Program.run(["run", configuration, "--output", folder("whole/run")] + more)
      #expect(whole.code == 0, "\(whole)")
      try expectSame(run.maps(), RunFolder(path: folder("whole/run")).maps(), "shares merged")
    }

    /// The list that `missing` prints finishes the job, though it has gaps.
    @Test func tasksThatNeverRan() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let run = RunFolder(path: folder("array/run"))
      let arguments = ["run", configuration, "--output", run.path]
      for id in [0, 2] {
        let task = Self.task(id, first: 0, last: 3, count: 4)
        let result = try Program.run(arguments, environment: task)
        #expect(result.code == 0, "\(result)")
        #expect(result.errors.contains("share \(id)/4: task \(id) of the array 0-3"), "\(result)")
      }
      let missing = try Program.run(["missing", run.path, "--array"])
      #expect(missing.code == 75 && missing.output == "1,3\n", "\(missing)")
      #expect(try Program.run(["merge", run.path]).code == 75, "maps of fewer samples")
      for id in [1, 3] {
        let task = Self.task(id, first: 1, last: 3, count: 2)
        let result = try Program.run(arguments, environment: task)
        #expect(result.code == 0, "\(result)")
        #expect(result.errors.contains("share \(id)/4: task \(id) of the earlier"), "\(result)")
      }
      let now = try Program.run(["missing", run.path, "--array"])
      #expect(now.code == 0 && now.output == "", "\(now)")
      for (name, text) in [("9-of-4", "{torn"), ("1-of-2", ""), ("x", "[1]")] {
        try folder.write(text, to: "array/run/status-\(name).json")
      }
      try Self.expectUnmerged(run)
      let merged = try Program.run(["merge", run.path])
      #expect(merged.code == 0, "\(merged)")
      #expect(try Program.run(["status", run.path]).code == 0)
      try Self.expectMaps(run, of: configuration, folder)
    }

    /// The samples are there, the maps are of fewer.
    private static func expectUnmerged(_ run: RunFolder) throws {
      let status = try Program.run(["status", run.path])
      #expect(status.code == 75, "\(status)")
      #expect(status.output.contains("30 of 30 samples of 3 images are done"), "\(status)")
      #expect(status.output.contains("shares: 4 complete"), "\(status)")
      #expect(status.output.contains("status-9-of-4.json: cannot be read"), "\(status)")
      #expect(
        status.output.contains(
          "maps are not written (or of fewer samples): type posterior merge \(run.path)"),
        "\(status)")
    }

    /// A list with gaps in a new folder tells what to do.
    @Test func aListWithGapsAlone() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let result = try Program.run(
        ["run", configuration, "--output", folder("run")],
        environment: Self.task(3, first: 1, last: 3, count: 2))
      #expect(result.code == 65, "\(result)")
      #expect(result.errors.contains("--shard I/N"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: folder("run")))
    }

    @Test func whatIsMissing() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      let arguments = ["run", configuration, "--output", run.path]
      // 15 units; the first share of five has three of them.
      #expect(try Program.run(arguments + ["--shard", "0/5"]).code == 0)
      let missing = try Program.run(["missing", run.path])
      #expect(missing.code == 75, "\(missing)")
      #expect(
        missing.output == "image-000\t6-9\nimage-001\t0-9\nimage-002\t0-9\n", "\(missing)")
      let tasks = { (more: [String]) in try Program.run(["missing", run.path, "--array"] + more) }
      #expect(try tasks([]).output == "1-4\n")
      #expect(try tasks(["--of", "15"]).output == "3-14\n")
      // A run that grows has its shares cut anew.
      let more = ["--set", "run.samples=20"]
      #expect(try Program.run(arguments + more + ["--shard", "4/5"]).code == 0)
      #expect(try tasks([]).output == "0-3\n")
      #expect(try Program.run(arguments + more).code == 0)
      let nothing = try Program.run(["missing", run.path])
      #expect(nothing.code == 0 && nothing.output == "", "\(nothing)")
    }

    @Test func theNumberOfSharesMustBeKnown() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      #expect(try Program.run(["run", configuration, "--output", run.path]).code == 0)
      for part in try FileManager.default.contentsOfDirectory(atPath: run.path + "/parts") {
        try FileManager.default.removeItem(atPath: "\(run.path)/parts/\(part)")
      }
      let unknown = try Program.run(["missing", run.path, "--array"])
      #expect(unknown.code == 64 && unknown.errors.contains("--of N"), "\(unknown)")
      #expect(try Program.run(["missing", run.path, "--array", "--of", "4"]).output == "0-3\n")
      for wrong in [["--of", "4"], ["--array", "--of", "0"]] {
        #expect(try Program.run(["missing", run.path] + wrong).code == 64)
      }
    }

    /// Slurm may run a task twice at once; both end well, and nothing is counted twice.
    @Test func twoCopiesOfOneTask() throws {
      let folder = try TemporaryFolder()
      let experiment = TinyExperiment(
        images: 3, samples: 20, unit: 2, checkpoint: 0.02,
        sampler: "{name: dps, method: ps, scale: 0.3, steps: 60}")
      let configuration = try experiment.write(into: folder)
      let run = RunFolder(path: folder("copies/run"))
      let arguments = ["run", configuration, "--output", run.path]
      let copies = try (0..<2).map { _ in
        try Program.start(arguments, environment: Self.task(0, first: 0, last: 1, count: 2))
      }
      let other = try Program.start(
        arguments, environment: Self.task(1, first: 0, last: 1, count: 2))
      // Merges in between take parts away from under them.
      while !copies.allSatisfy(\.hasEnded) {
        if run.hasParts { _ = try Program.run(["merge", run.path]) }
        usleep(20_000)
      }
      for program in copies + [other] {
        let result = try program.wait(timeout: 60)
        #expect(result.code == 0, "\(result)")
      }
      #expect(try run.progress().ignored == [])
      let merged = try Program.run(["merge", run.path])
      #expect(merged.code == 0, "\(merged)")
      let after = try run.progress()
      #expect(after.overlapping == [] && after.images.values.allSatisfy { $0.accepted.count == 1 })
      try Self.expectMaps(run, of: configuration, folder)
    }

    @Test func theJobsEndIsComparedWithTheRuns() throws {
      let folder = try TemporaryFolder()
      let configuration = try Signals.experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      let end = Int(Date().timeIntervalSince1970) + 1
      var environment = Self.task(1, first: 1, last: 2, count: 2)
      environment["SLURM_JOB_END_TIME"] = "\(end)"
      environment["SLURM_RESTART_COUNT"] = "3"
      let program = try Program.start(
        ["run", configuration, "--output", run.path], environment: environment)
      #expect(program.waitUntil { program.errors.contains("the job ends in") }, "\(program.errors)")
      program.send(SIGTERM)
      let result = try program.wait(timeout: 40)
      #expect(result.errors.contains("it will be requeued or must be started again"), "\(result)")
      let written = try RunDirectory.open(run.path).statuses()["status-0-of-2.json"]
      let status = try #require(written ?? nil)
      #expect(status.job == "77_1" && status.restartCount == 3)
      #expect(status.deadline == Double(end))
      // Tasks are told by the numbers the user gave them.
      #expect(try Program.run(["missing", run.path, "--array"]).output == "1-2\n")
    }
  }
}
