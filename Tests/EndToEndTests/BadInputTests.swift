import Foundation
import RunFiles
import Testing

extension EndToEnd {
  /// What is wrong is told in one line that names it, before anything starts.
  @Suite struct BadInput {
    /// Something wrong and what must be said about it.
    struct Case: CustomTestStringConvertible, Sendable {
      let name: String
      var arguments: [String] = []
      /// Replaces a text in the configuration of the tiny experiment.
      var edit: (find: String, put: String)?
      let words: [String]
      var code: Int32 = 65

      var testDescription: String { name }
    }

    static let options = [
      Case(
        name: "unknown key", arguments: ["--set", "sampler.stepz=3"],
        words: ["--set sampler.stepz=3", "unknown key", "did you mean 'steps'?"]),
      Case(
        name: "unknown section", arguments: ["--set", "sampelr.steps=3"],
        words: ["--set sampelr.steps=3", "did you mean 'sampler'?"]),
      Case(
        name: "wrong type", arguments: ["--set", "sampler.steps=many"],
        words: ["'many'", "a whole number from 2 to 1000"]),
      Case(
        name: "impossible value", arguments: ["--set", "sampler.steps=-4"],
        words: ["'-4'", "allowed: a whole number from 2 to 1000"]),
      Case(
        name: "no value", arguments: ["--set", "sampler.steps"], words: ["needs the form key=value"]
      ),
      Case(
        name: "share beyond the last", arguments: ["--shard", "2/2"], words: ["--shard 2/2"],
        code: 64),
      Case(
        name: "share in words", arguments: ["--shard", "half"], words: ["'half'", "0/8"], code: 64),
      Case(
        name: "an exact posterior that is none",
        arguments: [
          "--set", "sampler={name: exact}", "--set", "measurement.operator={name: hdr}",
        ],
        words: ["sampler", "exact draws need a linear measurement operator"]),
      Case(
        name: "unknown option", arguments: ["--sett", "a=b"], words: ["--sett"], code: 64),
    ]

    static let texts = [
      Case(
        name: "unknown key", edit: ("  unit: 2", "  unitt: 2"),
        words: ["experiment.yaml:4:", "run.unitt", "did you mean 'unit'?"]),
      Case(
        name: "wrong type", edit: ("seed: 7", "seed: [7]"),
        words: ["experiment.yaml:2:", "run.seed"]),
      Case(
        name: "impossible value", edit: ("sigma: 0.2", "sigma: -1"),
        words: ["experiment.yaml:12:", "measurement.noise.sigma", "'-1'"]),
      Case(
        name: "duplicate key", edit: ("  unit: 2", "  unit: 2\n  seed: 8"),
        words: ["experiment.yaml:2:", "seed: written twice, again in line 5"]),
      Case(
        name: "anchor", edit: ("seed: 7", "seed: &s 7"),
        words: ["experiment.yaml:2:", "anchors (&name) and aliases (*name) are not allowed"]),
      Case(
        name: "no YAML", edit: ("sampler: {", "sampler: {{"),
        words: ["experiment.yaml:", "not valid"]),
    ]

    @Test(arguments: options) func option(_ each: Case) throws { try expectRefusal(each) }

    @Test(arguments: texts) func text(_ each: Case) throws { try expectRefusal(each) }

    /// Every rank stops, and one of them speaks.
    @Test func underMPI() throws {
      try expectRefusal(Self.texts[0], ranks: 3)
    }

    @Test func noConfiguration() throws {
      let result = try Program.run(["run", "configs/none.yaml"])
      #expect(result.code == 65, "\(result)")
      #expect(result.errors.contains("configs/none.yaml"))
      #expect(result.errorLines.count == 1)
    }

    private func expectRefusal(_ each: Case, ranks: Int? = nil) throws {
      let folder = try TemporaryFolder()
      let configuration = try TinyExperiment(images: 1).write(into: folder)
      if let edit = each.edit {
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try #require(text.contains(edit.find))
        try folder.write(
          text.replacingOccurrences(of: edit.find, with: edit.put), to: "experiment.yaml")
      }
      try EndToEnd.expectRefusal(
        ["run", configuration] + each.arguments, in: folder, words: each.words, code: each.code,
        ranks: ranks)
    }
  }

  /// Files that are damaged or not what they should be.
  @Suite struct BadFiles {
    @Test func missingCheckpoint() throws {
      try expectNetworkRefusal(
        "prior.checkpoint=models/none.safetensors",
        [
          "models/none.safetensors", "does not exist",
        ])
    }

    @Test func truncatedCheckpoint() throws {
      let folder = try TemporaryFolder()
      let whole = try Data(
        contentsOf: URL(filePath: Program.packageRoot + "/models/fashion32.safetensors"))
      for count in [0, 7, 5000, whole.count / 2, whole.count - 1] {
        let file = try folder.write(Array(whole.prefix(count)), to: "cut.safetensors")
        try expectNetworkRefusal("prior.checkpoint=\(file)", ["cut.safetensors"])
      }
    }

