import Foundation

/// Numbers as short texts, the same in every language setting.
enum NumberText {
  /// Up to `digits` significant digits without trailing zeros, such as `0.05`, `1e-05` or `nan`.
  static func short(_ value: Double, digits: Int = 3) -> String {
    if value.isNaN { return "nan" }
    return String(format: "%.\(digits)g", value == 0 ? 0 : value)
  }

  /// A fixed number of decimals, or `-` for a missing value.
  static func fixed(_ value: Double?, decimals: Int) -> String {
    guard let value else { return "-" }
    return value.isNaN ? "nan" : String(format: "%.\(decimals)f", value)
  }

  /// A text of at most `limit` characters; the middle of a longer one is left out.
  static func shortened(_ text: String, to limit: Int) -> String {
    guard text.count > limit else { return text }
    guard limit > 5 else { return String(text.prefix(max(0, limit))) }
    let head = (limit - 3) / 2
    return text.prefix(head) + "..." + text.suffix(limit - 3 - head)
  }

  /// A text broken at spaces into at most two lines, which are shortened where they do not fit.
  static func twoLines(_ text: String, limit: Int) -> [String] {
    guard text.count > limit else { return [text] }
    let head = text.prefix(limit + 1)
    guard let space = head.lastIndex(of: " ") else { return [shortened(text, to: limit)] }
    return [
      String(text[..<space]), shortened(String(text[text.index(after: space)...]), to: limit),
    ]
  }
}
