/// Bounds of a real number, either end open or closed.
struct NumberBounds {
  var description: String
  var contains: @Sendable (Double) -> Bool

  static func atLeast(_ low: Double) -> Self {
    Self(description: "a number of at least \(low.short)") { $0 >= low }
  }

  static func above(_ low: Double) -> Self {
    Self(description: "a number above \(low.short)") { $0 > low }
  }

  static func from(_ low: Double, to high: Double) -> Self {
    Self(description: "a number from \(low.short) to \(high.short)") { low <= $0 && $0 <= high }
  }

  static func between(_ low: Double, _ high: Double) -> Self {
    Self(description: "a number above \(low.short) and below \(high.short)") {
      low < $0 && $0 < high
    }
  }

  static var any: Self { Self(description: "a number") { _ in true } }
}

extension Double {
  /// The shortest decimal text that reads back to the same value, without ".0".
  var short: String {
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension ValueKind where Value == Int {
  /// A whole number in a range.
  static func integer(_ range: ClosedRange<Int>) -> Self {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    return Self(expected) { (node) throws(ConfigurationReason) -> Int in
      guard let text = node.plain, Numerals.isWhole(text) else {
        throw .wrongType(found: node.summary, expected: expected)
      }
      if let value = Numerals.parse(text, as: Int.self), range.contains(value) { return value }
      throw .notAllowed(found: node.summary, allowed: expected, nearest: nil)
    }
  }

  /// A whole number from 1 to 2³¹ − 1.
  static var count: Self { integer(1...Int(Int32.max)) }
}

extension ValueKind where Value == UInt64 {
  /// A whole number that fits 64 bits without a sign.
  static var seed: Self {
    let expected = "a whole number from 0 to \(UInt64.max)"
    return Self(expected) { (node) throws(ConfigurationReason) -> UInt64 in
      guard let text = node.plain, Numerals.isWhole(text) else {
        throw .wrongType(found: node.summary, expected: expected)
      }
      if let value = Numerals.parse(text, as: UInt64.self) { return value }
      throw .notAllowed(found: node.summary, allowed: expected, nearest: nil)
    }
  }
}

extension ValueKind where Value == Double {
  /// A finite number within bounds.
  static func number(_ bounds: NumberBounds) -> Self {
    let finite = Self("a number") { node in node.plain.flatMap(Numerals.real) }
    return Self(bounds.description) { (node) throws(ConfigurationReason) -> Double in
      guard let value = try? finite.read(node) else {
        throw .wrongType(found: node.summary, expected: bounds.description)
      }
      if value.isFinite, bounds.contains(value) { return value }
      throw .notAllowed(found: node.summary, allowed: bounds.description, nearest: nil)
    }
  }
}

extension ValueKind where Value == Bool {
  /// true or false, in the spellings of YAML and Python.
  static var flag: Self {
    Self("true or false") { node in
      switch node.plain?.lowercased() {
      case "true", "yes", "on": true
      case "false", "no", "off": false
      default: nil
      }
    }
  }
}

extension ValueKind where Value == String {
  /// A text that is not empty.
  static func text(_ expected: String) -> Self {
    Self(expected) { node in
      guard case .scalar(let text, _) = node.content, !node.isNull, !text.isEmpty else {
        return nil
      }
      return text.unicodeScalars.contains("\0") ? nil : text
    }
  }

}

extension ValueKind {
  /// One of several words; `aliases` are accepted and not advertised.
  static func choice(_ names: [(String, Value)], aliases: [(String, Value)] = []) -> Self {
    let words = names.map(\.0)
    let expected = words.count == 1 ? "\(words[0])" : "one of \(words.joined(separator: ", "))"
    return Self(expected) { (node) throws(ConfigurationReason) -> Value in
      guard case .scalar(let text, _) = node.content, !node.isNull else {
        throw .wrongType(found: node.summary, expected: expected)
      }
      if let match = (names + aliases).first(where: { $0.0 == text }) { return match.1 }
      throw .notAllowed(
        found: node.summary, allowed: words.joined(separator: ", "),
        nearest: NearestWord.of(text, among: words))
    }
  }
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
  /// One of the cases, by its raw value.
  static var choice: Self { choice(Value.allCases.map { ($0.rawValue, $0) }) }
}

/// Reads numbers as the file format writes them.
enum Numerals {
  /// Whether a text is a whole number: decimal without leading zeros, or hexadecimal with 0x.
  static func isWhole(_ text: String) -> Bool {
    let digits = magnitude(text)
    if let hex = hexDigits(digits) {
      return !hex.isEmpty && hex.allSatisfy { $0.isASCII && $0.isHexDigit }
    }
    return !digits.isEmpty && digits.allSatisfy(isDigit)
      && (digits.count == 1 || !digits.hasPrefix("0"))
  }

  /// The value of a whole number; nil if it does not fit.
  static func parse<Value: FixedWidthInteger>(_ text: String, as type: Value.Type) -> Value? {
    let digits = magnitude(text)
    let sign = text.hasPrefix("-") ? "-" : ""
    if let hex = hexDigits(digits) { return Value(sign + hex, radix: 16) }
    return Value(sign + digits)
  }

  /// The value of a decimal number; infinite if it is too large.
  static func real(_ text: String) -> Double? {
    guard text.utf8.count <= 400, text.contains(where: isDigit) else { return nil }
    guard text.allSatisfy({ isDigit($0) || "+-.eE".contains($0) }) else { return nil }
    return Double(text)
  }

  private static func magnitude(_ text: String) -> Substring {
    text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
  }

  private static func hexDigits(_ text: Substring) -> Substring? {
    text.hasPrefix("0x") ? text.dropFirst(2) : nil
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.isASCII && character.isNumber
  }
}
