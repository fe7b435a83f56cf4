import Foundation
import Testing

@testable import RunFiles

@Suite struct SafetensorsTests {
  private let weights = StoredArray([1.5, -2, 3, 0.25, 5, 6] as [Float], shape: [2, 3])
  private let mask = StoredArray([1, 0, 1] as [UInt8], shape: [3])
  private let steps = StoredArray([-1, 1 << 40] as [Int64], shape: [2])

  @Test func whatIsEncodedIsDecoded() throws {
    let words = ["kind": "part", "note": "tab\t \"quoted\" \\ ü \u{1F600}"]
    let bytes = Safetensors.encode(
      [("mask", mask), ("weights", weights), ("steps", steps)], metadata: words)
    let file = try Safetensors.decode(bytes, name: "memory")
    #expect(file.order == ["mask", "weights", "steps"])
    #expect(file.metadata == words)
    #expect(try file.tensors["weights"]?.floats() == [1.5, -2, 3, 0.25, 5, 6])
    #expect(file.tensors["weights"]?.shape == [2, 3])
    #expect(try file.tensors["steps"]?.integers() == [-1, 1 << 40])
    #expect(file.tensors["mask"]?.elementType == .u8)
    #expect(bytes.count % 8 == 3, "the data starts at a multiple of eight")
  }

  @Test func filesAreMappedAndNotCopied() throws {
    let folder = try ScratchFolder()
    let path = try folder.file("a.safetensors", Safetensors.encode([("weights", weights)]))
    let array = try #require(try Safetensors.read(path: path).tensors["weights"])
    let mapped = try #require(array.mapped)
    #expect(mapped.offset + 24 == mapped.file.bytes.count)
    #expect(array.isAligned)
    #expect(try array.floats() == weights.floats())
  }
}
