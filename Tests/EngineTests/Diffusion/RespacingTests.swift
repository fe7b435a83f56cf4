import Testing

@testable import Engine

@Suite struct RespacingTests {
  private func steps(_ text: String, of steps: Int = 1000) throws -> [Int] {
    try Respacing(text).steps(of: steps)
  }

  /// 166.5, 499.5 and 832.5 are ties: they go to the even neighbour.
  @Test func tiesGoToTheEvenStep() throws {
    #expect(try steps("7") == [0, 166, 333, 500, 666, 832, 999])
  }

  @Test func sectionsAreSpreadOneByOne() throws {
    let kept = try steps("10,10,5")
    #expect(kept.count == 25)
    #expect(kept[..<2] == [0, 37] && kept[9...11] == [333, 334, 371])
    #expect(kept[22...] == [833, 916, 999])
  }

  @Test func longerSectionsComeFirst() throws {
    #expect(try Respacing.sections([2, 2, 2]).steps(of: 11) == [0, 3, 4, 7, 8, 10])
  }

  @Test func sectionsOfOneAndNoneAreAllowed() throws {
    #expect(try Respacing.sections([1, 0, 1]).steps(of: 9) == [0, 6])
  }

  @Test func constantStride() throws {
    #expect(try steps("ddim25") == Array(stride(from: 0, to: 1000, by: 40)))
    #expect(try steps("ddim2", of: 3) == [0, 2])
  }

  @Test func emptyTextKeepsAllSteps() throws {
    #expect(try steps("", of: 30) == Array(0..<30))
    #expect(try steps("30", of: 30) == Array(0..<30))
  }

  /// The position is a running sum, so late steps differ from those of a product.
  @Test func manyStepsEndAsPublished() throws {
    let kept = try steps("250")
    #expect(kept.count == 250 && Set(kept).count == 250)
    #expect(kept.suffix(3) == [991, 995, 999])
  }

  @Test(arguments: [
    ("7", Respacing.sections([7])), (" 10, 10 ,5 ", .sections([10, 10, 5])),
    ("ddim25", .stride(25)),
    ("", .all), ("  ", .all), ("ddim -1", .stride(-1)),
  ])
  func textForms(text: String, expected: Respacing) throws {
    #expect(try Respacing(text) == expected)
  }

  @Test(arguments: [
    "x", "1.5", "10,,5", ",", "ddim", "ddimx", "DDIM25", "10;5", "99999999999999999999", "1e3",
  ])
  func otherTextIsRefused(text: String) {
    #expect(throws: DiffusionError.respacingText(text)) { _ = try Respacing(text) }
  }

  @Test func impossibleRespacingsAreRefused() {
    let cases: [(Respacing, Int, DiffusionError)] = [
      (.stride(999), 1000, .noStride(steps: 1000, wanted: 999)),
      (.stride(0), 1000, .noStride(steps: 1000, wanted: 0)),
      (.stride(-5), 1000, .noStride(steps: 1000, wanted: -5)),
      (.stride(Int.max), 1000, .noStride(steps: 1000, wanted: .max)),
      (.sections([1001]), 1000, .sectionTooShort(section: 0, size: 1000, wanted: 1001)),
      (.sections([10, 101, 20]), 300, .sectionTooShort(section: 1, size: 100, wanted: 101)),
      (.sections([501, 1]), 1000, .sectionTooShort(section: 0, size: 500, wanted: 501)),
      (.sections([5, Int.max]), 10, .sectionTooShort(section: 1, size: 5, wanted: .max)),
      (.sections([5, -1]), 10, .respacingCount(-1)),
      (.sections([1]), 1000, .tooFewSteps(1)),
      (.sections([0, 0]), 1000, .tooFewSteps(0)),
      (.sections([]), 1000, .tooFewSteps(0)),
      (.all, 1, .stepCount(1)),
    ]
    for (respacing, steps, error) in cases {
      #expect(throws: error) { _ = try respacing.steps(of: steps) }
    }
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      DiffusionError.respacingText("x").description
        == "“x” is no respacing. Write a number of steps (250), one for each section (10,10,5), "
        + "ddim and a number (ddim25), or nothing for all steps.")
    #expect(
      DiffusionError.sectionTooShort(section: 1, size: 100, wanted: 101).description
        == "Section 2 of the process has 100 steps; 101 cannot be taken from it.")
  }
}
