import Foundation
import Testing

extension EndToEnd {
  /// A run that grows draws what is new, and nothing of what it had changes.
  @Suite struct Growing {
    @Test func moreSamples() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 3, samples: 8).write(into: folder)
      let (grown, direct) = (
        RunFolder(path: folder("grown/run")), RunFolder(path: folder("direct/run"))
      )
      let first = try Program.run(["run", configuration, "--output", grown.path])
      #expect(first.code == 0, "\(first)")
      let starts = try grown.starts()
      let more = ["--set", "run.samples=16"]
      let second = try Program.run(["run", configuration, "--output", grown.path] + more)
      #expect(second.code == 0, "\(second)")
      #expect(second.errors.contains("12 done before are skipped"))
      let drawn = Dictionary(grouping: try grown.units(after: starts)) { $0.image }
      #expect(drawn.count == 3)
      for (image, units) in drawn {
        #expect(units.flatMap(\.indices).sorted() == Array(8..<16), "\(image ?? "")")
      }
      _ = try Program.run(["run", configuration, "--output", direct.path] + more)
      try expectSame(grown.maps(), direct.maps(), "8 grown to 16")
    }

    /// Sizes that are no multiples of the unit.
    @Test func moreSamplesWithinAUnit() throws {
      let folder = try TemporaryFolder()
      let tiny = TinyExperiment(images: 2, samples: 5, unit: 4)
      let configuration = try tiny.write(into: folder)
      let (grown, direct) = (
        RunFolder(path: folder("grown/run")), RunFolder(path: folder("direct/run"))
      )
      let run = ["run", configuration, "--output"]
      let more = ["--set", "run.samples=7"]
      #expect(try Program.run(run + [grown.path]).code == 0)
      let starts = try grown.starts()
      #expect(try Program.run(run + [grown.path] + more).code == 0)
      let drawn = try grown.units(after: starts).flatMap(\.indices).sorted()
      #expect(drawn == [5, 5, 6, 6])
      #expect(try Program.run(run + [direct.path] + more).code == 0)
      try expectSame(grown.maps(), direct.maps(), "5 grown to 7 in units of 4")
    }

    /// libtorch without the vector units of any processor stands for another machine.
    @Test func onAnotherProcessor() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      let run = ["run", configuration, "--output", folder("run"), "--set"]
      let other = ["ATEN_CPU_CAPABILITY": "default"]
      #expect(try Program.run(run + ["run.samples=2"], environment: other).code == 0)
      let words = "last bits of a sample depend on it"
      let second = try Program.run(run + ["run.samples=4"])
      #expect(second.code == 0 && second.errors.contains(words), "\(second)")
      let third = try Program.run(run + ["run.samples=6"])
      #expect(third.code == 0 && !third.errors.contains(words), "known by now: \(third)")
      let record = try String(contentsOfFile: folder("run/run.yaml"), encoding: .utf8)
      #expect(record.contains(#/processor: "\w[\w ]*, AVX/#), "\(record)")
    }

    @Test func moreImages() throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 4).write(into: folder)
      let run = RunFolder(path: folder("run"))
      let arguments = ["run", configuration, "--output", run.path, "--set"]
      #expect(try Program.run(arguments + ["data.range=1-2"]).code == 0)
      let starts = try run.starts()
      // Pictures share their colour limits with all images of a run; the maps stand alone.
      let before = try run.maps().filter { $0.key.hasSuffix(".npy") }
      #expect(try Program.run(arguments + ["data.range=0-3"]).code == 0)
      let after = try run.maps().filter { before[$0.key] != nil }
      expectSame(after, before, "maps of images 1 and 2")
      let drawn = Set(try run.units(after: starts).compactMap(\.image))
      #expect(drawn == ["image-000", "image-003"])
    }
  }
}
