import Testing

@testable import RunFiles
@testable import Statistics

@Suite struct SampleRangesTests {
  @Test func joinsOverlappingAndTouchingRanges() {
    #expect(SampleRanges([8..<16, 0..<4, 4..<8, 20..<24, 22..<30]).ranges == [0..<16, 20..<30])
    #expect(SampleRanges([3..<3, 5..<5]).isEmpty)
    #expect(SampleRanges(indices: [5, 3, 4, 9]).ranges == [3..<6, 9..<10])
  }

  @Test func cutsOffImpossibleIndices() {
    #expect(SampleRanges(-5..<3).ranges == [0..<3])
    #expect(SampleRanges(0..<Int.max).count == SampleRanges.largestIndex + 1)
    #expect(SampleRanges(indices: [-1, Int.max, 2]).ranges == [2..<3])
  }

  @Test(arguments: [UInt64(1), 2, 3]) func algebraAgreesWithSets(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let (a, b) = (Self.randomSet(&random), Self.randomSet(&random))
      let (x, y) = (SampleRanges(indices: a), SampleRanges(indices: b))
      #expect(Set(x.union(y).indices) == a.union(b))
      #expect(Set(x.intersection(y).indices) == a.intersection(b))
      #expect(Set(x.subtracting(y).indices) == a.subtracting(b))
      #expect(x.isDisjoint(with: y) == a.isDisjoint(with: b))
      #expect(x.isSuperset(of: y) == a.isSuperset(of: b))
      #expect(x.count == a.count)
      #expect(SampleRanges(x.description) == x)
    }
  }

  private static func randomSet(_ random: inout SplitMix64) -> Set<Int> {
    Set(
      (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0..<20, using: &random)
      })
  }

  @Test(
    arguments: [
      "", "1-", "-1", "3-2", "1,,2", "a", "1-2-3", "0-99999999999999999999",
      "0-9223372036854775807", " 1",
    ])
  func refusesOtherText(text: String) {
    #expect(SampleRanges(text) == nil)
  }

  @Test func readsWhatUsersWrite() {
    #expect(SampleRanges("0-7,16")?.ranges == [0..<8, 16..<17])
    #expect(SampleRanges([0..<8, 16..<17]).description == "0-7,16")
    #expect(SampleRanges().description == "none")
  }
}
