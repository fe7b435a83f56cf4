import RunFiles
import Testing

@testable import Report

@Suite("Text")
struct TextDrawingTests {
  private let printable = (32...126).map { Character(Unicode.Scalar(UInt8($0))) }

  @Test("Every printable character has a glyph of its own, with ink unless it is the space")
  func glyphs() {
    var seen: Set<[UInt8]> = []
    for character in printable {
      let rows = Array(GlyphFont.rows(of: character))
      #expect(rows.count == GlyphFont.glyphHeight)
      #expect(rows.allSatisfy { $0 < 32 })
      #expect(rows.contains { $0 != 0 } == (character != " "))
      #expect(seen.insert(rows).inserted, "\(character) looks like another character")
    }
  }

  @Test("The sheet is in the order of ASCII")
  func order() {
    #expect(Array(GlyphFont.rows(of: "L")) == [16, 16, 16, 16, 16, 16, 31, 0, 0])
    #expect(Array(GlyphFont.rows(of: "-")) == [0, 0, 0, 31, 0, 0, 0, 0, 0])
    #expect(Array(GlyphFont.rows(of: "7")) == [31, 1, 2, 4, 8, 8, 8, 0, 0])
  }

  @Test("Any other character is an empty box", arguments: ["é", "日", "\u{7F}", "\n", "👩‍🚀"])
  func unknown(character: Character) {
    #expect(Array(GlyphFont.rows(of: character)) == [31, 17, 17, 17, 17, 17, 31, 0, 0])
  }

  @Test("Text is placed left, centred and right to the pixel", arguments: [1, 2, 3])
  func alignment(scale: Int) {
    let width = GlyphFont.width(of: "LL") * scale
    #expect(width == 11 * scale)
    for (align, left) in [(Alignment.left, 50), (.center, 50 - width / 2), (.right, 50 - width)] {
      var canvas = Canvas(width: 100, height: 40)
      canvas.write("LL", x: 50, y: 5, scale: scale, align: align)
      let ink = inkColumns(canvas.image)
      #expect(ink.first == left)
      #expect(ink.last == left + width - 1)
    }
  }

  @Test("Enlarged straight lines stay straight, slanted ones are rounded")
  func rounding() {
    let bar = Glyph("|", scale: 2)
    #expect((0..<18).allSatisfy { bar.isInk(4, $0) && bar.isInk(5, $0) && !bar.isInk(6, $0) })
    let slash = Glyph("/", scale: 2)
    let plain = (0..<18).map { y in (0..<10).count { slash.isInk($0, y) } }
    #expect(plain.contains { $0 != 2 && $0 != 0 })
    #expect(Glyph("/", scale: 3).width == 15)
  }

  @Test("Drawing outside the canvas is cut off")
  func clipping() {
    var canvas = Canvas(width: 10, height: 8)
    let blank = canvas.image
    canvas.write("ABC", x: -300, y: 3, scale: 2)
    canvas.write("ABC", x: 30, y: -40, scale: 2)
    canvas.fill(Area(x: 20, y: 20, width: 5, height: 5), with: .ink)
    #expect(canvas.image == blank)
    canvas.fill(Area(x: -5, y: -5, width: 100, height: 100), with: .ink)
    canvas.frame(Area(x: 0, y: 0, width: 10, height: 8), with: .paper)
    canvas.draw(
      Tile(width: 30, height: 30, colors: Array(repeating: .frame, count: 900)), x: -3, y: -3)
    #expect(canvas.image.pixels.allSatisfy { $0 == 0x99 })
  }

  @Test(
    "Numbers are short",
    arguments: [
      (0, "0"), (-0.0, "0"), (0.05, "0.05"), (0.1 + 0.2, "0.3"), (1.0 / 3, "0.333"),
      (1e-5, "1e-05"), (1234, "1.23e+03"), (.nan, "nan"), (.infinity, "inf"),
    ] as [(Double, String)])
  func numbers(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test("Long texts lose their middle or break at a space")
  func shortening() {
    #expect(NumberText.shortened("boots", to: 5) == "boots")
    #expect(NumberText.shortened("a-long-name", to: 9) == "a-l...ame")
    #expect(NumberText.shortened("a-long-name", to: 3) == "a-l")
    #expect(NumberText.shortened("a-long-name", to: 0) == "")
    #expect(NumberText.twoLines("one two three", limit: 8) == ["one two", "three"])
    #expect(NumberText.twoLines("one two", limit: 7) == ["one two"])
    #expect(NumberText.twoLines("one two", limit: 3) == ["one", "two"])
    #expect(NumberText.twoLines("0123456789", limit: 8) == ["01...789"])
    #expect(NumberText.twoLines("ab 0123456789", limit: 8) == ["ab", "01...789"])
  }

  private func inkColumns(_ image: RasterImage) -> [Int] {
    (0..<image.width).filter { x in (0..<image.height).contains { image[x, $0, 0] < 128 } }
  }
}
