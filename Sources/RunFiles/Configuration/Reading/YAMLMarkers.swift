/// Hides the characters that make YAML dangerous from the YAML library, and finds them again in its answer.
///
/// Aliases (`&a`, `*a`) can make a tree of a few lines exponentially large, and the library hashes such a tree when it
/// stands in a key (`? *a`). Telling an alias from an asterisk in a comment or in a quoted text takes a whole scanner, so
/// each of `* & ?` is replaced by a private character that means nothing to YAML. Then no alias, anchor or complex
/// key can exist: in comments the characters vanish, within texts they are put back, and where a value begins with one
/// it was meant as an alias, an anchor or a complex key.
enum YAMLMarkers {
  private static let hidden: [Unicode.Scalar: Unicode.Scalar] = [
    "*": "\u{E000}", "&": "\u{E001}", "?": "\u{E002}",
  ]
  private static let shown = Dictionary(uniqueKeysWithValues: hidden.map { ($1, $0) })

  /// The text without the dangerous characters; nil if it holds one of the private ones.
  static func hide(_ text: String) -> String? {
    guard !text.unicodeScalars.contains(where: { shown[$0] != nil }) else { return nil }
    return replace(text, by: hidden)
  }

  /// The text as it was before ``hide(_:)``.
  static func show(_ text: String) -> String { replace(text, by: shown) }

  /// What an unquoted value was meant as, judged by its first character.
  static func problem(inPlain text: String) -> ConfigurationReason? {
    let scalars = text.unicodeScalars
    switch scalars.first.flatMap({ shown[$0] }) {
    case "*", "&": return .alias
    case "?" where scalars.count == 1 || scalars.dropFirst().first == " ": return .complexKey
    default: return nil
    }
  }

  /// Whether a line may use an alias, an anchor or a complex key.
  static func areSuspected(in line: some StringProtocol) -> Bool {
    line.unicodeScalars.contains { shown[$0] != nil }
  }

  private static func replace(_ text: String, by table: [Unicode.Scalar: Unicode.Scalar]) -> String
  {
    guard text.unicodeScalars.contains(where: { table[$0] != nil }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(table[scalar] ?? scalar) }
    return String(result)
  }
}
