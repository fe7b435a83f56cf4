import Foundation
import RunFiles
import Tensors
import Testing

@testable import Engine
@testable import Worker

@Suite struct CheckpointTests {
  private static let networks = TestExperiments.reference + "/networks"

  private static let architecture = GuidedDiffusionArchitecture(.test, classes: nil)

  private static func network(_ checkpoint: Checkpoint) throws -> GuidedDiffusionUNet {
    try checkpoint.network(architecture, precision: .float32, label: nil, device: .cpu)
  }

  private static func output(_ path: String) throws -> [UInt32] {
    TorchRuntime.setThreads(1)
    let x = try Tensor(
      NoiseStream(seed: 1, image: 2, purpose: .probe).normals(256), shape: [1, 1, 16, 16])
    return try network(Checkpoint(path: path)).forward(x, times: [12]).floats().map(\.bitPattern)
  }

  @Test func everyFormatGivesTheSameNetwork() throws {
    let expected = try Self.output(Self.networks + "/one_channel.safetensors")
    #expect(try Self.output(Self.networks + "/one_channel_zip.pt") == expected)
    #expect(try Self.output(Self.networks + "/one_channel_legacy.pt") == expected)
    #expect(Set(expected).count > 100)
  }

  @Test(arguments: ["one_channel.safetensors", "one_channel_zip.pt", "one_channel_legacy.pt"])
  func unknownNamesAreReadByContent(name: String) throws {
    let folder = try TestFolder()
    let link = folder.path + "/weights.bin"
    try FileManager.default.copyItem(atPath: Self.networks + "/" + name, toPath: link)
    let known = try Checkpoint(path: Self.networks + "/" + name).file.tensors
    let found = try Checkpoint(path: link).file.tensors
    #expect(found.mapValues(\.shape) == known.mapValues(\.shape))
  }

  /// Half the precision in the file, all of it in the network: bfloat16 weights are widened exactly.
  @Test func halfPrecisionIsWidened() throws {
    let folder = try TestFolder()
    let half: [UInt8] = [0x80, 0x3F, 0x20, 0xC1]
    let stored = try StoredArray(elementType: .bf16, shape: [2], bytes: half)
    let path = try folder.write(Safetensors.encode([("w", stored)], metadata: [:]), "a.safetensors")
    let weight = try Checkpoint(path: path).weights()("w")
    #expect(weight.scalarType == .float32)
    #expect(try weight.floats() == [1, -10])
  }

  // MARK: - Weights that do not fit

  private func changed(
    _ change: (inout [(String, StoredArray)]) -> Void
  ) throws -> (folder: TestFolder, checkpoint: Checkpoint) {
    let file = try Safetensors.read(path: Self.networks + "/one_channel.safetensors")
    var tensors = file.order.map { ($0, file.tensors[$0]!) }
    change(&tensors)
    let folder = try TestFolder()
    let path = try folder.write(Safetensors.encode(tensors, metadata: [:]), "changed.safetensors")
    return (folder, try Checkpoint(path: path))
  }

  @Test func missingSurplusAndMisshapenTensorsAreListed() throws {
    let (_, checkpoint) = try changed { tensors in
      tensors.removeAll { $0.0 == "out.2.bias" }
      tensors.append(("optimizer.step", StoredArray([Int64(1)], shape: [1])))
      let index = tensors.firstIndex { $0.0 == "out.0.bias" }!
      tensors[index].1 = StoredArray([Float](repeating: 0, count: 7), shape: [7])
    }
    do {
      _ = try Self.network(checkpoint)
      Issue.record("accepted")
    } catch let error as Worker.CheckpointError {
      guard case .doesNotFit(let mismatch) = error.problem else {
        Issue.record("\(error)")
        return
      }
      #expect(mismatch.missing == ["out.2.bias"])
      #expect(mismatch.surplus == ["optimizer.step"])
      #expect(mismatch.misshapen.map(\.name) == ["out.0.bias"])
      #expect(
        "\(error)"
          == "\(checkpoint.path): the weights cannot be used: 1 missing: out.2.bias; "
          + "1 not expected: optimizer.step; 1 wrong shape: out.0.bias is [7] instead of [32]")
    }
  }

  /// As they are in the file: NaN, whole numbers, and a number that float32 cannot hold.
  @Test(arguments: [
    (StoredArray([Float.nan], shape: [1]), "with NaN, infinities or numbers beyond float32"),
    (StoredArray([1e300], shape: [1]), "with NaN, infinities or numbers beyond float32"),
    (StoredArray([Int64(3)], shape: [1]), "of whole numbers instead of floating-point ones"),
  ])
  func valuesThatNoNetworkCanComputeWithAreNamed(one: StoredArray, text: String) throws {
    let (_, checkpoint) = try changed { tensors in
      let index = tensors.firstIndex { $0.0 == "out.2.bias" }!
      let shape = tensors[index].1.shape
      let bytes = (0..<shape[0]).flatMap { _ in one.rowMajorBytes() }
      tensors[index].1 = try! StoredArray(elementType: one.elementType, shape: shape, bytes: bytes)
    }
    for use in [{ _ = try Self.network(checkpoint) }, checkpoint.checkValues] {
      let error = #expect(throws: Worker.CheckpointError.self) { try use() }
      #expect(
        error.map { "\($0)" }
          == "\(checkpoint.path): the weights cannot be used: 1 \(text): out.2.bias")
    }
  }

  @Test func anUnknownArchitectureIsAskedFor() throws {
    let checkpoint = try Checkpoint(path: Self.networks + "/one_channel.safetensors")
    do {
      _ = try checkpoint.architecture(configured: nil)
      Issue.record("guessed")
    } catch {
      #expect("\(error)".hasPrefix(checkpoint.path))
      #expect("\(error)".contains("give it as prior.architecture"))
    }
  }

  @Test(arguments: ["[", #"{"image_size": "wide"}"#])
  func aTornArchitectureIsNamedWithItsFile(json: String) throws {
    let folder = try TestFolder()
    let weight = try StoredArray(elementType: .bf16, shape: [1], bytes: [0, 0])
    let file = Safetensors.encode([("w", weight)], metadata: ["architecture": json])
    let checkpoint = try Checkpoint(path: folder.write(file, "a.safetensors"))
    let error = #expect(throws: ConfigurationError.self) {
      try checkpoint.architecture(configured: nil)
    }
    let text = try #require(error?.description)
    #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix(checkpoint.path) }, "\(text)")
  }

  @Test func theArchitectureInAFileIsUsed() throws {
    let checkpoint = try Checkpoint(path: TestExperiments.reference + "/fashion32.safetensors")
    let architecture = try checkpoint.architecture(configured: nil)
    #expect(architecture.imageSize == 32)
    let network = try checkpoint.network(
      architecture, precision: .float32, label: nil, device: .cpu)
    #expect(network.imageShape == [3, 32, 32])
  }

  @Test(arguments: ["nothing.safetensors", "nothing.pt", "nothing"])
  func aMissingFileIsNamed(name: String) {
    do {
      _ = try Checkpoint(path: "/nowhere/" + name)
      Issue.record("read")
    } catch {
      #expect("\(error)".contains("/nowhere/" + name))
    }
  }

  @Test(arguments: ["a.safetensors", "a.pt", "a.bin"]) func rubbishIsAnError(name: String) throws {
    let folder = try TestFolder()
    for bytes: [UInt8] in [[], [1, 2, 3], [UInt8](repeating: 0x7B, count: 100)] {
      let path = try folder.write(bytes, name)
      #expect(throws: (any Error).self) { try Checkpoint(path: path) }
    }
  }
}
