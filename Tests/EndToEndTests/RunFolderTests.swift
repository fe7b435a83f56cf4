import Foundation
import Testing

extension EndToEnd {
  /// A run folder is gone on with only for the same work, and survives damage.
  @Suite struct RunFolders {
    @Test func otherConfigurationIsRefused() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      let run = RunFolder(path: folder("run"))
      let arguments = ["run", configuration, "--output", run.path]
      #expect(try Program.run(arguments).code == 0)
      let before = try run.maps()
      let refused = try Program.run(arguments + ["--set", "measurement.noise.sigma=0.3"])
      #expect(refused.code == 65, "\(refused)")
      #expect(refused.errors.contains("choose another output folder"))
      #expect(refused.errors.contains("sigma: 0.2") && refused.errors.contains("sigma: 0.3"))
      #expect(!refused.errors.contains("seed"), "only what differs is shown")
      try expectSame(run.maps(), before, "after a refusal")
      #expect(try Program.run(arguments).code == 0, "the folder is as it was")
    }

    @Test func changedInputIsRefused() throws {
      let folder = try TemporaryFolder()
      let tiny = TinyExperiment(images: 2)
      let configuration = try tiny.write(into: folder)
      let arguments = ["run", configuration, "--output", folder("run")]
      #expect(try Program.run(arguments).code == 0)
      try folder.write(
        [Float](repeating: 0.5, count: 256), shape: [1, 16, 16], to: tiny.imageName(1))
      let refused = try Program.run(arguments)
      #expect(refused.code == 65, "\(refused)")
      #expect(
        refused.errors.contains("holds results of other files under the same names: image-001"))
      try tiny.write(into: folder)
      #expect(try Program.run(arguments).code == 0)
    }

    /// Results are never made of samples for one file and the truth in another.
    @Test func replacedFilesAreToldOf() throws {
      let folder = try TemporaryFolder()
      let tiny = TinyExperiment(images: 2)
      let configuration = try tiny.write(into: folder)
      let run = RunFolder(path: folder("run"))
      #expect(try Program.run(["run", configuration, "--output", run.path]).code == 0)
      let table = URL(filePath: "\(run.path)/metrics.csv")
      let (before, maps) = (try String(contentsOf: table, encoding: .utf8), try run.maps())
      try folder.write(
        [Float](repeating: 0.5, count: 256), shape: [1, 16, 16], to: tiny.imageName(1))
      let merged = try Program.run(["merge", run.path])
      #expect(merged.code == 0 && merged.errors.contains("the files of image-001 were replaced"))
      let rows = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
      #expect(rows[1] == before.split(separator: "\n")[1])
      #expect(rows[2].hasPrefix("image-001,") && rows[2].contains(",,,"), "no truth: \(rows[2])")
      try tiny.write(into: folder)
      #expect(try Program.run(["merge", run.path]).errors.contains("replaced") == false)
      #expect(try String(contentsOf: table, encoding: .utf8) == before)
      try expectSame(run.maps(), maps, "with the old file again")
    }

    @Test func whatIsThereBesidesIsToldOf() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 3).write(into: folder)
      let arguments = ["run", configuration, "--output", folder("run")]
      let all = try Program.run(arguments)
      #expect(all.code == 0 && !all.errors.contains("asked for"), "\(all)")
      for (less, word) in [
        ("data.range=0-1", "samples of other images (image-002)"),
        ("run.samples=2", "more samples of image-000, image-001, image-002"),
      ] {
        let result = try Program.run(arguments + ["--set", less])
        #expect(result.code == 0 && result.errors.contains(word), "\(result)")
        let status = try Program.run(["status", folder("run")])
        #expect(status.code == 0 && status.output.contains(word), "\(status)")
      }
    }

    /// Parts that are torn, foreign or flipped are named, left out and drawn again.
    @Test func damagedPartsAreDrawnAgain() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 3).write(into: folder)
      let run = RunFolder(path: folder("run"))
      let arguments = ["run", configuration, "--output", run.path]
      #expect(try Program.run(arguments).code == 0)
      let before = try run.maps()
      let names = try FileManager.default.contentsOfDirectory(atPath: run.path + "/parts").sorted()
      try #require(names.count == 3)
      let files = names.map { URL(filePath: "\(run.path)/parts/\($0)") }
      let whole = try files.map { try Data(contentsOf: $0) }
      try whole[0].prefix(whole[0].count / 2).write(to: files[0])
      var flipped = whole[1]
      flipped[flipped.count - 9] ^= 1
      try flipped.write(to: files[1])
      try Data("no part".utf8).write(to: URL(filePath: run.path + "/parts/foreign.safetensors"))

      let status = try Program.run(["status", run.path])
      #expect(status.code == 75, "\(status)")
      let said = status.output + status.errors
      // Headers are enough for a status; a flipped byte is found by what reads the content.
      for name in [names[0], "foreign.safetensors"] {
        #expect(said.contains(name), "\(status)")
      }
      let missing = try Program.run(["missing", run.path])
      #expect(missing.output.split(separator: "\n").count == 2, "\(missing)")

      let starts = try run.starts()
      let resumed = try Program.run(arguments)
      #expect(resumed.code == 0, "\(resumed)")
      for name in [names[0], names[1], "foreign.safetensors"] {
        #expect(resumed.errors.contains(name), "\(name) is not named: \(resumed)")
      }
      let drawn = Set(try run.units(after: starts).compactMap(\.image))
      #expect(drawn == ["image-000", "image-001"])
      try expectSame(run.maps(), before, "after drawing damaged parts again")
    }

    /// A torn `run.yaml` is bad input for every command that reads a run folder.
    @Test func tornDescriptionIsNamed() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1, samples: 2).write(into: folder)
      let run = folder("run")
      #expect(try Program.run(["run", configuration, "--output", run]).code == 0)
      let file = URL(filePath: "\(run)/run.yaml")
      try Data(contentsOf: file).prefix(300).write(to: file)
      for command in ["status", "missing", "merge", "report", "calibrate"] {
        let result = try Program.run([command, run])
        #expect(result.code == 65, "\(command): \(result)")
        #expect(result.errors.contains("\(run)/run.yaml"), "\(command): \(result)")
      }
    }

    @Test func missingPartsAreNamedAndDrawnAgain() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1, samples: 2).write(into: folder)
      let run = RunFolder(path: folder("run"))
      let arguments = ["run", configuration, "--output", run.path]
      #expect(try Program.run(arguments).code == 0)
      let before = try run.maps()
      try FileManager.default.removeItem(atPath: "\(run.path)/parts")
      for command in ["status", "missing", "merge", "report"] {
        let result = try Program.run([command, run.path])
        #expect(result.code == 65 && result.errorLines.count == 1, "\(command): \(result)")
        #expect(result.errors.contains("\(run.path)/parts is missing"), "\(command): \(result)")
      }
      #expect(try Program.run(arguments).code == 0)
      try expectSame(run.maps(), before, "after drawing all again")
    }

    @Test func notARunOrNotYet() throws {
      let folder = try TemporaryFolder()
      for command in ["merge", "status"] {
        let result = try Program.run([command, folder("none")])
        #expect(result.code == 65, "\(result)")
        #expect(result.errors.contains("is not a run folder") && result.errorLines.count == 1)
      }
      let scripts = try Program.run([
        "submit", "configs/quickstart.yaml", "--output", folder("run"), "--array", "2", "--time",
        "01:00:00",
      ])
      #expect(scripts.code == 0, "\(scripts)")
      for command in ["status", "missing", "merge"] {
        let result = try Program.run([command, folder("run")])
        #expect(result.code == 75 && result.errorLines.count == 1, "\(result)")
        #expect(result.errors.contains("none of them has started to draw"), "\(result)")
      }
    }
  }
}
