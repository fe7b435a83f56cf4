import Foundation
import Testing

@testable import RunFiles

/// Thousands of damaged files a format: a reader may read or refuse them, and nothing else.
@Suite(.timeLimit(.minutes(30))) struct FuzzTests {
  /// Damaged files a format; `POSTERIOR_FUZZ_ROUNDS` asks for more.
  private static let rounds =
    ProcessInfo.processInfo.environment["POSTERIOR_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 3000

  /// Reads `rounds` damaged versions of each file; every error must be one of the format.
  private func fuzz<Problem: FormatProblem>(
    _ files: [[UInt8]], _ problem: Problem.Type, seed: UInt64,
    repair: ([UInt8]) -> [UInt8] = { $0 }, read: ([UInt8]) throws -> Void
  ) throws -> (read: Int, refused: Int) {
    var fuzzer = Fuzzer(seed: seed)
    var tally = (read: 0, refused: 0)
    for round in 0..<Self.rounds {
      let damaged = fuzzer.damage(files[round % files.count])
      do {
        try read(fuzzer.below(2) == 0 ? repair(damaged) : damaged)
        tally.read += 1
      } catch is FormatError<Problem> {
        tally.refused += 1
      }
    }
    #expect(tally.refused > Self.rounds / 4, "the damage is not felt")
    return tally
  }

  /// Asks for all values of arrays that are not large, so that wrong places would be noticed.
  private func touch(_ arrays: some Sequence<StoredArray>) {
    for array in arrays where array.count < 1 << 16 {
      _ = try? array.floats()
      _ = array.rowMajorBytes()
    }
  }

  private func file(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: resource(name))))
  }

  @Test func safetensors() throws {
    let files = try [
      file("checkpoints/mixed.safetensors"),
      Safetensors.encode(
        [
          ("a", StoredArray([1, 2] as [Float], shape: [2])),
          ("b", StoredArray([3] as [UInt8], shape: [])),
        ],
        metadata: ["key": "word \u{1F600}\n"]),
    ]
    let tally = try fuzz(files, SafetensorsProblem.self, seed: 1) {
      touch(try Safetensors.decode($0, name: "x").tensors.values)
    }
    #expect(tally.read > 0)
  }

  @Test func npy() throws {
    let names = ["float32", "fortran", "big", "bool", "version2", "version3", "scalar", "record"]
    let files = try names.map { try file("arrays/\($0).npy") }
    let tally = try fuzz(files, NpyProblem.self, seed: 2) { touch([try Npy.decode($0, name: "x")]) }
    #expect(tally.read > 0)
  }

  @Test func png() throws {
    let row: [UInt8] = [0, 51, 102, 255]
    let makers = [
      PNGMaker(width: 4, height: 3, depth: 8, kind: .grey, rows: [row, row, row]),
      PNGMaker(
        width: 2, height: 1, depth: 16, kind: .grey, rows: [row], extra: [("tRNS", [0, 51])]),
      PNGMaker(width: 1, height: 2, depth: 8, kind: .colourAlpha, rows: [row, row]),
      PNGMaker(
        width: 8, height: 1, depth: 4, kind: .palette, rows: [[0, 0x11, 0x22, 0]],
        extra: [("PLTE", row + row + row), ("tRNS", [9]), ("gAMA", [0, 0, 1, 0])]),
      PNGMaker(width: 1, height: 1, depth: 8, kind: .grey, interlaced: true, rows: [[7]]),
    ]
    let picture = try PNGFile.encode(
      RasterImage(width: 30, height: 20, channels: 3, pixels: (0..<1800).map { UInt8($0 % 251) }))
    let tally = try fuzz(
      makers.map(\.bytes) + [picture], PNGProblem.self, seed: 3, repair: PNGMaker.withChecksums
    ) { _ = try PNGFile.decode($0, name: "x") }
    #expect(tally.read > 0)
  }

  @Test(arguments: ["mixed_zip", "mixed_zip4", "mixed_legacy", "wrapped"])
  func checkpoints(name: String) throws {
    let tally = try fuzz([file("checkpoints/\(name).pt")], CheckpointProblem.self, seed: 4) {
      touch(try PyTorchCheckpoint.decode($0, name: "x").tensors.values)
    }
    #expect(tally.read > 0)
  }

  /// Damage inside the pickle alone, which in a whole archive would often hit the storages.
  @Test func pickles() throws {
    let stream = try file("checkpoints/mixed_legacy.pt")
    let tensor = PickleMaker.tensor(
      PickleMaker.storage("0", count: 4), shape: [2, 2], strides: [2, 1])
    let small = PickleMaker.pickle(PickleMaker.dictionary([("w", tensor), ("n", [0x4B, 3])]))
    let storage = [UInt8](repeating: 1, count: 16)
    var readable = 0
    for (index, pickle) in [Array(stream.prefix(1900)), small].enumerated() {
      var fuzzer = Fuzzer(seed: UInt64(5 + index))
      for _ in 0..<Self.rounds {
        let zip = CheckpointMaker.zip(fuzzer.damage(pickle), storages: [("0", storage)])
        do {
          touch(try PyTorchCheckpoint.decode(zip.bytes, name: "x").tensors.values)
          readable += 1
        } catch is CheckpointError {}
      }
    }
    #expect(readable > 0)
  }

  /// Bytes that have nothing to do with any format, after a right start.
  @Test func noise() throws {
    var fuzzer = Fuzzer(seed: 9)
    let starts: [[UInt8]] = [[], [0x80, 2], Array("PK\u{3}\u{4}".utf8), NpyHeader.magic + [1, 0]]
    for round in 0..<Self.rounds {
      let bytes =
        starts[round % 4]
        + (0..<fuzzer.below(200)).map { _ in UInt8(truncatingIfNeeded: fuzzer.next()) }
      #expect(throws: SafetensorsError.self) { try Safetensors.decode(bytes, name: "x") }
      #expect(throws: NpyError.self) { try Npy.decode(bytes, name: "x") }
      #expect(throws: PNGError.self) { try PNGFile.decode(bytes, name: "x") }
      #expect(throws: CheckpointError.self) { try PyTorchCheckpoint.decode(bytes, name: "x") }
    }
  }
}
