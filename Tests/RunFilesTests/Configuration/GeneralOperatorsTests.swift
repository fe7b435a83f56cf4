import Foundation
import Testing

@testable import RunFiles

@Suite struct GeneralOperatorsTests {
  typealias Samples = ConfigurationSamples

  static let texts: [(String, Configuration.GeneralOperator)] = [
    ("{name: torchscript, file: a.pt}", .torchScript(file: "a.pt", isLinear: false)),
    ("{name: torchscript, file: a.pt, linear: true}", .torchScript(file: "a.pt", isLinear: true)),
    ("{name: matrix, file: a.npy}", .matrix(file: "a.npy", shape: nil)),
    (
      "{name: matrix, file: \"a b.npz\", shape: [1, 4, 5]}",
      .matrix(file: "a b.npz", shape: [1, 4, 5])
    ),
    ("{name: mri, mask: m.png}", .mri(.init(mask: .file("m.png")))),
    (
      "{name: mri, mask: m.npy, centered: false}",
      .mri(.init(mask: .file("m.npy"), isCentered: false))
    ),
    (
      "{name: mri, acceleration: 4}",
      .mri(.init(mask: .cartesian(acceleration: 4, centerFraction: 0.08, seed: 0)))
    ),
    (
      "{name: mri, acceleration: 2.5, center_fraction: 0.1, seed: 7}",
      .mri(.init(mask: .cartesian(acceleration: 2.5, centerFraction: 0.1, seed: 7)))
    ),
    ("{name: ct, angles: 60}", .ct(.init(angles: .count(60, from: 0, to: 180)))),
    (
      "{name: ct, angles: 9, angle_range: [-30, 30], detectors: 40, spacing: 0.5, normalize: false}",
      .ct(
        .init(
          angles: .count(9, from: -30, to: 30), detectors: 40, spacing: 0.5, isNormalized: false))
    ),
    ("{name: ct, angles: [0, 1.5, 90]}", .ct(.init(angles: .list([0, 1.5, 90])))),
    ("{name: jpeg, quality: 10}", .jpeg(quality: 10, gradient: .straightThrough)),
    ("{name: jpeg, qf: 10}", .jpeg(quality: 10, gradient: .straightThrough)),
    ("{name: jpeg, quality: 10, gradient: zero}", .jpeg(quality: 10, gradient: .zero)),
    ("{name: jpeg, quality: 10, gradient: published}", .jpeg(quality: 10, gradient: .identity)),
    ("{name: nonlinear_blur, weights: w.pth}", .nonlinearBlur(.init(weights: "w.pth"))),
    (
      "{name: nonlinear_blur, weights: w.pth, kernel: redrawn}",
      .nonlinearBlur(.init(weights: "w.pth", kernel: .redrawn))
    ),
    (
      "{name: nonlinear_blur, weights: w.pth, kernel: fixed, seed: 3}",
      .nonlinearBlur(.init(weights: "w.pth", kernel: .fixed(seed: 3)))
    ),
    (
      "{name: nonlinear_blur, weights: w.pth, kernel: k.npy, opt_yml_path: ./bkse/default.yml}",
      .nonlinearBlur(.init(weights: "w.pth", kernel: .file("k.npy")))
    ),
  ]

  private func load(_ text: String) throws -> Configuration {
    try Samples.load(Samples.minimal.replacing("{name: denoising}", with: text))
  }

  @Test(arguments: texts.indices) func whatIsWrittenIsRead(index: Int) throws {
    let (text, expected) = Self.texts[index]
    let configuration = try load(text)
    #expect(configuration.measurement.operator == .general(expected))
    #expect(try Samples.load(configuration.yaml()) == configuration)
  }

  private func message(_ text: String) -> String {
    let error = #expect(throws: ConfigurationError.self) { _ = try load(text) }
    return error?.description ?? ""
  }

