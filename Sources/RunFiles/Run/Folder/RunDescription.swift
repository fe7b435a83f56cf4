/// What a run folder holds the results of; kept in its `run.yaml`.
public struct RunDescription: Hashable, Sendable {
  /// Hash of everything that shapes a sample: not of what only adds images or samples or shows
  /// results.
  public let workHash: String
  /// Program and version, for example `posterior 0.1.0`.
  public let program: String
  /// The resolved configuration, YAML.
  public let configuration: String

  /// A description; line ends within `workHash` and `program` become spaces.
  public init(workHash: String, program: String, configuration: String) {
    self.workHash = Self.oneLine(workHash)
    self.program = Self.oneLine(program)
    self.configuration = configuration
  }

  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }
}

// MARK: - Text of run.yaml

extension RunDescription {
  private static let programLine = "# program: "
  private static let hashLine = "# work hash: "
  private static let notice =
    "# Written by the program; a run into this folder goes on only with the same work hash."

  /// The file's text: comment lines, then the configuration as it is, so that the whole is YAML.
  public var text: String {
    [Self.notice, Self.programLine + program, Self.hashLine + workHash, configuration]
      .joined(separator: "\n")
  }

  /// Reads what `text` writes; nil for anything else.
  public init?(text: String) {
    let lines = text.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count == 4, lines[0] == Self.notice, lines[1].hasPrefix(Self.programLine),
      lines[2].hasPrefix(Self.hashLine)
    else { return nil }
    program = String(lines[1].dropFirst(Self.programLine.count))
    workHash = String(lines[2].dropFirst(Self.hashLine.count))
    configuration = String(lines[3])
  }
}

// MARK: - Comparison

extension RunDescription {
  /// The lines in which two configurations differ: `- ` for those of `self`, `+ ` for those of
  /// `other`.
  public func differences(from other: RunDescription) -> [String] {
    let mine = Self.lines(configuration)
    let theirs = Self.lines(other.configuration)
    // The general difference is quadratic; beyond this the lines are compared in place.
    if mine.count > 4000 || theirs.count > 4000 { return Self.pairedDifferences(mine, theirs) }
    let difference = theirs.difference(from: mine)
    return difference.removals.map { "- " + Self.line(of: $0) }
      + difference.insertions.map { "+ " + Self.line(of: $0) }
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(whereSeparator: \.isNewline)
  }

  private static func line(of change: CollectionDifference<Substring>.Change) -> String {
    switch change {
    case .insert(_, let line, _), .remove(_, let line, _): String(line)
    }
  }

  private static func pairedDifferences(_ mine: [Substring], _ theirs: [Substring]) -> [String] {
    zip(mine, theirs).filter { $0 != $1 }.flatMap { ["- \($0)", "+ \($1)"] }
  }
}