    /// A pickle that asks for a program to be run: refused by name, and nothing is run.
    @Test func pickleThatRunsAProgram() throws {
      let folder = try TemporaryFolder()
      let mark = folder("was-run")
      let command = Array("touch \(mark)".utf8)
      let call: [UInt8] =
        [0x80, 2] + Array("cos\nsystem\nX".utf8) + [UInt8(command.count), 0, 0, 0] + command
        + Array([0x85]) + Array("R.".utf8)
      // The beginning of PyTorch's legacy files: magic number, protocol 1001, an empty description.
      let magic: [UInt8] =
        [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
      let opening: [UInt8] = magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + [0x80, 2, 0x7D, 0x2E]
      let file = try folder.write(opening + call, to: "evil.pt")
      try expectNetworkRefusal("prior.checkpoint=\(file)", ["evil.pt", "os.system"])
      #expect(!FileManager.default.fileExists(atPath: mark))
      let inspected = try Program.run(["inspect", file])
      #expect(inspected.code == 65 && inspected.errors.contains("os.system"), "\(inspected)")
      #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test func missingFolder() throws {
      try expectNetworkRefusal("data.images=data/none", ["data/none", "does not exist"])
    }

    @Test func emptyFolder() throws {
      let folder = try TemporaryFolder()
      try folder.write("nothing to see", to: "images/note.txt")
      try expectRefusal(folder, ["no image in it", "found: 1 .txt"])
    }

    @Test func wrongSize() throws {
      let folder = try TemporaryFolder()
      try folder.write([Float](repeating: 0.5, count: 80), shape: [1, 8, 10], to: "images/a.npy")
      try expectRefusal(folder, ["a.npy", "is 1 × 8 × 10, but 1 × 16 × 16 is needed"])
    }

    @Test func valuesTo255() throws {
      let folder = try TemporaryFolder()
      let values = (0..<256).map { Float($0) }
      try folder.write(values, shape: [1, 16, 16], to: "images/a.npy")
      try expectRefusal(folder, ["a.npy", "from 0.0 to 255.0", "divide by 255"])
    }

    @Test func corruptedPictures() throws {
      let folder = try TemporaryFolder()
      let rows = [[UInt8]](repeating: [UInt8](repeating: 99, count: 16), count: 16)
      let whole = PNGBytes.file(width: 16, height: 16, depth: 8, color: 0, rows: rows)
      var flipped = whole
      flipped[60] ^= 0xFF
      let bomb = PNGBytes.file(width: 1 << 30, height: 1 << 30, depth: 8, color: 0, rows: rows)
      for bytes in [flipped, Array(whole.prefix(80)), Array(whole.prefix(8)), [], bomb] {
        try folder.write(bytes, to: "images/a.png")
        try expectRefusal(folder, ["a.png"])
      }
    }

    /// Numbers that are no prior are told with the line that gives them and their file.
    @Test func negativeCovariance() throws {
      let folder = try TemporaryFolder()
      let values = (0..<256 * 256).map { Float($0 % 257 == 0 ? -1 : 0) }
      var experiment = TinyExperiment(images: 1)
      experiment.covariance = try folder.write(values, shape: [256, 256], to: "covariance.npy")
      try EndToEnd.expectRefusal(
        ["run", try experiment.write(into: folder)], in: folder,
        words: [
          "experiment.yaml:17: prior.covariance: ", "covariance.npy: ", "negative eigenvalue",
        ])
    }

    @Test func lyingArray() throws {
      let folder = try TemporaryFolder()
      let array = Npy.encode(StoredArray([Float](repeating: 0.5, count: 256), shape: [1, 16, 16]))
      try folder.write(Array(array.dropLast(100)), to: "images/a.npy")
      try expectRefusal(folder, ["a.npy"])
    }

    /// Files that lie in `images` of `folder`, for the tiny experiment.
    private func expectRefusal(_ folder: TemporaryFolder, _ words: [String]) throws {
      let text = TinyExperiment().yaml(images: folder("images"))
      let configuration = try folder.write(text, to: "experiment.yaml")
      try EndToEnd.expectRefusal(["run", configuration], in: folder, words: words)
    }

    private func expectNetworkRefusal(_ change: String, _ words: [String]) throws {
      try EndToEnd.expectRefusal(
        ["run", "configs/quickstart.yaml", "--set", change], in: TemporaryFolder(), words: words)
    }
  }

  /// One line with `words`, the exit code, and no trace of a run.
  static func expectRefusal(
    _ arguments: [String], in folder: TemporaryFolder, words: [String], code: Int32 = 65,
    ranks: Int? = nil, at location: SourceLocation = #_sourceLocation
  ) throws {
    let output = folder("run")
    let result = try Program.run(arguments + ["--output", output], ranks: ranks, timeout: 60)
    #expect(result.code == code, "\(result)", sourceLocation: location)
    for word in words {
      #expect(result.errors.contains(word), "\(result)", sourceLocation: location)
    }
    // Wrong usage is followed by the usage; mpirun adds its own words.
    if code == 65, ranks == nil {
      #expect(result.errorLines.count == 1, "\(result)", sourceLocation: location)
    }
    let spoken = result.errorLines.filter { $0.contains(words[0]) }
    #expect(spoken.count == 1, "\(result)", sourceLocation: location)
    #expect(!FileManager.default.fileExists(atPath: output), sourceLocation: location)
  }
}
