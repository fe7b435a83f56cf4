import Statistics
import Testing

@testable import RunFiles
@testable import Worker

@Suite struct ResultThreadsTests {
  /// Images of 3 × 256² with so many samples, in one part each.
  private func progress(samples: [Int]) throws -> RunProgress {
    try RunProgress(
      parts: samples.enumerated().map { index, count in
        try PartEntry(
          name: "\(index)",
          header: PartHeader(
            seal: PartSeal(workHash: "ab", program: "test"), image: ImageID(name: "\(index)"),
            shape: [3, 256, 256], inputDigest: nil, samples: SampleRanges(0..<count), failedCount: 0
          ))
      })
  }

  private func threads(_ samples: [Int], cores: Int = 64, free: Int?) throws -> Int {
    try ResultThreads(Configuration.Statistics()).count(
      for: progress(samples: samples), cores: cores, free: free)
  }

  @Test func allCoresWhereMemoryIsPlenty() throws {
    #expect(try threads([16, 16], free: 1 << 40) == 64)
    #expect(try threads([16], free: nil) == 64)
    #expect(try threads([], free: 0) == 64)
  }

  @Test func theLargestImageFitsThatOftenIntoHalfOfTheMemory() throws {
    // Σq, Σq², 64 levels, two extremes and two ranks a value, four times; four kept samples twice and forty maps.
    let bytes = (4 * (24 + 64 + 8 + 8) + 4 * (2 * 4 + 40)) * 3 * 256 * 256
    #expect(try threads([64, 16], free: 2 * 10 * bytes) == 10)
    #expect(try threads([64, 16], free: 2 * 10 * bytes - 1) == 9)
    #expect(try threads([64], free: 0) == 1)
  }
}
