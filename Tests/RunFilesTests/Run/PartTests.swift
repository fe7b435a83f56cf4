import Testing

@testable import RunFiles
@testable import Statistics

@Suite struct PartTests {
  @Test func anyOrderAndGroupingGivesTheSameBytes() throws {
    let whole = RunSamples.bytes(try RunSamples.part("a/b", 0..<24))
    var random = SplitMix64(seed: 4)
    for _ in 0..<20 {
      let parts = try stride(from: 0, to: 24, by: 4).map { try RunSamples.part("a/b", $0..<$0 + 4) }
        .shuffled(using: &random)
      let cut = Int.random(in: 1...5, using: &random)
      let left = try #require(try Part.sum(parts[..<cut]))
      var right = try #require(try Part.sum(parts[cut...]))
      try right.merge(left)
      #expect(RunSamples.bytes(right) == whole)
    }
  }

  @Test func samplesAreNotCountedTwice() throws {
    var part = try RunSamples.part("a", 0..<8)
    let before = part
    #expect(throws: PartError.overlap(part.image, SampleRanges(6..<8))) {
      try part.merge(RunSamples.part("a", 6..<9))
    }
    #expect(part == before)
    #expect(throws: PartError.self) { try part.merge(RunSamples.part("b", 8..<16)) }
  }

  @Test func samplesOfAnotherFileAreNotAdded() throws {
    func part(_ samples: Range<Int>, of digest: String?) throws -> Part {
      let part = try RunSamples.part("a", samples)
      return try Part(
        image: part.image, shape: part.shape, inputDigest: digest, statistics: part.statistics,
        records: part.records, quantityNames: part.quantityNames)
    }
    var sum = try part(0..<4, of: "aa")
    #expect(throws: PartError.otherInput(sum.image)) { try sum.merge(part(4..<8, of: "bb")) }
    #expect(throws: PartError.otherInput(sum.image)) { try sum.merge(part(4..<8, of: nil)) }
    try sum.merge(part(4..<8, of: "aa"))
    let bytes = RunSamples.bytes(sum)
    #expect(try PartFile.part(of: bytes, workHash: RunSamples.hash) == sum)
    #expect(try PartFile.sealed(bytes, workHash: RunSamples.hash).header.inputDigest == "aa")
  }

  @Test func fieldsMustAgree() throws {
    let good = try RunSamples.part("a", 0..<4)
    #expect(throws: PartError.countMismatch(good.image, statistics: 4, records: 3)) {
      try Part(
        image: good.image, shape: good.shape, statistics: good.statistics,
        records: Array(good.records.dropLast()), quantityNames: good.quantityNames)
    }
    #expect(throws: PartError.shapeMismatch(good.image, [1, 2, 4], pixels: 12)) {
      try Part(
        image: good.image, shape: [1, 2, 4], statistics: good.statistics, records: good.records,
        quantityNames: good.quantityNames)
    }
    #expect(throws: PartError.self) {
      try Part(
        image: good.image, shape: [1, Int.max, 4], statistics: good.statistics,
        records: good.records, quantityNames: good.quantityNames)
    }
    #expect(throws: PartError.badKeptSample(good.image, 4)) {
      try Part(
        image: good.image, shape: good.shape, statistics: good.statistics, records: good.records,
        kept: [4: Array(repeating: 0, count: 12)], quantityNames: good.quantityNames)
    }
    #expect(throws: PartError.empty(good.image)) {
      try Part(
        image: good.image, shape: good.shape,
        statistics: ImageStatistics(pixelCount: 12, options: StatisticsOptions()), records: [])
    }
    #expect(throws: PartError.overlap(good.image, SampleRanges(3..<4))) {
      try Part(
        image: good.image, shape: good.shape, statistics: good.statistics,
        records: good.records.dropFirst() + [good.records[3]], quantityNames: good.quantityNames)
    }
  }

  @Test func quantitiesMustBeNamed() throws {
    let good = try RunSamples.part("a", 0..<8)
    #expect(good.values(ofQuantity: "norm") == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.75])
    #expect(good.values(ofQuantity: "sleeve") == nil)
    #expect(throws: PartError.quantityCount(good.image, 0, 2, 1)) {
      try Part(
        image: good.image, shape: good.shape, statistics: good.statistics, records: good.records,
        quantityNames: ["norm"])
    }
    let other = try Part(
      image: good.image, shape: good.shape, statistics: good.statistics, records: good.records,
      quantityNames: ["norm", "other"])
    var sum = good
    #expect(
      throws: PartError.otherQuantities(good.image, good.quantityNames, other.quantityNames)
    ) { try sum.merge(other) }
  }

  @Test func failedSamplesAreCountedAndLeftOut() throws {
    let part = try RunSamples.part("a", 0..<14)
    #expect(part.failedCount == 2)
    #expect(part.statistics.count == 12)
    #expect(part.record(of: 6)?.failure?.contains("step 6") == true)
    #expect(part.record(of: 14) == nil)
  }
}
