import Foundation
import Testing

extension EndToEnd {
  /// The commands beside `run`.
  @Suite struct Commands {
    @Test func statusAndMergeOfHalfARun() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 3, samples: 10).write(into: folder)
      let run = RunFolder(path: folder("run"))
      let arguments = ["run", configuration, "--output", run.path]
      #expect(try Program.run(arguments + ["--shard", "0/2"]).code == 0)
      let done = try run.committedSamples()
      #expect(done > 0 && done < 30)
      for command in ["status", "merge"] {
        let result = try Program.run([command, run.path])
        #expect(result.code == 75, "\(result)")
        #expect(result.output.contains("missing \(30 - done) of 30 samples:"), "\(result)")
      }
      #expect(try !run.maps().isEmpty, "merge maps what is there")
      #expect(try Program.run(arguments).code == 0)
      let status = try Program.run(["status", run.path])
      #expect(status.code == 0, "\(status)")
      #expect(status.output.contains("30 of 30 samples of 3 images are done, 0 failed"))
    }

    @Test func statusDuringARun() throws {
      let folder = try TemporaryFolder()
      let configuration = try Signals.experiment.write(into: folder)
      let run = RunFolder(path: folder("run"))
      let program = try Program.start(["run", configuration, "--output", run.path])
      #expect(program.waitUntil { ((try? run.units().count) ?? 0) >= 2 })
      let status = try Program.run(["status", run.path])
      #expect(status.code == 75, "\(status)")
      #expect(status.output.contains("running on"), "\(status)")
      program.send(SIGTERM)
      #expect(try program.wait(timeout: 40).code == 75)
      let after = try Program.run(["status", run.path])
      #expect(after.code == 75 && after.output.contains("interrupted on"), "\(after)")
    }

    @Test func dryRunWritesNothing() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 3, samples: 10).write(into: folder)
      let result = try Program.run(["run", configuration, "--output", folder("run"), "--dry-run"])
      #expect(result.code == 0, "\(result)")
      #expect(result.output.contains("3 images, 10 samples each: 15 units of work"), "\(result)")
      // A mask keeps pixels or drops them.
      #expect(result.output.contains("# operator norm ‖A‖ ≈ 1.0"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: folder("run")))
      // What it prints is a configuration that runs.
      let printed = try folder.write(result.output, to: "printed.yaml")
      #expect(try Program.run(["run", printed, "--dry-run"]).code == 0)
    }

    /// A sampler that the operator does not suit is found before a run, at its line.
    @Test func dryRunFindsMisfits() throws {
      let folder = try TemporaryFolder()
      var experiment = TinyExperiment(images: 1, samples: 4)
      experiment.sampler = "{name: ddnm, steps: 5}"
      experiment.operator = "{name: high_dynamic_range, scale: 2}"
      let configuration = try experiment.write(into: folder)
      for arguments in [["--dry-run"], ["--output", folder("run")]] {
        let result = try Program.run(["run", configuration] + arguments)
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains("experiment.yaml:18: sampler: "), "\(result)")
      }
    }

    @Test func inspect() throws {
      let result = try Program.run(["inspect", "models/fashion32.safetensors"])
      #expect(result.code == 0, "\(result)")
      #expect(result.output.contains("198 tensors"))
      #expect(result.output.contains("guided-diffusion UNet, 3×32×32 images"))
      #expect(result.output.contains("all 198 tensors of the network are there and fit"))
      let none = try Program.run(["inspect", "models/none.safetensors"])
      #expect(none.code == 74 || none.code == 65, "\(none)")
      #expect(none.errors.contains("models/none.safetensors") && none.errorLines.count == 1)
    }

    /// A value that is none, at the end of the file: the last of a tensor.
    @Test func inspectRefusesWeightsThatCannotBeUsed() throws {
      let folder = try TemporaryFolder()
      let whole = try Data(
        contentsOf: URL(filePath: Program.packageRoot + "/models/fashion32.safetensors"))
      let file = try folder.write(
        Array(whole.dropLast(4)) + [UInt8](repeating: 0xFF, count: 4), to: "damaged.safetensors")
      let result = try Program.run(["inspect", file])
      #expect(result.code == 65 && result.errorLines.count == 1, "\(result)")
      #expect(result.errors.contains("\(file): the weights cannot be used"), "\(result)")
      #expect(result.output.contains("guided-diffusion UNet"), "\(result)")
      #expect(!result.output.contains("are there and fit"), "\(result)")
    }

    /// Their network may be told by a configuration.
    @Test func inspectTellsOfWeightsThatItDoesNotKnow() throws {
      let file = "Tests/Reference/tables/ald_ladder_5_0.3_0.0025.safetensors"
      let result = try Program.run(["inspect", file])
      #expect(result.code == 0 && result.output.contains("cannot be read off"), "\(result)")
    }

    @Test func inspectTellsKindsAndFit() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1, samples: 4).write(into: folder)
      let network = "Tests/Resources/torchscript/edm.pt"
      let script = try Program.run(["inspect", network])
      #expect(script.code == 0 && script.output.contains("TorchScript network"), "\(script)")
      let weights = try Program.run(
        ["inspect", "models/fashion32.safetensors", "--config", "configs/quickstart.yaml"])
      #expect(weights.code == 0, "\(weights)")
      let fits = "fits configs/quickstart.yaml: as prior of images [3, 32, 32]"
      #expect(weights.output.contains(fits), "\(weights)")
      for file in [network, "models/fashion32.safetensors"] {
        let other = try Program.run(["inspect", file, "--config", configuration])
        #expect(other.code == 65, "\(other)")
        #expect(other.errors.contains("does not fit") && other.errorLines.count == 1, "\(other)")
      }
      let own = try folder.write(
        """
        data: {images: \(folder.path)}
        measurement: {operator: {name: denoising}, noise: {name: gaussian, sigma: 0.1}}
        prior: {kind: torchscript, file: none.pt, shape: [2, 4, 6], predicts: edm}
        sampler: {name: unconditional}
        """, to: "script.yaml")
      let fitting = try Program.run(["inspect", network, "--config", own])
      #expect(fitting.code == 0, "\(fitting)")
      #expect(fitting.output.contains("as prior of images [2, 4, 6]"), "\(fitting)")
    }

    @Test func inspectNamesWhatIsWrongWithAConfiguration() throws {
      let folder = try TemporaryFolder()
      let files = [
        folder("none.yaml"), try folder.write("run: {seed: [", to: "torn.yaml"),
        try folder.write([0xFF, 0xFE, 0x80], to: "bytes.yaml"),
      ]
      for file in files {
        let result = try Program.run(["inspect", "models/fashion32.safetensors", "--config", file])
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains(file) && result.errorLines.count == 1, "\(result)")
      }
    }

    @Test func inspectKnowsArraysAndPictures() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1, samples: 2).write(into: folder)
      let run = try Program.run(["run", configuration, "--output", folder("run")])
      #expect(run.code == 0, "\(run)")
      let maps = folder("run") + "/maps/image-000"
      let mean = try Program.run(["inspect", "\(maps)/mean.npy", "--config", configuration])
      #expect(mean.code == 0 && mean.output.contains("npy array [1, 16, 16]"), "\(mean)")
      #expect(mean.output.contains("as image [1, 16, 16]"), "\(mean)")
      let picture = try Program.run(["inspect", "\(maps)/mean.png", "--config", configuration])
      #expect(picture.output.contains("PNG picture ["), "\(picture)")
      #expect(picture.code == 65 && picture.errors.contains("as an image it must be [1, 16, 16]"))
      let part = try folder.write("neither", to: "a.bin")
      let other = try Program.run(["inspect", part])
      #expect(other.code == 65 && other.errorLines.count == 1, "\(other)")
    }

    @Test func doctor() throws {
      let folder = try TemporaryFolder()
      for ranks in [nil, 2] {
        let result = try Program.run(["doctor", "--folder", folder.path], ranks: ranks)
        #expect(result.code == 0, "\(result)")
        for rank in 0..<(ranks ?? 1) {
          #expect(result.output.contains("rank \(rank): "), "\(result)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      }
    }

    /// As in a container that has neither `ssh` nor `rsh`.
    @Test func aProcessThatIsAloneNeedsNoWayToOtherHosts() throws {
      let folder = try TemporaryFolder()
      let result = try Program.run(
        ["doctor", "--folder", folder.path], environment: ["PATH": folder.path])
      #expect(result.code == 0 && result.output.contains("1 rank: fit to run"), "\(result)")
    }

    @Test func simulate() throws {
      let size = ["--images", "20", "--samples", "8", "--unit", "2", "--shape", "1,8,8"]
      let many = try Program.run(["simulate", "--workers", "50"] + size)
      #expect(many.code == 0, "\(many)")
      #expect(many.output.contains("µs/unit") && many.output.contains(" 80 "), "\(many)")
      let folder = try TemporaryFolder()
      for ranks in [nil, 2] {
        let output = folder("run-\(ranks ?? 1)")
        let result = try Program.run(
          ["simulate", "--unit-seconds", "0", "--output", output] + size, ranks: ranks)
        #expect(result.code == 0, "\(result)")
        #expect(result.output.contains("disk %"), "\(result)")
        let status = try Program.run(["status", output])
        #expect(status.output.contains("160 of 160 samples of 20 images are done"), "\(status)")
      }
    }

    @Test func validate() throws {
      let result = try Program.run(
        ["validate", "--reference", "Tests/Reference", "--quiet"], timeout: 240)
      #expect(result.code == 0, "\(result)")
      let none = try Program.run(["validate", "--reference", "Tests/None"])
      #expect(none.code == 65 || none.code == 74, "\(none)")
      #expect(none.errors.contains("Tests/None"), "\(none)")
    }

    @Test func usage() throws {
      for words in [
        ["frobnicate"], ["run"], ["merge"], ["run", "a", "b"], ["status", "--all"],
        ["simulate", "--workers", "2", "--images", "99999999999"],
        ["simulate", "--workers", "2", "--unit-seconds", "1e9"],
        ["simulate", "--unit-seconds", "inf"], ["simulate", "--checkpoint", "inf"],
        ["submit", "a.yaml", "--partition", ""], ["submit", "a.yaml", "--account", "a\r\nb"],
      ] {
        let result = try Program.run(words)
        #expect(result.code == 64, "\(words): \(result)")
        #expect(result.errors.contains("Usage: posterior"), "\(result)")
      }
    }
  }

  /// A log's disk may be full, and a daemon's streams closed.
  @Suite struct Streams {
    @Test(arguments: ["2>/dev/full", ">/dev/full 2>&1", "<&- >&- 2>&-"])
    func aRunGoesOnWithoutThem(streams: String) throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 2).write(into: folder)
      let run = ["run", configuration, "--output", folder("run")]
      #expect(try Program.run(run, streams: streams).code == 0)
      #expect(try Program.run(["status", folder("run")]).code == 0)
    }

    /// Ctrl-C ends the reader of a pipe with the run, which has to commit what it has.
    @Test func aRunGoesOnWithoutItsReader() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 2).write(into: folder)
      let run = ["run", configuration, "--output", folder("run")]
      #expect(try Program.run(run, streams: "2>&1 | head -1").code == 0)
      #expect(try Program.run(["status", folder("run")]).code == 0)
    }

    /// What a command prints is all it is for, unlike a run.
    @Test func outputThatDoesNotArriveIsAnError() throws {
      let inspect = ["inspect", "models/fashion32.safetensors"]
      for words in [inspect, inspect + ["--tensors"]] {
        let full = try Program.run(words, streams: ">/dev/full")
        #expect(full.code == 74 && full.errorLines.count == 1, "\(full)")
        #expect(full.errors.contains("standard output is not complete: No space left"), "\(full)")
      }
      let doctor = try Program.run(["doctor"], streams: ">/dev/full")
      #expect(doctor.code == 74 && doctor.errors.contains("not complete"), "\(doctor)")
    }

    /// A command that has not all keeps the code that says so.
    @Test func anUnfinishedRunIsToldAsThatWithoutOutput() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 2).write(into: folder)
      let run = ["run", configuration, "--output", folder("run"), "--shard", "1/2"]
      #expect(try Program.run(run).code == 0)
      let missing = try Program.run(["missing", folder("run")], streams: ">/dev/full")
      #expect(missing.code == 75 && missing.errors.contains("not complete"), "\(missing)")
    }

    @Test(arguments: ["", "trap '' PIPE; "]) func aReaderThatHasSeenEnoughIsNoError(
      before: String
    ) throws {
      let words = ["/bin/sh", "-c", before + "\"$0\" \"$@\" | head -1", Program.binary]
      let result = try StartedProgram(
        words + ["inspect", "models/fashion32.safetensors", "--tensors"],
        environment: Program.environment, folder: Program.packageRoot
      ).wait(timeout: 120)
      #expect(result.code == 0 && result.errors.isEmpty, "\(result)")
    }

    @Test func anErrorKeepsItsCode() throws {
      let streams = "2>/dev/full"
      #expect(try Program.run(["status", "no/such/folder"], streams: streams).code == 65)
    }
  }

  /// Scripts of Slurm are lines: nothing is written that would break one.
  @Suite struct Scripts {
    @Test func aPathOfTwoLinesIsRefused() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      let output = folder("a\nb")
      let result = try Program.run(
        ["submit", configuration, "--array", "2", "--time", "10", "--output", output])
      #expect(result.code == 64 && result.errorLines.count == 1, "\(result)")
      #expect(result.errors.contains("a\\nb"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: output))
    }

    /// Four tasks after an array of sixteen would draw a quarter, and no task the rest.
    @Test func anArrayThatWouldDrawAPartOnlyIsWarnedOf() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      let share = ["run", configuration, "--output", folder("run"), "--shard", "0/3"]
      #expect(try Program.run(share).code == 0)
      let submit = ["submit", configuration, "--output", folder("run"), "--time", "10"]
      let part = try Program.run(submit + ["--array", "2"])
      #expect(part.code == 0 && part.errors.contains("take --array 3"), "\(part)")
      #expect(try Program.run(submit + ["--array", "3"]).errors.isEmpty)
    }

    /// A cluster that demands a quality of service refuses the merge job too without one.
    @Test func bothJobsAskForTheQualityOfService() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      let result = try Program.run(
        ["submit", configuration, "--output", folder("run"), "--time", "10", "--array", "2"]
          + ["--qos", "long"])
      #expect(result.code == 0, "\(result)")
      for script in ["array", "merge"] {
        let text = try String(contentsOfFile: folder("run/slurm/\(script).sbatch"), encoding: .utf8)
        #expect(text.contains("\n#SBATCH --qos=long\n"), "\(text)")
      }
    }

    /// Slurm takes a backslash for its own, so jobs with such a log fail without one.
    @Test func aFolderThatSlurmWritesNoLogsIntoIsRefused() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      let output = folder(#"a\b"#)
      let result = try Program.run(
        ["submit", configuration, "--array", "2", "--time", "10", "--output", output])
      #expect(result.code == 64 && result.errors.contains("backslash"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  /// The help texts as they are agreed on.
  @Suite struct Help {
    static let commands = [
      "", "run", "calibrate", "submit", "plan", "status", "missing", "merge", "report", "inspect",
      "fold",
      "doctor", "validate", "simulate",
    ]

    /// `POSTERIOR_RECORD_SNAPSHOTS=1` writes the texts anew.
    @Test(arguments: commands) func snapshot(_ command: String) throws {
      let words = command.isEmpty ? [] : [command]
      let result = try Program.run(words + ["--help"])
      #expect(result.code == 0, "\(result)")
      let folder = Program.packageRoot + "/Tests/EndToEndTests/Snapshots"
      let file = URL(filePath: "\(folder)/help\(command.isEmpty ? "" : "-" + command).txt")
      if ProcessInfo.processInfo.environment["POSTERIOR_RECORD_SNAPSHOTS"] == "1" {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(result.output.utf8).write(to: file)
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == result.output)
    }

    @Test func version() throws {
      let result = try Program.run(["--version"])
      #expect(result.code == 0, "\(result)")
      #expect(result.output.hasPrefix("posterior "))
    }
  }
}
