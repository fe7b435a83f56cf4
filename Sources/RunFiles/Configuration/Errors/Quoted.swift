/// Text of unknown origin, made fit for one line of a message.
enum Quoted {
  static let limit = 60

  /// The text between quotation marks, shortened, control characters written as escapes.
  static func text(_ text: String) -> String { "'\(shortened(text))'" }

  /// The text without marks, shortened, control characters written as escapes.
  static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(limit)
    let visible = scalars.map(escaped).joined()
    return scalars.count < text.unicodeScalars.count ? visible + "…" : visible
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
      "\\u{\(String(scalar.value, radix: 16))}"
    default: String(scalar)
    }
  }
}
