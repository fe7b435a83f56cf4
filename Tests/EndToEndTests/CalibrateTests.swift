import Foundation
import RunFiles
import Testing

extension EndToEnd {
  /// `posterior calibrate`: a run like any other, and what it says of images with truth.
  @Suite struct Calibrating {
    private static let prior =
      "{kind: gaussian, shape: [1, 4, 8], mean: 0, covariance: {std: 0.2, length: 1.0}}"

    /// Draws from the prior: exact samples given a measurement that says nothing.
    private static func drawTruths(_ count: Int, _ folder: TemporaryFolder) throws -> String {
      try folder.write([Float](repeating: 0.5, count: 32), shape: [1, 4, 8], to: "one/x.npy")
      let configuration = try folder.write(
        """
        run: {seed: 5, samples: \(count), unit: 10}
        data: {images: \(folder("one"))}
        measurement: {operator: {name: denoising}, noise: {name: gaussian, sigma: 10000}}
        prior: \(prior)
        sampler: {name: exact}
        statistics: {save_samples: true}
        """, to: "prior.yaml")
      let drawn = try Program.run(["run", configuration, "--output", folder("prior")])
      #expect(drawn.code == 0, "\(drawn)")
      return folder("prior/samples/x.npy")
    }

    /// Exact samples for images that are draws from the prior.
    private static func experiment(_ folder: TemporaryFolder) throws -> String {
      try folder.write(
        """
        run: {seed: 6, samples: 19, unit: 5}
        data: {images: \(try drawTruths(120, folder))}
        measurement:
          operator: {name: gaussian_blur, kernel_size: 3, intensity: 1.0}
          noise: {name: gaussian, sigma: 0.1}
        prior: \(prior)
        sampler: {name: exact}
        statistics:
          keep_samples: 0
          derived: [{name: grey, quantity: mean}, {name: tv, quantity: total_variation}]
        """, to: "experiment.yaml")
    }

    /// All that was found: maps, tables but for the seconds, the file of factors, and the text.
    private static func findings(_ folder: String, _ result: ProgramResult) throws -> [String: Data]
    {
      var found = try RunFolder(path: folder).maps()
      for name in ["quantities.csv", "calibration.yaml"] {
        found[name] = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      }
      let text = result.output.components(separatedBy: "calibration over").last ?? ""
      found["text"] = Data(text.replacing(folder, with: "RUN").utf8)
      return found
    }

    /// One process, three ranks, and four shares joined find the same, bit for bit.
    @Test func everyStatisticHasTheSameBits() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment(folder)
      let few = ["--set", "data.range=0-99"]
      let alone = folder("alone/run")
      let one = try Program.run(["calibrate", configuration, "--output", alone] + few)
      #expect(one.code == 0, "\(one)")
      let expected = try Self.findings(alone, one)

      let many = folder("many/run")
      let three = try Program.run(["calibrate", configuration, "--output", many] + few, ranks: 3)
      #expect(three.code == 0, "\(three)")
      try expectSame(Self.findings(many, three), expected, "3 ranks")

      let shared = folder("shared/run")
      for share in [2, 0, 3, 1] {
        let result = try Program.run(
          ["calibrate", configuration, "--output", shared, "--shard", "\(share)/4"] + few)
        #expect(result.code == 0, "\(result)")
        #expect(result.errors.contains("posterior calibrate \(shared)"), "\(result)")
      }
      let joined = try Program.run(["calibrate", shared])
      #expect(joined.code == 0, "\(joined)")
      try expectSame(Self.findings(shared, joined), expected, "4 shares")
      let written = try Self.timeOfMaps(shared)
      let again = try Program.run(["calibrate", shared])
      try expectSame(Self.findings(shared, again), expected, "once more")
      #expect(try Self.timeOfMaps(shared) == written, "maps of these samples are there already")
      try Self.expectCalibrated(one.output)
    }

