/// A YAML value with the place it was written at, free of the YAML library.
struct ConfigurationNode: Sendable, Equatable {
  /// Where a value was written.
  enum Origin: Sendable, Equatable {
    case unknown
    case line(Int)
    case option(String)

    func place(in file: String) -> ConfigurationPlace {
      switch self {
      case .unknown: .file(file)
      case .line(let line): .line(file: file, line)
      case .option(let text): .option(text)
      }
    }
  }

  /// One key of a section with its value.
  struct Entry: Sendable, Equatable {
    var key: String
    var origin: Origin
    var value: ConfigurationNode
  }

  /// What a value is made of.
  enum Content: Sendable, Equatable {
    case scalar(String, isQuoted: Bool)
    case list([ConfigurationNode])
    case section([Entry])
  }

  var content: Content
  var origin: Origin

  /// The text of an unquoted scalar.
  var plain: String? {
    if case .scalar(let text, false) = content { text } else { nil }
  }

  /// Whether the value is empty or written as YAML's null.
  var isNull: Bool { plain.map { ["", "~", "null", "Null", "NULL"].contains($0) } ?? false }

  var entries: [Entry]? {
    if case .section(let entries) = content { entries } else { nil }
  }

  /// The value in words, for a message.
  var summary: String {
    switch content {
    case _ where isNull: "no value"
    case .scalar(let text, false): Quoted.text(text)
    case .scalar(let text, true): "the quoted text \(Quoted.text(text))"
    case .list(let nodes):
      nodes.allSatisfy { $0.plain != nil }
        ? Quoted.text("[\(nodes.prefix(20).compactMap(\.plain).joined(separator: ", "))]")
        : "a list"
    case .section: "a section"
    }
  }
}
