/// A problem of a format whose header is text.
protocol SyntaxProblem: FormatProblem {
  /// The text at this byte is not what was `expected`.
  static func syntax(offset: Int, expected: String) -> Self
}

/// A strict reader of the small headers in files; it goes through the text once.
///
/// What it reads never nests deeper than its callers do, so hostile text cannot exhaust the stack.
struct TextScanner<Problem: SyntaxProblem> {
  private let text: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  func problem(_ expected: String) -> Problem { .syntax(offset: offset, expected: expected) }

  func peek() -> UInt8? { offset < text.count ? text[offset] : nil }

  /// Passes the bytes up to the next that is no plain character of a JSON string, and returns them.
  mutating func plainBytes() -> Slice<UnsafeRawBufferPointer> {
    let start = offset
    while let byte = peek(), byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      offset += 1
    }
    return text[start..<offset]
  }

  mutating func next() -> UInt8? {
    guard let byte = peek() else { return nil }
    offset += 1
    return byte
  }

  /// Passes blanks and, if it comes next, the scalar; tells whether it came.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard peek() == UInt8(ascii: scalar) else { return false }
    offset += 1
    return true
  }

  mutating func require(_ scalar: Unicode.Scalar) throws(Problem) {
    guard take(scalar) else { throw problem("`\(scalar)`") }
  }

  /// Accepts blanks up to the end of the text.
  mutating func end() throws(Problem) {
    skipBlanks()
    guard offset == text.count else { throw problem("the end of the header") }
  }

  /// Reads a non-negative integer; no sign, fraction, exponent or leading zero.
  mutating func integer() throws(Problem) -> Int {
    skipBlanks()
    let start = offset
    var value = 0
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let digit = Int(byte - UInt8(ascii: "0"))
      guard let grown = Extent.product(value, 10).flatMap({ Extent.sum($0, digit) }) else {
        throw problem("a number below 2^63")
      }
      value = grown
      offset += 1
    }
    let digits = offset - start
    guard digits > 0, digits == 1 || text[start] != UInt8(ascii: "0") else {
      throw problem("a non-negative integer")
    }
    return value
  }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      offset += 1
    }
  }
}
