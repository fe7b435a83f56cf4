/// What is wrong with one place of a configuration.
public enum ConfigurationReason: Error, Sendable, Equatable {
  /// The file cannot be read; the text says why.
  case unreadable(String)
  /// The file is not YAML; the text says why.
  case syntax(String)
  /// The file, or the value of an option, says nothing.
  case empty
  /// One file holds several YAML documents.
  case severalDocuments
  /// An anchor (`&name`) or an alias (`*name`) is used.
  case alias
  /// A key is a list or a section, or is written with `?`.
  case complexKey
  /// A tag other than those of the published files is used.
  case tag(String)
  /// The key means nothing here.
  case unknownKey(nearest: String?, allowed: [String])
  /// The key belongs to the section named, or for "" to none.
  case misplacedKey(section: String)
  /// The key is written twice; `again` is the second line where it is known.
  case duplicateKey(again: Int?)
  /// The key must be given.
  case missingKey(String, expected: String)
  /// The value has the wrong type.
  case wrongType(found: String, expected: String)
  /// The value has the right type and cannot be.
  case notAllowed(found: String, allowed: String, nearest: String?)
  /// Keys that exclude each other are given together.
  case excluding([String])
  /// One of these keys must be given.
  case noneGiven([String])
  /// The value does not fit another one; the text says which.
  case conflict(String)
  /// A file or folder that must exist does not.
  case missingPath(String, expected: String)
}

extension ConfigurationReason: CustomStringConvertible {
  /// The reason in words, with what to do.
  public var description: String {
    switch self {
    case .unreadable, .syntax, .empty, .severalDocuments, .alias, .complexKey, .tag: fileText
    case .unknownKey, .misplacedKey, .duplicateKey, .missingKey, .excluding, .noneGiven: keyText
    case .wrongType, .notAllowed, .conflict, .missingPath: valueText
    }
  }

  private var fileText: String {
    switch self {
    case .unreadable(let why): why
    case .syntax(let why): "not valid YAML: \(why)"
    case .empty: "empty; a configuration needs at least data, measurement, prior and sampler"
    case .severalDocuments: "a second YAML document begins here; keep one experiment a file"
    case .alias:
      "anchors (&name) and aliases (*name) are not allowed; write the value out, or quote it"
    case .complexKey: "a key must be a single word, followed by ':'"
    case .tag(let tag): "the tag \(Quoted.shortened(tag)) is not allowed; only !!python/tuple is"
    default: ""
    }
  }

  private var keyText: String {
    switch self {
    case .unknownKey(let nearest, let allowed):
      "unknown key\(Self.suggestion(nearest, end: ".")) Allowed here: "
        + (allowed.isEmpty ? "nothing" : allowed.joined(separator: ", "))
    case .misplacedKey(""): "unknown key here; it belongs to the top of the file"
    case .misplacedKey(let section): "unknown key here; it belongs to section '\(section)'"
    case .duplicateKey(let again):
      "written twice\(again.map { ", again in line \($0)" } ?? ""); keep one"
    case .missingKey(let key, let expected): "'\(key)' is missing; give \(expected)"
    case .excluding(let keys): "\(Self.list(keys)) exclude each other; keep one"
    case .noneGiven(let keys): "give one of \(Self.list(keys))"
    default: ""
    }
  }

  private var valueText: String {
    switch self {
    case .wrongType(let found, let expected): "found \(found), expected \(expected)"
    case .notAllowed(let found, let allowed, let nearest):
      "found \(found), allowed: \(allowed)\(Self.suggestion(nearest))"
    case .conflict(let text): text
    case .missingPath(let path, let expected):
      "\(Quoted.text(path)) does not exist; expected \(expected), relative to the current folder"
    default: ""
    }
  }

  private static func suggestion(_ nearest: String?, end: String = "") -> String {
    nearest.map { "; did you mean '\($0)'?" } ?? end
  }

  private static func list(_ keys: [String]) -> String {
    keys.map { "'\($0)'" }.joined(separator: " and ")
  }
}
