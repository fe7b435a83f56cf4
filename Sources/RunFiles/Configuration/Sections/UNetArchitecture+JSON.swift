import Foundation

extension UNetArchitecture {
  /// Reads a layout from JSON with the published keys, as checkpoints carry it in their metadata.
  ///
  /// Keys that mean nothing here are tolerated. `source` names the checkpoint in the error's text.
  public init(json: String, source: String = "architecture") throws(ConfigurationError) {
    let log = ProblemLog(file: source)
    let entries = try Self.entries(json: json, log: log)
    let section = SectionReader(entries, key: "architecture", origin: .unknown, log: log)
    let layout = Self.read(section, isStrict: false)
    try log.check()
    self = layout!
  }

  private static func entries(
    json: String, log: ProblemLog
  ) throws(ConfigurationError) -> [ConfigurationNode.Entry] {
    let fields = try? JSONDecoder().decode([String: JSONField].self, from: Data(json.utf8))
    guard let fields, json.utf8.count <= ConfigurationText.limit else {
      let reason = ConfigurationReason.conflict("the metadata is not a JSON object")
      throw ConfigurationError(
        .init(place: .file(log.file), key: "architecture", reason: reason))
    }
    return fields.sorted { $0.key < $1.key }.map { key, field in
      .init(key: key, origin: .unknown, value: field.node)
    }
  }
}

/// A JSON value as far as a layout needs one.
private enum JSONField: Decodable {
  case word(String)
  case text(String)
  case words([String])
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let flag = try? value.decode(Bool.self) {
      self = .word(flag ? "true" : "false")
    } else if let number = try? value.decode(Double.self) {
      self = .word(number.short)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let numbers = try? value.decode([Double].self) {
      self = .words(numbers.map(\.short))
    } else {
      self = .other
    }
  }

  var node: ConfigurationNode {
    switch self {
    case .word(let word): Self.word(word)
    case .text(let text): .init(content: .scalar(text, isQuoted: true), origin: .unknown)
    case .words(let words): .init(content: .list(words.map(Self.word)), origin: .unknown)
    case .other: .init(content: .section([]), origin: .unknown)
    }
  }

  private static func word(_ word: String) -> ConfigurationNode {
    .init(content: .scalar(word, isQuoted: false), origin: .unknown)
  }
}
