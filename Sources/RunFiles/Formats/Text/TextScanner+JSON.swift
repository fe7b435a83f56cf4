/// The JSON forms of a safetensors header: objects, strings and lists of integers.
extension TextScanner {
  /// Reads `{ "key": value, … }`, calling `value` for each key with the scanner at the value.
  mutating func jsonObject(
    _ value: (inout TextScanner, String) throws(Problem) -> Void
  ) throws(Problem) {
    try jsonList(from: "{", to: "}") { scanner throws(Problem) in
      let key = try scanner.jsonString()
      try scanner.require(":")
      try value(&scanner, key)
    }
  }

  /// Reads `[1, 2, …]`.
  mutating func jsonIntegers() throws(Problem) -> [Int] {
    var values: [Int] = []
    try jsonList(from: "[", to: "]") { scanner throws(Problem) in
      values.append(try scanner.integer())
    }
    return values
  }

  /// Reads a string with its escapes.
  mutating func jsonString() throws(Problem) -> String {
    guard take("\"") else { throw problem("a string") }
    var bytes: [UInt8] = []
    while true {
      bytes += plainBytes()
      guard let byte = next(), byte >= 0x20 else {
        throw problem("the end of a string, without control characters")
      }
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") { bytes += try escape() } else { bytes.append(byte) }
    }
    guard let string = String(validating: bytes, as: UTF8.self) else { throw problem("UTF-8") }
    return string
  }

  private mutating func jsonList(
    from open: Unicode.Scalar, to close: Unicode.Scalar,
    _ item: (inout TextScanner) throws(Problem) -> Void
  ) throws(Problem) {
    try require(open)
    if take(close) { return }
    repeat { try item(&self) } while take(",")
    try require(close)
  }
}

extension TextScanner {
  private mutating func escape() throws(Problem) -> [UInt8] {
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

  private mutating func unicodeEscape() throws(Problem) -> [UInt8] {
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

  private mutating func hexUnit() throws(Problem) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw problem("four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}
