/// Tables as text: fields quoted as in RFC 4180, lines that end in LF.
enum CSV {
  static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// A number with six significant digits; an unknown one is an empty field.
  static func field(_ value: Double?) -> String {
    value.map { NumberText.short($0, digits: 6) } ?? ""
  }

  private static func quoted(_ field: String) -> String {
    let isPlain = field.utf8.allSatisfy { !Array("\",\r\n".utf8).contains($0) }
    return isPlain
      ? field
      : "\""
        + field.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
  }
}
