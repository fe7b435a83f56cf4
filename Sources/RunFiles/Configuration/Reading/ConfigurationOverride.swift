/// One value given on the command line in place of the file's: `sampler.steps=200`.
struct ConfigurationOverride {
  /// Levels a key may have.
  static let deepest = 16

  /// The key's parts: `["sampler", "steps"]`.
  let path: [String]
  /// The value; nil takes the key out of the file.
  let value: ConfigurationNode?
  let origin: ConfigurationNode.Origin

  /// Reads `key=value` of the option `--set`; the value is YAML, and `null` takes the key out.
  static func parse(_ text: String) throws(ConfigurationError) -> Self {
    let option = "--set \(text)"
    guard let sign = text.firstIndex(of: "=") else {
      throw error(option, key: "", .conflict("needs the form key=value, as in sampler.steps=200"))
    }
    let key = String(text[..<sign])
    let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy(isWord), path.count <= deepest else {
      throw error(
        option, key: key, .conflict("not a key; write words with dots, as in sampler.steps"))
    }
    let node = try value(String(text[text.index(after: sign)...]), option: option, key: key)
    return Self(path: path, value: node.isNull ? nil : node, origin: .option(option))
  }

  /// A text for a key, taken as it is, from an option of its own.
  static func text(_ value: String, path: [String], option: String) -> Self {
    let origin = ConfigurationNode.Origin.option(option)
    let node = ConfigurationNode(content: .scalar(value, isQuoted: true), origin: origin)
    return Self(path: path, value: node, origin: origin)
  }

  private static func value(
    _ text: String, option: String, key: String
  ) throws(ConfigurationError) -> ConfigurationNode {
    do throws(YAMLReader.Problem) {
      guard text.utf8.count <= ConfigurationText.limit else {
        throw YAMLReader.Problem(reason: .syntax("too long"))
      }
      return try YAMLReader.read(text, origin: .option(option))
    } catch {
      if case .empty = error.reason {
        throw Self.error(option, key: key, .conflict("gives no value; null takes the key out"))
      }
      throw Self.error(option, key: key, error.reason)
    }
  }

  private static func isWord(_ part: String) -> Bool {
    !part.isEmpty && part.unicodeScalars.allSatisfy { ("!"..."~").contains($0) }
  }

  private static func error(
    _ option: String, key: String, _ reason: ConfigurationReason
  ) -> ConfigurationError {
    ConfigurationError(.init(place: .option(option), key: key, reason: reason))
  }
}

// MARK: - Putting it in place

extension ConfigurationOverride {
  /// The file's value with this one in its place; sections that are not there are made.
  func applied(to root: ConfigurationNode) throws(ConfigurationError) -> ConfigurationNode {
    try applied(to: root, from: 0)
  }

  private func applied(
    to node: ConfigurationNode, from depth: Int
  ) throws(ConfigurationError) -> ConfigurationNode {
    guard var entries = node.entries else { throw notASection(depth, node) }
    let index = entries.firstIndex { $0.key == path[depth] }
    let old = index.map { entries[$0].value }
    if let new = try replacement(of: old, at: depth) {
      let entry = ConfigurationNode.Entry(
        key: path[depth], origin: index.map { entries[$0].origin } ?? origin, value: new)
      if let index { entries[index] = entry } else { entries.append(entry) }
    } else if let index {
      entries.remove(at: index)
    }
    return ConfigurationNode(content: .section(entries), origin: node.origin)
  }

  private func replacement(
    of old: ConfigurationNode?, at depth: Int
  ) throws(ConfigurationError) -> ConfigurationNode? {
    guard depth + 1 < path.count else { return value }
    if old == nil, value == nil { return nil }
    let section = old ?? ConfigurationNode(content: .section([]), origin: origin)
    return try applied(to: section, from: depth + 1)
  }

  private func notASection(_ depth: Int, _ node: ConfigurationNode) -> ConfigurationError {
    let key = path[..<depth].joined(separator: ".")
    let reason = ConfigurationReason.wrongType(found: node.summary, expected: "a section of keys")
    return ConfigurationError(
      .init(place: origin.place(in: ""), key: key, reason: reason))
  }
}