  @Test func mistakesNameTheKeyAndWhatIsAllowed() {
    #expect(
      message("{name: matrix, file: a.mat}").contains(
        "measurement.operator.file: 'a.mat' is not allowed")
        || message("{name: matrix, file: a.mat}").contains(".npy or .npz"))
    #expect(message("{name: matrix}").contains("'file' is missing"))
    #expect(
      message("{name: mri}").contains("measurement.operator: give one of 'mask' and 'acceleration'")
    )
    #expect(message("{name: mri, mask: a.npy, acceleration: 2}").contains("exclude each other"))
    #expect(message("{name: mri, acceleration: 0.5}").contains("a number from 1 to 1000"))
    #expect(message("{name: ct}").contains("'angles' is missing"))
    #expect(message("{name: ct, angles: 0}").contains("a whole number from 1 to 16384"))
    #expect(message("{name: ct, angles: 5, angle_range: [3, 3]}").contains("two different angles"))
    #expect(message("{name: jpeg, quality: 0}").contains("a whole number from 1 to 100"))
    #expect(message("{name: jpeg, quality: 5, qf: 5}").contains("exclude each other"))
    #expect(message("{name: jpeg, quality: 5, gradient: none}").contains("straight-through"))
    #expect(message("{name: nonlinear_blur}").contains("'weights' is missing"))
    #expect(
      message("{name: nonlinear_blur, weights: w, kernel: random}").contains("fixed, redrawn"))
    #expect(message("{name: torchscript, file: a.pt, lineal: true}").contains("'linear'"))
  }

  @Test(arguments: [[3, 24, 32], [1, 12, 16], [2, 16, 16]])
  func imagesJPEGDoesNotTakeAreFoundBeforeTheRun(shape: [Int]) throws {
    let configuration = try load("{name: jpeg, quality: 10}")
    #expect(configuration.conflicts(imageShape: shape).map(\.key) == ["measurement.operator.name"])
    #expect(configuration.conflicts(imageShape: [3, 32, 16]).isEmpty)
    #expect(configuration.conflicts(imageShape: [1, 8, 24]).isEmpty)
  }

  // MARK: - Files

  private func hash(_ text: String, _ files: [String: String]) throws -> String {
    try load(text).resolved(
      device: .cpu, precision: .float32, shape: UnitShape(unit: 8, threads: 1)
    )
    .workHash(priorDigest: "d", files: files)
  }

  @Test func filesCountByTheirContent() throws {
    let one = try hash("{name: matrix, file: a.npy}", ["a.npy": "1"])
    #expect(try hash("{name: matrix, file: b.npy}", ["b.npy": "1"]) == one)
    #expect(try hash("{name: matrix, file: a.npy}", ["a.npy": "2"]) != one)
    let blur = "{name: nonlinear_blur, weights: w.pth, kernel: k.npy}"
    let two = try hash(blur, ["w.pth": "1", "k.npy": "2"])
    #expect(try hash(blur, ["w.pth": "2", "k.npy": "1"]) != two)
  }

  @Test func filesAreLookedForAndRecorded() throws {
    let configuration = try load("{name: nonlinear_blur, weights: w.pth, kernel: k.npy}")
    #expect(
      configuration.inputFiles.map { "\($0.key) \($0.path)" } == [
        "measurement.operator.weights w.pth", "measurement.operator.kernel k.npy",
      ])
    let loaded = try Configuration.load(
      text: Samples.minimal.replacing("{name: denoising}", with: "{name: mri, mask: none.npy}"),
      name: "a.yaml")
    let error = #expect(throws: ConfigurationError.self) { try loaded.validatePaths() }
    #expect(error?.description.contains("measurement.operator.mask") == true)
    #expect(error?.description.contains("none.npy") == true)
  }

  /// libtorch would say so at length, and not where the file is named.
  @Test func aFileOfAnotherKindIsNoTorchScript() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/weights.pt"
    try Data("not a network".utf8).write(to: URL(filePath: file))
    let loaded = try Configuration.load(
      text: Samples.minimal.replacing(
        "{name: denoising}", with: "{name: torchscript, file: \(file)}"),
      name: "a.yaml")
    let error = #expect(throws: ConfigurationError.self) { try loaded.validatePaths() }
    let text = try #require(error?.description)
    #expect(text.contains("measurement.operator.file") && text.contains("torch.jit.save"))
    #expect(text.contains("a.yaml:"))
  }
}
