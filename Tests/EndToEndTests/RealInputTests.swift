import Foundation
import RunFiles
import Testing

extension EndToEnd {
  /// Pictures of several kinds, and real measurements.
  @Suite struct RealInputs {
    /// A 16-bit picture keeps its depth: the truth of its maps has values between the 256 levels of 8 bits.
    @Test func deepAndTransparentPictures() throws {
      let folder = try TemporaryFolder()
      let deep = Self.rows(16) { Self.big(UInt16($0 * 4000 + $1 * 37)) }
      try folder.write(
        PNGBytes.file(width: 16, height: 16, depth: 16, color: 0, rows: deep), to: "images/deep.png"
      )
      let clear = Self.rows(16) { [UInt8($0 * 10 + $1), 128] }
      try folder.write(
        PNGBytes.file(width: 16, height: 16, depth: 8, color: 4, rows: clear),
        to: "images/clear.png")
      let configuration = try folder.write(
        TinyExperiment().yaml(images: folder("images")), to: "experiment.yaml")
      let result = try Program.run(["run", configuration, "--output", folder("run")])
      #expect(result.code == 0, "\(result)")
      let alpha = result.errorLines.filter { $0.contains("alpha") }
      let notice = "\(folder("images"))/clear.png: alpha left out"
      #expect(alpha.count == 1 && alpha[0].contains(notice), "\(result)")
      #expect(alpha[0].split(separator: "clear.png").count == 2, "the file is named once")
      #expect(try RunFolder(path: folder("run")).map("mean", of: "deep").count == 256)
    }

    @Test func colourWithTransparency() throws {
      let folder = try TemporaryFolder()
      let rows = Self.rows(32) { [UInt8($1 * 8), UInt8(255 - $1 * 8), UInt8($0), 200] }
      try folder.write(
        PNGBytes.file(width: 32, height: 32, depth: 8, color: 6, rows: rows), to: "images/one.png")
      let result = try Program.run([
        "run", "configs/quickstart.yaml", "--output", folder("run"), "--set",
        "data.images=\(folder("images"))", "--set", "data.range=0", "--set", "sampler.steps=2",
        "--set", "run.samples=2", "--set", "run.unit=2",
      ])
      #expect(result.code == 0, "\(result)")
      #expect(result.errors.contains("one.png: alpha left out"), "\(result)")
      #expect(try RunFolder(path: folder("run")).map("mean", of: "one").count == 3 * 32 * 32)
    }

    /// Names of one character, which are a trap of Foundation's, typed in the folder where they lie.
    @Test func shortNames() throws {
      let folder = try TemporaryFolder()
      for name in ["a", "b"] {
        let image = [Float](repeating: 0.3, count: 256)
        try folder.write(image, shape: [1, 16, 16], to: "i/\(name).npy")
      }
      try folder.write(TinyExperiment().yaml(images: "i"), to: "c")
      for arguments in [
        ["run", "c", "--output", "r"], ["run", "c", "--output", "n/"], ["merge", "r"],
        ["status", "r"], ["submit", "c", "--output", "s", "--array", "2", "--time", "01:00:00"],
      ] {
        let result = try Program.run(arguments, in: folder.path)
        #expect(result.code == 0, "\(arguments) \(result)")
      }
      #expect(try RunFolder(path: folder("r")).maps().keys.contains("maps/a/mean.npy"))
      let factors = try Program.run(
        ["calibrate", "r", "--write", "f", "--miss-rate", "0.9", "--delta", "0.9"], in: folder.path)
      #expect(factors.code == 0, "\(factors)")
    }

    /// Measurements have no truth: no scores, and no truth is drawn.
    @Test func measurements() throws {
      let folder = try TemporaryFolder()
      try folder.write([Float](repeating: 0.3, count: 64), shape: [1, 8, 8], to: "y/one.npy")
      let y = folder("y")
      let tiny = TinyExperiment(operator: "{name: super_resolution, scale_factor: 2}")
      let text = tiny.yaml(images: y).replacingOccurrences(of: "  images:", with: "  measurements:")
      let configuration = try folder.write(text, to: "experiment.yaml")
      let run = RunFolder(path: folder("run"))
      let result = try Program.run(["run", configuration, "--output", run.path])
      #expect(result.code == 0, "\(result)")
      let files = Set(try run.maps().keys)
      #expect(files.contains("maps/one/mean.npy") && files.contains("maps/one/measurement.png"))
      #expect(!files.contains("maps/one/truth.png"))
      // Of another size than the operator gives.
      try folder.write([Float](repeating: 0.3, count: 49), shape: [1, 7, 7], to: "y/one.npy")
      let refused = try Program.run(["run", configuration, "--output", folder("other")])
      #expect(refused.code == 65, "\(refused)")
      #expect(refused.errors.contains("one.npy") && refused.errorLines.count == 1, "\(refused)")
    }

