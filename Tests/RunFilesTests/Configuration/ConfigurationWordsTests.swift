import Testing

@testable import RunFiles

@Suite struct NearestWordTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "ab", 2), ("steps", "stpes", 1), ("kitten", "sitting", 3),
    ("seed", "seed", 0), ("ca", "abc", 3), ("é", "e", 1),
  ])
  func theDistanceCountsEdits(a: String, b: String, expected: Int) {
    #expect(NearestWord.distance(a, b) == expected)
    #expect(NearestWord.distance(b, a) == expected)
  }

  @Test(arguments: [
    ("stpes", "steps"), ("Seed", "seed"), ("seeds", "seed"), ("samplse", "samples"), ("x", nil),
    ("completely", nil), ("", nil), (String(repeating: "s", count: 1000), nil),
  ])
  func onlyATypoIsCorrected(word: String, expected: String?) {
    #expect(NearestWord.of(word, among: ["seed", "samples", "steps"]) == expected)
  }
}

@Suite struct IndexSelectionTests {
  @Test(arguments: [
    ("0", [0...0]), ("0-7", [0...7]), ("9,0-7", [0...7, 9...9]), ("0-3,2-5", [0...5]),
    ("0-3,4", [0...4]), ("5-5", [5...5]), (" 1 - 2 , 4 ", [1...2, 4...4]),
    ("0-2147483647", [0...2_147_483_647]), ("0-9,3-4", [0...9]),
  ])
  func selectionsAreRead(text: String, ranges: [ClosedRange<Int>]) {
    #expect(IndexSelection(text)?.ranges == ranges)
  }

  @Test(arguments: [
    "", ",", "1,", "-1", "1-", "3-1", "a", "1-2-3", "1.5", "2147483648", "99999999999999999999",
    "１",
    "0x1", "+1",
  ])
  func whatIsNoSelectionIsRefused(text: String) { #expect(IndexSelection(text) == nil) }

  @Test func aSelectionKnowsItsMembersAndItsText() throws {
    let selection = try #require(IndexSelection("9,0-2,4"))
    #expect((0...10).filter(selection.contains) == [0, 1, 2, 4, 9])
    #expect(selection.description == "0-2,4,9")
    #expect(IndexSelection(selection.description) == selection)
  }

  @Test(arguments: [("3", "3"), ("\"0,3-4\"", "0,3-4"), ("[0, 3-4]", "0,3-4"), ("[7]", "7")])
  func theFileMayWriteANumberATextOrAList(text: String, expected: String) throws {
    let old = "range: 0-7,9"
    let configuration = try ConfigurationSamples.load(
      ConfigurationSamples.full(old, "range: \(text)"))
    #expect(configuration.data.range?.description == expected)
  }
}

@Suite struct RespacingTests {
  @Test(arguments: [(25, 1000, 40), (1000, 1000, 1), (250, 1000, 4), (3, 10, 4), (300, 1000, nil)])
  func theStrideIsTheSmallestThatFits(count: Int, steps: Int, expected: Int?) {
    let strides = (1..<steps).filter {
      stride(from: 0, to: steps, by: $0).map(\.self).count == count
    }
    #expect(strides.first == expected)
    #expect(Configuration.Respacing.stride(count: count, of: steps) == expected)
  }

  @Test func stepsAreCounted() {
    #expect(Configuration.Respacing.sections([10, 10, 5]).count == 25)
    #expect(Configuration.Respacing.strided(25).count == 25)
  }
}
