/// The Python literals of an npy header: a dictionary, strings, truth values, tuples of integers.
extension TextScanner {
  /// Reads `{'key': value, …}`, calling `value` for each key with the scanner at the value.
  mutating func pythonDictionary(
    _ value: (inout TextScanner, String) throws(Problem) -> Void
  ) throws(Problem) {
    try require("{")
    while !take("}") {
      let key = try pythonString()
      try require(":")
      try value(&self, key)
      if !take(",") {
        try require("}")
        return
      }
    }
  }

  /// Reads a string in single or double quotes, without escapes.
  mutating func pythonString() throws(Problem) -> String {
    let quote: Unicode.Scalar = take("\"") ? "\"" : "'"
    if quote == "'" { try require("'") }
    var bytes: [UInt8] = []
    while let byte = next(), byte != UInt8(ascii: quote) {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else {
        throw problem("a plain string")
      }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads `True` or `False`.
  mutating func pythonBoolean() throws(Problem) -> Bool {
    let value = take("T")
    if !value { guard take("F") else { throw problem("`True` or `False`") } }
    for expected in value ? "rue".utf8 : "alse".utf8 {
      guard next() == expected else { throw problem("`True` or `False`") }
    }
    return value
  }

  /// Reads `()`, `(1,)` or `(1, 2, …)`; Python 2 wrote `1L`.
  mutating func pythonIntegers() throws(Problem) -> [Int] {
    try require("(")
    var values: [Int] = []
    while !take(")") {
      values.append(try integer())
      if peek() == UInt8(ascii: "L") { _ = next() }
      if !take(",") {
        guard values.count > 1 else { throw problem("`,`") }
        try require(")")
        break
      }
    }
    return values
  }
}
