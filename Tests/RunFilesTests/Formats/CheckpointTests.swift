import Foundation
import Testing

@testable import RunFiles

/// Checkpoints written by PyTorch itself; `Resources/checkpoints/make_checkpoints.py` tells how.
@Suite struct CheckpointTests {
  @Test(arguments: ["mixed_zip", "mixed_zip4", "mixed_legacy"])
  func bothFormsHoldTheTensorsOfTheSafetensorsFile(name: String) throws {
    let want = try Safetensors.read(path: resource("checkpoints/mixed.safetensors"))
    let file = try PyTorchCheckpoint.read(path: resource("checkpoints/\(name).pt"))
    #expect(file.order == want.order)
    #expect(file.metadata == [:])
    for (key, tensor) in want.tensors {
      let got = try #require(file.tensors[key], "\(key)")
      #expect(got.elementType == tensor.elementType, "\(key)")
      #expect(got.shape == tensor.shape, "\(key)")
      #expect(got.rowMajorBytes() == tensor.rowMajorBytes(), "\(key)")
      #expect(got.mapped != nil, "\(key)")
    }
  }

  @Test func viewsKeepTheirStrides() throws {
    let file = try PyTorchCheckpoint.read(path: resource("checkpoints/mixed_zip.pt"))
    #expect(file.tensors["transposed"]?.strides == [1, 6])
    #expect(file.tensors["window"]?.strides == [6, 1])
    #expect(file.tensors["repeated"]?.strides == [0, 1])
    #expect(file.tensors["shared"]?.strides == nil)
    #expect(try file.tensors["window"]?.floats() == [8, 9, 10, 14, 15, 16])
    let offsets = ["shared", "transposed", "window"].map { file.tensors[$0]?.mapped?.offset ?? 0 }
    #expect(offsets == [offsets[0], offsets[0], offsets[0] + 4 * 8])
  }

  @Test func aDictionaryOneLevelDownIsFound() throws {
    let path = resource("checkpoints/wrapped.pt")
    let file = try PyTorchCheckpoint.read(path: path)
    #expect(file.order == ["weight", "unsigned"])
    #expect(try file.tensors["unsigned"]?.integers() == [0, 65535])
    #expect(
      file.metadata
        == ["epoch": "3", "rate": "0.5", "note": "from the tests", "entry": "state_dict"])
    #expect(
      problem(CheckpointProblem.self) { try PyTorchCheckpoint.read(path: path, entry: "ema") }
        == .noTensors(found: ["epoch", "rate", "note", "optimizer", "state_dict"]))
  }

  /// The checkpoints of the reference values: `POSTERIOR_REFERENCE` names the folder that has them.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["POSTERIOR_REFERENCE"] != nil),
    arguments: [
      ("networks/class_conditional_zip.pt", "networks/class_conditional"),
      ("networks/class_conditional_legacy.pt", "networks/class_conditional"),
      ("networks/one_channel_zip.pt", "networks/one_channel"),
      ("networks/one_channel_legacy.pt", "networks/one_channel"), ("fashion32.pt", "fashion32"),
    ])
  func theCheckpointsOfTheReference(checkpoint: String, name: String) throws {
    let folder = try #require(ProcessInfo.processInfo.environment["POSTERIOR_REFERENCE"])
    let want = try Safetensors.read(path: "\(folder)/\(name).safetensors")
    let file = try PyTorchCheckpoint.read(path: "\(folder)/\(checkpoint)")
    #expect(Set(file.order) == Set(want.order))
    for (key, tensor) in want.tensors {
      #expect(file.tensors[key]?.rowMajorBytes() == tensor.rowMajorBytes(), "\(key)")
      #expect(file.tensors[key]?.shape == tensor.shape, "\(key)")
    }
  }
}