    /// When the newest file of maps was written.
    private static func timeOfMaps(_ folder: String) throws -> Date {
      let times = try RunFolder(path: folder).maps().keys.map { name in
        try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.modificationDate]
      }
      return try #require(times.compactMap { $0 as? Date }.max())
    }

    /// The seed is fixed. Seven quantities and two of the user's: the smallest p of a right sampler is below 10⁻⁴
    /// once in 1100 seeds. Bands of the coverage hold the nominal level 19 times in 20 each.
    private static func expectCalibrated(_ output: String) throws {
      let values = output.split(separator: "p = ").dropFirst().compactMap {
        Double($0.prefix { !$0.isWhitespace })
      }
      #expect(values.count == 9 && values.allSatisfy { $0 > 1e-4 }, "\(output)")
      let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("  90 %") })
      let band = line.split { "()–".contains($0) }.compactMap { Double($0) }
      #expect(band.count >= 2 && band[0] < 92 && band[1] > 88, "\(line)")
    }

    /// The file of factors makes intervals of other images, and what does not fit is said.
    @Test func factorsApplyToOtherImages() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment(folder)
      let first = try Program.run([
        "calibrate", configuration, "--output", folder("first"), "--set", "data.range=0-79",
        "--write", folder("factors.yaml"), "--miss-rate", "0.2",
      ])
      #expect(first.code == 0, "\(first)")
      let use = ["--set", "statistics.calibration=\(folder("factors.yaml"))"]
      let second = try Program.run(
        ["run", configuration, "--output", folder("second"), "--set", "data.range=80-119"] + use)
      #expect(second.code == 0 && !second.errors.contains("warning"), "\(second)")
      let rows = try String(contentsOfFile: folder("second/metrics.csv"), encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      let column = try #require(rows[0].firstIndex(of: "coverage_calibrated"))
      let covered = rows.dropFirst().compactMap { Double($0[column]) }
      // 40 images of 32 pixels that hang together over some three: four standard errors are below 0.08.
      #expect(covered.count == 40 && covered.reduce(0, +) / 40 > 0.8 - 0.08, "\(covered)")
      #expect(FileManager.default.fileExists(atPath: folder("second/maps/x/000080/upper.npy")))

      let other = try Program.run(
        [
          "run", configuration, "--output", folder("third"), "--set", "data.range=80-81",
          "--set", "measurement.noise.sigma=0.3", "--set", "run.samples=5",
        ] + use)
      #expect(other.code == 0, "\(other)")
      #expect(other.errors.contains("another measurement, prior or sampler"), "\(other)")
      #expect(other.errors.contains("was made with 19 samples"), "\(other)")
    }

    /// The FID by a network of four features, on kept samples.
    @Test func distanceByFeatures() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment(folder)
      let arguments = [
        "calibrate", configuration, "--output", folder("run"), "--set", "data.range=0-19", "--fid",
        "Tests/Support/TorchScript/features.pt", "--fid-range", "-1:1",
      ]
      let none = try Program.run(arguments)
      #expect(none.code == 65 && none.errors.contains("keep_samples: 1"), "\(none)")
      let kept = try Program.run(
        arguments + ["--set", "statistics.keep_samples=1", "--output", folder("kept")])
      #expect(kept.code == 0, "\(kept)")
      #expect(kept.output.contains("FID of one sample of each of 20 images"), "\(kept)")
      let wrong = try Program.run(["calibrate", folder("run"), "--fid-range", "1:0"])
      #expect(wrong.code == 64, "\(wrong)")
    }

    @Test func whatCannotBeCalibratedIsSaid() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment(folder)
      let few = try Program.run([
        "calibrate", configuration, "--output", folder("few"), "--set", "data.range=0-3",
      ])
      #expect(few.code == 0 && few.output.contains("no calibrated intervals"), "\(few)")
      #expect(few.output.contains("none: they need 20 images"), "\(few)")
      #expect(!FileManager.default.fileExists(atPath: folder("few/calibration.yaml")))
      let one = try Program.run([
        "calibrate", configuration, "--output", folder("single"), "--set", "data.range=0",
      ])
      #expect(one.code == 65 && one.errors.contains("at least two images with truth"), "\(one)")
      #expect(!FileManager.default.fileExists(atPath: folder("single")))
      // What is drawn is said of an experiment only.
      let drawing = [
        ["--set", "run.samples=2"], ["--output", folder("other")], ["--shard", "0/2"],
        ["--dry-run"],
      ]
      for options in drawing {
        let useless = try Program.run(["calibrate", folder("few")] + options)
        #expect(useless.code == 64, "\(useless)")
        let words = "\(options[0]) goes with an experiment file only: \(folder("few")) is a run"
        #expect(useless.errors.contains(words), "\(useless)")
      }
      let wrong = try Program.run(["calibrate", configuration, "--miss-rate", "1"])
      #expect(wrong.code == 64, "\(wrong)")
      try folder.write("format: posterior-calibration\nversion: 1\n", to: "torn.yaml")
      let torn = try Program.run([
        "run", configuration, "--output", folder("torn"), "--set", "data.range=0",
        "--set", "statistics.calibration=\(folder("torn.yaml"))",
      ])
      #expect(torn.code == 65 && torn.errors.contains("torn.yaml"), "\(torn)")
      #expect(!FileManager.default.fileExists(atPath: folder("torn/parts")))
    }

    /// Nothing is drawn, and no run folder made, where it is known that no calibration can follow.
    @Test func refusesBeforeAnythingIsDrawn() throws {
      let folder = try TemporaryFolder()
      let configuration = try Self.experiment(folder)
      let cases: [(arguments: [String], words: String)] = [
        (
          ["--set", "data.range=7"],
          "data.range: a calibration needs at least two images with truth"
        ),
        (["--set", "run.samples=1"], "run.samples: a calibration needs at least two samples"),
        (["--fid", folder("none.pt")], "none.pt does not exist"),
        (["--fid", "Tests/Support/TorchScript/features.pt"], "(statistics.keep_samples: 1)"),
        (["--write", folder("none/factors.yaml")], "there is no folder \(folder("none"))"),
        (["--write", folder.path], "is a folder; name a file"),
      ]
      for each in cases {
        try EndToEnd.expectRefusal(
          ["calibrate", configuration] + each.arguments, in: folder, words: [each.words])
      }
      let text = try String(contentsOfFile: configuration, encoding: .utf8)
      let measured = try folder.write(
        text.replacing("{images:", with: "{measurements:"), to: "measured.yaml")
      try EndToEnd.expectRefusal(
        ["calibrate", measured], in: folder,
        words: ["measured.yaml:2: data.measurements: ", "at least two images with truth"])
      let dry = try Program.run([
        "calibrate", configuration, "--output", folder("new"), "--write",
        folder("new/factors.yaml"), "--dry-run",
      ])
      #expect(dry.code == 0, "the run folder is made by the run: \(dry)")
    }
  }
}
