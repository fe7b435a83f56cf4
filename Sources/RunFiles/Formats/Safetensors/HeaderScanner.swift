/// A strict reader of the few JSON forms in a safetensors header.
///
/// It goes through the text once and never recurses, so that neither size nor nesting can hurt.
/// Deviations throw `SafetensorsProblem.syntax`.
struct HeaderScanner {
  private let text: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ text: UnsafeRawBufferPointer) { self.text = text }

  /// Reads `{ "key": value, … }`, calling `value` for each key with the scanner at the value.
  mutating func object(
    _ value: (inout HeaderScanner, String) throws(SafetensorsProblem) -> Void
  ) throws(SafetensorsProblem) {
    try list(from: "{", to: "}") { scanner throws(SafetensorsProblem) in
      let key = try scanner.string()
      try scanner.require(":")
      try value(&scanner, key)
    }
  }

  /// Reads `[1, 2, …]`.
  mutating func integers() throws(SafetensorsProblem) -> [Int] {
    var values: [Int] = []
    try list(from: "[", to: "]") { scanner throws(SafetensorsProblem) in
      values.append(try scanner.integer())
    }
    return values
  }

  /// Reads a string with its escapes.
  mutating func string() throws(SafetensorsProblem) -> String {
    try require("\"", "a string")
    var bytes: [UInt8] = []
    while let byte = next(), byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw problem("a string without control characters") }
      if byte == UInt8(ascii: "\\") { bytes += try escape() } else { bytes.append(byte) }
    }
    guard offset > 0, text[offset - 1] == UInt8(ascii: "\"") else { throw problem("`\"`") }
    guard let string = String(validating: bytes, as: UTF8.self) else { throw problem("UTF-8") }
    return string
  }

  /// Accepts blanks up to the end of the text.
  mutating func end() throws(SafetensorsProblem) {
    skipBlanks()
    guard offset == text.count else { throw problem("the end of the header") }
  }
}

extension HeaderScanner {
  private mutating func list(
    from open: Unicode.Scalar, to close: Unicode.Scalar,
    _ item: (inout HeaderScanner) throws(SafetensorsProblem) -> Void
  ) throws(SafetensorsProblem) {
    try require(open)
    if take(close) { return }
    repeat { try item(&self) } while take(",")
    try require(close)
  }

  /// Reads a non-negative integer; no sign, fraction, exponent or leading zero.
  private mutating func integer() throws(SafetensorsProblem) -> Int {
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

  private mutating func escape() throws(SafetensorsProblem) -> [UInt8] {
    switch next().map(Unicode.Scalar.init) {
    case "\"": [UInt8(ascii: "\"")]
    case "\\": [UInt8(ascii: "\\")]
    case "/": [UInt8(ascii: "/")]
    case "b": [8]
    case "f": [12]
    case "n": [10]
    case "r": [13]
    case "t": [9]
    case "u": try unicodeEscape()
    default: throw problem("an escape of JSON")
    }
  }

  private mutating func unicodeEscape() throws(SafetensorsProblem) -> [UInt8] {
    var units = [try hexUnit()]
    if UTF16.isLeadSurrogate(units[0]) {
      guard next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") else {
        throw problem("the second half of a surrogate pair")
      }
      units.append(try hexUnit())
    }
    guard let string = String(validating: units, as: UTF16.self) else {
      throw problem("a valid surrogate pair")
    }
    return Array(string.utf8)
  }

  private mutating func hexUnit() throws(SafetensorsProblem) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  private mutating func require(
    _ scalar: Unicode.Scalar, _ name: String? = nil
  ) throws(SafetensorsProblem) {
    guard take(scalar) else { throw problem(name ?? "`\(scalar)`") }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard peek() == UInt8(ascii: scalar) else { return false }
    offset += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { offset += 1 }
  }

  private func peek() -> UInt8? { offset < text.count ? text[offset] : nil }

  private mutating func next() -> UInt8? {
    defer { offset += offset < text.count ? 1 : 0 }
    return peek()
  }

  private func problem(_ expected: String) -> SafetensorsProblem {
    .syntax(offset: offset, expected: expected)
  }
}
