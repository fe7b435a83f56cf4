/// The dots of one character at some size.
struct Glyph {
  let width: Int
  let height: Int
  private let dots: [Bool]

  /// A character, enlarged by a whole factor; even factors round its slanted lines.
  init(_ character: Character, scale: Int) {
    let glyph = Glyph(rows: GlyphFont.rows(of: character))
    self = scale.isMultiple(of: 2) ? glyph.doubled.enlarged(scale / 2) : glyph.enlarged(scale)
  }

  private init(rows: ArraySlice<UInt8>) {
    let columns = (0..<GlyphFont.glyphWidth).reversed()
    self.init(
      width: GlyphFont.glyphWidth, height: rows.count,
      dots: rows.flatMap { bits in columns.map { bits >> $0 & 1 == 1 } })
  }

  private init(width: Int, height: Int, dots: [Bool]) {
    (self.width, self.height, self.dots) = (width, height, dots)
  }

  /// Whether there is ink at a place; outside there is none.
  func isInk(_ x: Int, _ y: Int) -> Bool {
    (0..<width).contains(x) && (0..<height).contains(y) && dots[y * width + x]
  }

  private func enlarged(_ factor: Int) -> Glyph {
    mapped(factor) { x, y, _, _ in isInk(x, y) }
  }

  /// Twice the size by the Scale2x rule: a quarter of a dot takes the colour of its two outer
  /// neighbours where these agree and the opposite ones differ.
  private var doubled: Glyph {
    mapped(2) { x, y, right, lower in
      let side = isInk(right == 1 ? x + 1 : x - 1, y)
      let otherSide = isInk(right == 1 ? x - 1 : x + 1, y)
      let end = isInk(x, lower == 1 ? y + 1 : y - 1)
      let otherEnd = isInk(x, lower == 1 ? y - 1 : y + 1)
      return side == end && side != otherEnd && end != otherSide ? side : isInk(x, y)
    }
  }

  /// A larger glyph; `dot` is given the place in this one and the place within its dot.
  private func mapped(_ factor: Int, dot: (Int, Int, Int, Int) -> Bool) -> Glyph {
    let dots = (0..<(height * factor)).flatMap { y in
      (0..<(width * factor)).map { x in
        dot(x / factor, y / factor, x % factor, y % factor)
      }
    }
    return Glyph(width: width * factor, height: height * factor, dots: dots)
  }
}
