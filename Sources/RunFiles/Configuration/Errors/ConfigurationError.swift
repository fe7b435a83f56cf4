/// What is wrong with a configuration: every independent problem that was found, in the order of the file.
///
/// Its text has one line a problem, each naming file, line, key, the value found and what is allowed.
public struct ConfigurationError: BadInput, Sendable, Equatable {
  /// The problems, at least one.
  public let problems: [ConfigurationProblem]

  /// Problems shown before the rest is only counted.
  static let shown = 20

  /// Makes the error of one problem.
  public init(_ problem: ConfigurationProblem) { problems = [problem] }

  /// Makes the error of several problems; nil if there are none.
  public init?(_ problems: [ConfigurationProblem]) {
    guard !problems.isEmpty else { return nil }
    let numbered = problems.enumerated().sorted {
      ($0.element.place.order, $0.offset) < ($1.element.place.order, $1.offset)
    }
    self.problems = numbered.map(\.element)
  }

  /// The problems, one a line.
  public var description: String {
    let lines = problems.prefix(Self.shown).map(\.description)
    let rest = problems.count - lines.count
    return (lines + (rest > 0 ? ["… and \(rest) more problems"] : [])).joined(separator: "\n")
  }
}

/// One problem of a configuration.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
  /// Where it was written.
  public let place: ConfigurationPlace
  /// The key with its sections, as in `sampler.steps`; empty for the file as a whole.
  public let key: String
  /// What is wrong there.
  public let reason: ConfigurationReason

  /// Makes a problem.
  public init(place: ConfigurationPlace, key: String, reason: ConfigurationReason) {
    self.place = place
    self.key = key
    self.reason = reason
  }

  /// Place, key and reason in one line: `runs/a.yaml:7: sampler.steps: …`.
  public var description: String {
    [place.description, Quoted.shortened(key), reason.description].filter { !$0.isEmpty }
      .joined(separator: ": ")
  }
}

/// Where a value of a configuration was written.
public enum ConfigurationPlace: Sendable, Equatable, CustomStringConvertible {
  /// Somewhere in a file.
  case file(String)
  /// In a line of a file, counted from 1.
  case line(file: String, Int)
  /// In an option of the command line, such as `--set run.seed=1`.
  case option(String)

  /// `FILE`, `FILE:LINE` or the option.
  public var description: String {
    switch self {
    case .file(let name): name
    case .line(let file, let line): "\(file):\(line)"
    case .option(let text): Quoted.shortened(text)
    }
  }

  var order: Int {
    switch self {
    case .file: 0
    case .line(_, let line): line
    case .option: .max
    }
  }
}