    /// The simulated y and the drawn mask are in the run folder in the form a configuration takes: a run from
    /// these files draws the same samples.
    @Test(arguments: [
      "inpainting, mask_type: random, mask_prob_range: [0.5, 0.5]",
      "mri, acceleration: 3, seed: 5, centered: false",
    ])
    func simulatedMeasurementsCanBeMeasurements(drawn: String) throws {
      let folder = try TemporaryFolder()
      let tiny = TinyExperiment(images: 2, operator: "{name: \(drawn)}")
      let simulated = try Program.run([
        "run", try tiny.write(into: folder), "--output", folder("simulated"), "--set",
        "data.range=1",
      ])
      #expect(simulated.code == 0, "\(simulated)")
      let maps = folder("simulated/maps/image-001")
      let y = try Npy.read(path: "\(maps)/measurement.npy")
      try folder.write(try y.floats(), shape: y.shape, to: "y/image-001.npy")
      let kind = drawn.hasPrefix("mri") ? "mri, centered: false" : "inpainting"
      let known = TinyExperiment(operator: "{name: \(kind), mask: \(maps)/mask.npy}")
      let text = known.yaml(images: folder("y")).replacing("  images:", with: "  measurements:")
      let measured = try Program.run([
        "run", try folder.write(text, to: "measured.yaml"), "--output", folder("measured"),
      ])
      #expect(measured.code == 0, "\(measured)")
      for name in ["mean", "std", "q05"] {
        let found = try RunFolder(path: folder("measured")).map(name, of: "image-001")
        let expected = try RunFolder(path: folder("simulated")).map(name, of: "image-001")
        #expect(found == expected, "\(name)")
      }
    }

    /// Measurements whose truths are known are scored like simulated ones: where y was simulated from those truths with
    /// the same seed, by the same numbers.
    @Test func measurementsWithTruthsAreScored() throws {
      let folder = try TemporaryFolder()
      let tiny = TinyExperiment(images: 3)
      let simulated = RunFolder(path: folder("simulated"))
      let first = try Program.run(["run", try tiny.write(into: folder), "--output", simulated.path])
      #expect(first.code == 0, "\(first)")
      for name in ["image-000", "image-002"] {
        let maps = "\(simulated.path)/maps/\(name)"
        let y = try Npy.read(path: "\(maps)/measurement.npy")
        try folder.write(try y.floats(), shape: y.shape, to: "y/\(name).npy")
      }
      let source = "  measurements: \(folder("y"))\n  truths: \(folder("images"))"
      let text = tiny.yaml(images: "IMAGES").replacing("  images: IMAGES", with: source)
      let configuration = try folder.write(text, to: "measured.yaml")
      let measured = RunFolder(path: folder("measured"))
      let second = try Program.run(["run", configuration, "--output", measured.path])
      #expect(second.code == 0, "\(second)")
      for name in ["metrics.csv", "quantities.csv"] {
        let (expected, found) = (try Self.rows(simulated, name), try Self.rows(measured, name))
        #expect(found.count == expected.count - (name == "metrics.csv" ? 1 : expected.count / 3))
        #expect(Set(found).isSubset(of: expected), "\(name)")
      }
      #expect(try measured.maps().keys.contains("maps/image-002/truth.png"))
      let calibrated = try Program.run(["calibrate", measured.path])
      #expect(calibrated.code == 0, "\(calibrated)")
      #expect(calibrated.output.contains("coverage"), "\(calibrated)")
      // A truth that is gone is named before anything is drawn.
      try FileManager.default.removeItem(atPath: folder("images/image-002.npy"))
      let refused = try Program.run(["run", configuration, "--output", folder("other")])
      #expect(refused.code == 65 && refused.errorLines.count == 1, "\(refused)")
      #expect(refused.errors.contains("y/image-002.npy: no true image"), "\(refused)")
      // Without it, its neighbour is still scored: the selection counts.
      let one = try Program.run([
        "run", configuration, "--output", folder("one"), "--set", "data.range=0",
      ])
      #expect(one.code == 0, "\(one)")
    }

    /// The rows of a table without the seconds they took.
    private static func rows(_ run: RunFolder, _ name: String) throws -> [[Substring]] {
      let text = try String(contentsOfFile: "\(run.path)/\(name)", encoding: .utf8)
      let lines = text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let kept = lines[0].indices.filter { lines[0][$0] != "seconds" }
      return lines.dropFirst().map { line in kept.map { line[$0] } }
    }

    /// The rows of a square picture from the bytes of each pixel, by row and column.
    private static func rows(_ size: Int, _ pixel: (Int, Int) -> [UInt8]) -> [[UInt8]] {
      (0..<size).map { row in
        (0..<size).reduce(into: [UInt8]()) { $0 += pixel(row, $1) }
      }
    }

    private static func big(_ value: UInt16) -> [UInt8] {
      [UInt8(value >> 8), UInt8(value & 0xFF)]
    }
  }
}
