import Foundation
import RunFiles
import Tensors
import Testing

@testable import Engine
@testable import Worker

@Suite struct GeneralOperatorTests {
  typealias Experiments = TestExperiments

  private static let engineTests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The operator of a configuration for images 1×4×4.
  private func made(
    _ general: Configuration.GeneralOperator, shape: [Int] = Experiments.shape
  ) throws -> any MeasurementOperator {
    try Configuration.Operator.general(general).engine(
      shape: shape, seed: 1, image: ImageID(name: "0"))
  }

  private func text(_ body: () throws -> Void) -> String {
    do {
      try body()
      Issue.record("no error")
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func aDenseMatrixIsReadFromNpy() throws {
    let folder = try TestFolder()
    let values = (0..<32).map { Double($0) / 7 }
    try folder.write(StoredArray(values, shape: [2, 16]), "a.npy")
    let matrix = try made(.matrix(file: folder.path + "/a.npy", shape: [1, 2, 1]))
    let x = try Tensor((0..<16).map { Double($0) }, shape: [1, 1, 4, 4])
    let y = try matrix.apply(x)
    #expect(y.shape == [1, 1, 2, 1])
    let expected = (0..<2).map { row in
      (0..<16).reduce(0.0) { $0 + values[16 * row + $1] * Double($1) }
    }
    for (value, wanted) in zip(try y.doubles(), expected) { #expect(abs(value - wanted) < 1e-12) }
  }

  @Test func aMatrixThatDoesNotFitIsNamed() throws {
    let folder = try TestFolder()
    try folder.write(StoredArray([Double](repeating: 1, count: 20), shape: [2, 10]), "a.npy")
    try folder.write(StoredArray([Double](), shape: [0, 16]), "none.npy")
    for (name, value) in [("nan", Double.nan), ("large", 1e300)] {
      try folder.write(StoredArray([value], shape: [1, 1]), name + ".npy")
    }
    let message = text { _ = try made(.matrix(file: folder.path + "/a.npy", shape: nil)) }
    #expect(message.contains("a.npy: a matrix of 2×10 does not take images [1, 4, 4]"))
    #expect(message.contains("16 columns"))
    for (name, words) in [
      ("none", "the matrix (0 × 16) has no rows"), ("nan", "NaN, infinities or numbers beyond"),
      ("large", "NaN, infinities or numbers beyond float32"),
    ] {
      #expect(
        text { _ = try made(.matrix(file: "\(folder.path)/\(name).npy", shape: nil)) }
          .contains(words))
    }
  }

  /// scipy's matrix 3×5 with 0.5, −1.25, 2 and ⅓.
  @Test(arguments: ["csr", "csc", "coo"]) func aSparseMatrixIsReadFromNpz(name: String) throws {
    let path = Self.engineTests.appending(path: "RunFilesTests/Resources/sparse/\(name).npz").path
    let matrix = try made(.matrix(file: path, shape: nil), shape: [1, 1, 5])
    let y = try matrix.apply(Tensor([1.0, 2, 3, 4, 5], shape: [1, 1, 1, 5])).doubles()
    // Rows [0, ½, 0, 0, −1¼], 0 and [2, 0, 0, ⅓, 0].
    let expected: [Double] = [-5.25, 0, 2 + 4.0 / 3]
    #expect(y == expected)
    let linear = try #require(matrix as? any LinearOperator)
    #expect(try linear.dotProductError(imageShape: [1, 1, 5]) < 1e-15)
  }

  @Test func masksAreReadFromNpyAndPNG() throws {
    let folder = try TestFolder()
    let bits: [UInt8] = [1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]
    try folder.write(StoredArray(bits, shape: [4, 4]), "m.npy")
    let picture = RasterImage(width: 4, height: 4, channels: 1, pixels: bits.map { $0 * 255 })
    _ = try folder.write(PNGFile.encode(picture), "m.png")
    for name in ["m.npy", "m.png"] {
      let mri = try #require(try made(.mri(.init(mask: .file("\(folder.path)/\(name)")))) as? MRI)
      #expect(mri.mask.values == bits.map { Float($0) })
      #expect(mri.isCentered)
    }
    try folder.write(StoredArray(bits.map { Float($0) / 2 }, shape: [4, 4]), "half.npy")
    try folder.write(StoredArray(bits, shape: [2, 8]), "wide.npy")
    #expect(
      text { _ = try made(.mri(.init(mask: .file(folder.path + "/half.npy")))) }
        .contains("value 0 of the mask is 0.5; allowed are 1 (white) and 0 (black)"))
    #expect(
      text { _ = try made(.mri(.init(mask: .file(folder.path + "/wide.npy")))) }
        .contains("the mask has the shape [2, 8], but the images are 4×4"))
  }

