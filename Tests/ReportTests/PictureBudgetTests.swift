import Foundation
import RunFiles
import Testing

@testable import Report

@Suite struct PictureBudgetTests {
  private func pictures(_ count: Int, side: Int) throws -> [ReportPicture] {
    try (0..<count).map { index in
      ReportPicture(
        group: "g", title: "\(index)", image: try ringImage(channels: 3, side: side, noise: 0.4),
        kind: .picture, file: nil, rank: count - index)
    }
  }

  private func widths(_ selection: PictureSelection) throws -> [Int?] {
    try selection.encoded.map { text in
      try text.map { try PNGFile.decode(Array(#require(Data(base64Encoded: $0))), name: "").width }
    }
  }

  @Test func smallPicturesStandInFull() throws {
    let limits = ReportLimits(std: 0.2)
    let selection = try PictureSelection(
      pictures(4, side: 64), budget: PictureBudget(images: 200), limits: limits)
    #expect(try widths(selection) == [64, 64, 64, 64])
  }

  @Test func fewLargePicturesStandInFullAndManyReduced() throws {
    let image = try ringImage(channels: 3, side: 256)
    #expect(PictureBudget(images: 8).side(of: image, pictures: 12) >= 256)
    #expect(PictureBudget(images: 200).side(of: image, pictures: 12) == 64)
    #expect(PictureBudget(images: 20_000).side(of: image, pictures: 12) == 16)
    #expect(PictureBudget.reduction(of: image, to: 64) == 4)
    #expect(PictureBudget.reduction(of: try ringImage(side: 65), to: 64) == 2)
    #expect(PictureBudget.reduction(of: try ringImage(side: 1), to: 16) == 1)
  }

  /// The last of the list has the lowest rank, so it is the first to be kept.
  @Test func whatDoesNotFitIsLeftOutByRank() throws {
    let budget = PictureBudget(images: 1500)
    let selection = try PictureSelection(
      pictures(12, side: 64), budget: budget, limits: ReportLimits(std: 0.2))
    let there = selection.encoded.map { $0 != nil }
    #expect(there.last == true && there.first == false)
    #expect(there == there.sorted { !$0 && $1 })
    #expect(selection.encoded.reduce(0) { $0 + ($1?.utf8.count ?? 0) } <= budget.share)
  }

  /// 28 MB of pictures, whatever there is.
  @Test(arguments: [1, 10, 1000, 100_000]) func theWholeIsBounded(images: Int) {
    let budget = PictureBudget(images: images)
    #expect(budget.share * images <= 28_000_000)
    #expect(budget.share > 0)
  }

  @Test func nothingIsNotAProblem() throws {
    let selection = try PictureSelection(
      [], budget: PictureBudget(images: 0), limits: ReportLimits(std: 1))
    #expect(selection.encoded.isEmpty)
  }
}

@Suite struct HTMLTests {
  @Test func textIsEscaped() {
    #expect(HTML.escaped("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;")
    #expect(HTML.escaped("a\u{0}b\u{1B}c\nd\te\u{7F}") == "a\u{FFFD}b\u{FFFD}c\nd\te\u{FFFD}")
    #expect(HTML.escaped("ä√") == "ä√")
  }

  @Test func jsonCannotEndItsElement() throws {
    let json = try HTML.json(.text("</script><!--<script>\u{2028}\u{2029}"))
    #expect(!json.contains("<"))
    #expect(json.contains("\\u003c/script>"))
    #expect(
      try JSONDecoder().decode(String.self, from: Data(json.utf8))
        == "</script><!--<script>\u{2028}\u{2029}")
  }

  @Test func addressesAreEncoded() {
    #expect(HTML.address("maps/a b/ü#?%.png") == "maps/a%20b/%C3%BC%23%3F%25.png")
    #expect(HTML.component("a/b'\"&<") == "a%2Fb%27%22%26%3C")
  }

  @Test func numbersInSentences() {
    #expect(Words.count(1, "image") == "1 image")
    #expect(Words.count(0, "image") == "0 images")
    #expect(Words.grouped(1_234_567) == "1\u{202F}234\u{202F}567")
    #expect(Words.grouped(999) == "999" && Words.grouped(-1000) == "−1\u{202F}000")
    #expect(Words.duration(59.96) == "60 s" && Words.duration(600) == "10 min")
    #expect(Words.duration(7200) == "2 h")
  }
}
