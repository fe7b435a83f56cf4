import Foundation

/// Text in HTML, safe whatever it holds.
enum HTML {
  /// Text between tags or in a quoted attribute, of HTML and XML: `& < > " '` become references,
  /// control characters that XML does not allow become U+FFFD.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case _ where isForbidden(scalar): result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || (0xFFFE...0xFFFF).contains(scalar.value)
  }

  /// JSON for an inert script element.
  ///
  /// `<` is written as `\u003c`, so that neither `</script>` nor `<!--` can end or nest the element;
  /// JSON has `<` inside strings only.
  static func json(_ value: SummaryValue) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
      .replacingOccurrences(of: "<", with: "\\u003c")
  }

  /// Text as a component of an address: all but letters, digits and `-._~` percent-encoded.
  static func component(_ text: String) -> String { encoded(text, besides: "") }

  /// A relative address of a file below the folder of the page, segments percent-encoded.
  static func address(_ path: String) -> String { encoded(path, besides: "/") }

  private static func encoded(_ text: String, besides others: String) -> String {
    let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    let allowed = CharacterSet(charactersIn: plain + others)
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
  }
}
