import Foundation
import Testing

@testable import RunFiles
@testable import Statistics

@Suite struct PartFileTests {
  private static let hash = RunSamples.hash

  @Test func whatIsWrittenIsRead() throws {
    for samples in [SampleRanges(0..<1), SampleRanges([0..<8, 16..<31]), SampleRanges(6..<7)] {
      let part = try RunSamples.part("folder/Bild-ä", samples)
      let sealed = PartFile.seal(part, RunSamples.seal)
      let read = try PartFile.part(of: sealed.bytes, workHash: Self.hash)
      #expect(read == part)
      #expect(try PartFile.sealed(sealed.bytes, workHash: Self.hash).header == sealed.header)
      #expect(RunSamples.bytes(read) == sealed.bytes)
    }
  }

  @Test func otherWorkIsRefused() throws {
    let bytes = RunSamples.bytes(try RunSamples.part("a", 0..<2))
    #expect(throws: PartFileError.otherWork(found: Self.hash, expected: "other")) {
      try PartFile.part(of: bytes, workHash: "other")
    }
  }

  @Test func foreignFilesAreNamed() {
    let foreign = Safetensors.encode(
      [("weight", StoredArray([Float(1)], shape: [1]))], metadata: ["format": "pt"])
    #expect(throws: PartFileError.foreign) { try PartFile.part(of: foreign, workHash: Self.hash) }
    #expect(throws: PartFileError.self) { try PartFile.part(of: [], workHash: Self.hash) }
    #expect(throws: PartFileError.self) {
      try PartFile.part(of: Array("not a part at all".utf8), workHash: Self.hash)
    }
  }

  @Test func aNewerFormatIsNamed() {
    let bytes = Safetensors.encode([], metadata: ["format": "posterior-part", "version": "4"])
    #expect(throws: PartFileError.version("4")) {
      try PartFile.part(of: bytes, workHash: Self.hash)
    }
  }

  @Test func everyTruncationIsFound() throws {
    let bytes = RunSamples.bytes(try RunSamples.part("a", 0..<3))
    for length in 0..<bytes.count {
      #expect(throws: PartFileError.self) {
        try PartFile.sealed(Array(bytes[..<length]), workHash: Self.hash)
      }
    }
  }

  /// A flipped bit anywhere is found, or lies where it changes nothing (blanks of the header).
  @Test func everyFlippedBitIsFound() throws {
    let part = try RunSamples.part("a", 0..<3)
    let bytes = RunSamples.bytes(part)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << (position % 8)
      if let read = try? PartFile.part(of: damaged, workHash: Self.hash) { #expect(read == part) }
    }
  }

  @Test(arguments: [UInt64(11), 12, 13]) func mutationsNeverCrash(seed: UInt64) throws {
    let good = try [0..<1, 3..<9, 5..<40].map { RunSamples.bytes(try RunSamples.part("x/y", $0)) }
    var random = SplitMix64(seed: seed)
    for round in 0..<1000 {
      let part = good[round % good.count]
      let mutated = Self.mutate(part, &random)
      if let read = try? PartFile.part(of: mutated, workHash: Self.hash) {
        #expect(RunSamples.bytes(read) == part)
      }
    }
  }

  private static func mutate(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      let length = min(Int.random(in: 1...40, using: &random), bytes.count - at)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.removeSubrange(at..<at + length)
      case 2: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
      case 3: for index in at..<at + length { bytes[index] = 0xFF }
      default: bytes[at..<at + length] = ArraySlice("9223372036854775807".utf8.prefix(length))
      }
      if bytes.isEmpty { bytes = [0] }
    }
    return bytes
  }

  /// Arrays that contradict each other, under checksums that are right.
  @Test func contradictionsUnderGoodChecksumsAreRefused() throws {
    let part = try RunSamples.part("a", 0..<8)
    let file = try Safetensors.decode(RunSamples.bytes(part), name: "part")
    let changes: [(String, StoredArray?)] = [
      ("records/index", StoredArray([Int64](repeating: 3, count: 8), shape: [8])),
      ("records/index", StoredArray((1..<9).map(Int64.init), shape: [8])),
      ("records/index", StoredArray([Int64.min] + (1..<8).map(Int64.init), shape: [8])),
      ("records/attempts", StoredArray([Int64](), shape: [0])),
      ("records/seconds", nil),
      ("records/failure_length", StoredArray([Int64](repeating: .max, count: 8), shape: [8])),
      ("records/failure_length", StoredArray([Int64](repeating: -1, count: 8), shape: [8])),
      ("records/failure_text", StoredArray([UInt8](repeating: 255, count: 3), shape: [3])),
      ("kept/index", StoredArray([Int64(0), 0], shape: [2])),
      ("kept/index", StoredArray([Int64(0), 6], shape: [2])),
      ("kept/values", StoredArray([Float](repeating: 0, count: 24), shape: [24])),
      ("statistics/count", StoredArray([Int64(99)], shape: [1])),
      ("statistics/sum", StoredArray([Int64](), shape: [0])),
      ("statistics/sum", nil),
      ("statistics/more", StoredArray([Float(1)], shape: [1])),
    ]
    for (name, array) in changes {
      let bytes = Self.reseal(file, replacing: name, with: array)
      #expect(throws: PartFileError.self, "\(name)") {
        try PartFile.part(of: bytes, workHash: Self.hash)
      }
    }
  }

  @Test(arguments: [
    ("image", "../../etc/passwd"), ("image", "/a"), ("samples", "0-6"), ("samples", "none"),
    ("samples", "0-99999999"), ("shape", "1,3"), ("shape", "1,-3,-4"), ("failed", "7"),
    ("failed", "-1"),
    ("shape", "9223372036854775807,9223372036854775807,2"),
  ]) func liesOfTheHeaderAreRefused(key: String, value: String) throws {
    let file = try Safetensors.decode(
      RunSamples.bytes(try RunSamples.part("a", 0..<8)), name: "part")
    var metadata = file.metadata
    metadata[key] = value
    let bytes = Self.reseal(file, metadata: metadata)
    #expect(throws: PartFileError.self) { try PartFile.part(of: bytes, workHash: Self.hash) }
  }

  private static func reseal(
    _ file: TensorFile, replacing name: String, with array: StoredArray?
  ) -> [UInt8] {
    var tensors = file.order.filter { $0 != name }.compactMap { key in
      file.tensors[key].map { (key, $0) }
    }
    if let array { tensors.append((name, array)) }
    return reseal(tensors, file.metadata)
  }

  private static func reseal(_ file: TensorFile, metadata: [String: String]) -> [UInt8] {
    reseal(file.order.compactMap { key in file.tensors[key].map { (key, $0) } }, metadata)
  }

  private static func reseal(
    _ tensors: [(String, StoredArray)], _ metadata: [String: String]
  ) -> [UInt8] {
    var metadata = metadata
    metadata["content_sha256"] = PartFile.contentDigest(tensors)
    metadata["header_sha256"] = PartFile.headerDigest(tensors, metadata)
    return Safetensors.encode(tensors, metadata: metadata)
  }
}
