import Yams

/// Turns YAML text into a ``ConfigurationNode``, refusing what a configuration has no use for: aliases, tags,
/// several documents, complex or repeated keys.
struct YAMLReader {
  /// A problem and the line it is in, from 1, where that is known.
  struct Problem: Error {
    var line: Int?
    var key = ""
    var reason: ConfigurationReason
  }

  private let text: String
  private let lines: [Substring]
  private let origin: ConfigurationNode.Origin?

  /// The value that `text` stands for; `origin` replaces the line numbers where it is given.
  ///
  /// Memory and time are proportional to the text; nesting is bounded by libyaml (1000 levels).
  static func read(
    _ text: String, origin: ConfigurationNode.Origin? = nil
  ) throws(Problem) -> ConfigurationNode {
    guard let hidden = YAMLMarkers.hide(text) else {
      throw Problem(reason: .syntax("characters U+E000 to U+E002 are not allowed"))
    }
    let reader = YAMLReader(
      text: hidden,
      lines: hidden.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline),
      origin: origin)
    return try reader.node(reader.compose(), key: "")
  }

  private func compose() throws(Problem) -> Node {
    if let line = controlCharacterLine {
      throw Problem(line: line, reason: .syntax("control characters are not allowed"))
    }
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      if let node = try parser.singleRoot() { return node }
    } catch let error as YamlError {
      throw problem(of: error)
    } catch {
      throw Problem(reason: .syntax("\(error)"))
    }
    throw Problem(reason: .empty)
  }

  private var controlCharacterLine: Int? {
    lines.firstIndex { line in
      line.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\t" }
    }.map { $0 + 1 }
  }
}

// MARK: - From the library's nodes to ours

extension YAMLReader {
  private func node(_ node: Node, key: String) throws(Problem) -> ConfigurationNode {
    let origin = origin ?? node.mark.map { .line($0.line) } ?? .unknown
    return ConfigurationNode(content: try content(node, key: key), origin: origin)
  }

  private func content(_ node: Node, key: String) throws(Problem) -> ConfigurationNode.Content {
    switch node {
    case .scalar(let scalar): return try self.scalar(scalar, key: key)
    case .sequence(let sequence):
      try check(sequence.tag, allowed: ["", "tag:yaml.org,2002:python/tuple"], node, key: key)
      var items: [ConfigurationNode] = []
      for item in sequence { items.append(try self.node(item, key: key)) }
      return .list(items)
    case .mapping(let mapping):
      try check(mapping.tag, allowed: [""], node, key: key)
      return .section(try entries(mapping, key: key))
    case .alias: throw Problem(line: node.mark?.line, key: key, reason: .alias)
    }
  }

  private func entries(
    _ mapping: Node.Mapping, key: String
  ) throws(Problem) -> [ConfigurationNode.Entry] {
    var entries: [ConfigurationNode.Entry] = []
    for (name, value) in mapping {
      guard case .scalar(let scalar) = name else {
        throw Problem(line: name.mark?.line, key: key, reason: .complexKey)
      }
      guard case .scalar(let word, _) = try self.scalar(scalar, key: key) else { continue }
      let origin = origin ?? name.mark.map { .line($0.line) } ?? .unknown
      let value = try node(value, key: key.isEmpty ? word : "\(key).\(word)")
      entries.append(.init(key: word, origin: origin, value: value))
    }
    return entries
  }

  private func scalar(
    _ scalar: Node.Scalar, key: String
  ) throws(Problem) -> ConfigurationNode.Content {
    try check(scalar.tag, allowed: ["", Tag.Name.str.rawValue], .scalar(scalar), key: key)
    if scalar.style == .plain, let reason = YAMLMarkers.problem(inPlain: scalar.string) {
      throw Problem(line: scalar.mark?.line, key: key, reason: reason)
    }
    let isQuoted = scalar.style != .plain || !scalar.tag.rawValue.isEmpty
    return .scalar(YAMLMarkers.show(scalar.string), isQuoted: isQuoted)
  }

  private func check(
    _ tag: Tag, allowed: [String], _ node: Node, key: String
  ) throws(Problem) {
    guard !allowed.contains(tag.rawValue) else { return }
    let standard = "tag:yaml.org,2002:"
    let name = tag.rawValue
    let local = name.hasPrefix("!") ? name : "!<\(name)>"
    let short = name.hasPrefix(standard) ? "!!" + name.dropFirst(standard.count) : local
    throw Problem(line: node.mark?.line, key: key, reason: .tag(short))
  }
}

// MARK: - From the library's errors to ours

extension YAMLReader {
  private func problem(of error: YamlError) -> Problem {
    switch error {
    case .composer(_, _, let mark, _): Problem(line: mark.line, reason: .severalDocuments)
    case .duplicatedKeysInMapping(let keys, let context):
      duplicate(YAMLMarkers.show(keys.first ?? ""), first: context.mark)
    case .scanner(let context, let what, let mark, _), .parser(let context, let what, let mark, _):
      syntax(what, context: context, mark: mark)
    case .reader(let what, _, _, _): Problem(reason: .syntax(what))
    default: Problem(reason: .syntax("\(error)"))
    }
  }

  private func duplicate(_ key: String, first: Mark) -> Problem {
    let again = lines.indices.dropFirst(first.line).first { index in
      let line = lines[index]
      let start = line.prefix { $0 == " " }
      return start.count == first.column - 1 && line.dropFirst(start.count).hasPrefix("\(key):")
    }
    return Problem(line: first.line, key: key, reason: .duplicateKey(again: again.map { $0 + 1 }))
  }

  private func syntax(_ what: String, context: YamlError.Context?, mark: Mark) -> Problem {
    let near = lines[max(0, min(mark.line - 2, lines.count))..<min(mark.line, lines.count)]
    if near.contains(where: YAMLMarkers.areSuspected) {
      return Problem(line: mark.line, reason: .syntax("\(clean(what)). \(Self.markerHint)"))
    }
    if near.last?.prefix(while: \.isWhitespace).contains("\t") == true {
      return Problem(line: mark.line, reason: .syntax("indent with spaces, not with tabs"))
    }
    let start = context.map { " (\($0.text) that begins in line \($0.mark.line))" } ?? ""
    return Problem(line: mark.line, reason: .syntax(clean(what) + start))
  }

  private static let markerHint =
    "Anchors (&name), aliases (*name) and '? ' keys are not allowed; quote a text that holds them"

  private func clean(_ what: String) -> String {
    what.hasPrefix("Maximum nesting level") ? "lists or sections are nested too deeply" : what
  }
}