  @Test func geometryIsThatOfTheFile() throws {
    let made = try made(.ct(.init(angles: .count(4, from: 0, to: 180))))
    let scan = try #require(made as? Tomography)
    #expect(scan.geometry.angles == [0, 45, 90, 135])
    #expect(scan.geometry.detectors == 6)
    #expect(try scan.measurementShape(ofImage: Experiments.shape) == [1, 4, 6])
    #expect(scan.scale > 1)
  }

  @Test func jpegIsRefusedForOtherSizes() {
    #expect(
      text { _ = try made(.jpeg(quality: 10, gradient: .zero), shape: [3, 20, 16]) }
        .contains("multiples of 16"))
  }

  @Test func weightsOfAnotherNetworkAreRefused() {
    let path = Experiments.reference + "/networks/one_channel.safetensors"
    let message = text { _ = try made(.nonlinearBlur(.init(weights: path))) }
    #expect(message.contains("one_channel.safetensors: the weights make no KernelWizard"))
  }

  @Test(arguments: [false, true]) func modulesAreLoaded(isLinear: Bool) throws {
    let path = Self.engineTests.appending(path: "EngineTests/Modules/linear.pt").path
    let module = try made(.torchScript(file: path, isLinear: isLinear))
    #expect(try module.measurementShape(ofImage: Experiments.shape) == [2, 2, 2])
    #expect((module is any LinearOperator) == isLinear)
  }

  // MARK: - In an experiment

  private func workHash(_ name: String, matrix: [Double]) throws -> String {
    let (images, files) = (try Experiments.folder(), try TestFolder())
    let path = try files.write(Npy.encode(StoredArray(matrix, shape: [3, 16])), name)
    return try Experiments.experiment(
      Experiments.configuration(images, operation: .general(.matrix(file: path, shape: nil)))
    ).workHash
  }

  /// The content of an operator's file is part of the work hash, its name is not.
  @Test func theWorkHashFollowsTheContentOfFiles() throws {
    let values = (0..<48).map { Double($0 % 5) }
    let hash = try workHash("a.npy", matrix: values)
    #expect(try workHash("b.npy", matrix: values) == hash)
    #expect(try workHash("a.npy", matrix: values.map { $0 + 1 }) != hash)
  }

  @Test func anOperatorOfAllImagesIsMadeOnce() throws {
    let (folder, files) = (try Experiments.folder(images: 2), try TestFolder())
    let path = try files.write(
      Npy.encode(StoredArray([Double](repeating: 1, count: 16), shape: [1, 16])), "a.npy")
    let configuration = Experiments.configuration(
      folder, operation: .general(.matrix(file: path, shape: nil)))
    let source = OperatorSource(configuration, shape: Experiments.shape)
    _ = try source.measurementOperator(of: ImageID(name: "0"))
    try FileManager.default.removeItem(atPath: path)
    let made = try source.measurementOperator(of: ImageID(name: "1"))
    #expect(try made.apply(Tensor.full(1, shape: [1, 1, 4, 4])).floats() == [16])
  }
}
