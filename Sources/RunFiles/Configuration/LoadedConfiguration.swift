/// A configuration together with what is known about its file: where each value was written, and what to tell the user.
public struct LoadedConfiguration: Sendable, Equatable {
  /// The experiment.
  public let configuration: Configuration
  /// Things the user should know that stop nothing, one line each, with file and line.
  public let notices: [String]
  /// The file's name, as it was given.
  public let file: String
  private let origins: [String: ConfigurationNode.Origin]

  /// Makes the error of one value, with the place it was written at: for checks that need more than the file.
  ///
  /// `key` is a dotted key such as `measurement.operator.mask_len_range`; the nearest enclosing section that was
  /// written gives the line.
  public func error(at key: String, _ text: String) -> ConfigurationError {
    ConfigurationError(problem(at: key, .conflict(text)))
  }

  /// Checks the configuration against the shape [C, H, W] of the images, once that is known.
  public func check(imageShape: [Int]) throws(ConfigurationError) {
    let problems = configuration.conflicts(imageShape: imageShape).map {
      problem(at: $0.key, .conflict($0.text))
    }
    if let error = ConfigurationError(problems) { throw error }
  }

  func problem(at key: String, _ reason: ConfigurationReason) -> ConfigurationProblem {
    .init(place: place(of: key), key: key, reason: reason)
  }

  private func place(of key: String) -> ConfigurationPlace {
    var path = key.split(separator: ".").map(String.init)
    while !path.isEmpty {
      if let origin = origins[path.joined(separator: ".")] { return origin.place(in: file) }
      path.removeLast()
    }
    return .file(file)
  }
}

// MARK: - Reading

extension Configuration {
  /// Reads a configuration file.
  ///
  /// - Parameters:
  ///   - path: The YAML file, at most 1 MB.
  ///   - overrides: `key=value` with dotted keys, as `--set` takes them; later ones win. The value is YAML; `null`
  ///     takes the key out.
  ///   - output: Replaces `run.output`, taken as it is.
  /// - Throws: Every independent problem found, with file, line, key, the value found and what is allowed. Whether
  ///   files and folders exist is not looked at here; see ``LoadedConfiguration/validatePaths()``.
  public static func load(
    path: String, overrides: [String] = [], output: String? = nil
  ) throws(ConfigurationError) -> LoadedConfiguration {
    let text: String
    do { text = try ConfigurationText.read(path: path) } catch {
      throw ConfigurationError(.init(place: .file(path), key: "", reason: error))
    }
    return try load(text: text, name: path, overrides: overrides, output: output)
  }

  /// Reads a configuration from text; `name` stands for the file in messages.
  ///
  /// - Throws: As ``load(path:overrides:output:)``.
  public static func load(
    text: String, name: String, overrides: [String] = [], output: String? = nil
  ) throws(ConfigurationError) -> LoadedConfiguration {
    var root = try parse(text, name: name)
    for override in overrides { root = try ConfigurationOverride.parse(override).applied(to: root) }
    if let output {
      let override = ConfigurationOverride.text(
        output, path: ["run", "output"], option: "--output \(output)")
      root = try override.applied(to: root)
    }
    return try LoadedConfiguration(root, file: name)
  }

  static func parse(
    _ text: String, name: String
  ) throws(ConfigurationError) -> ConfigurationNode {
    do throws(YAMLReader.Problem) {
      let root = try YAMLReader.read(text)
      if root.isNull { throw YAMLReader.Problem(reason: .empty) }
      guard root.entries != nil else {
        throw YAMLReader.Problem(
          line: 1, reason: .wrongType(found: root.summary, expected: "sections such as 'run:'"))
      }
      return root
    } catch {
      let place = error.line.map { ConfigurationPlace.line(file: name, $0) } ?? .file(name)
      throw ConfigurationError(.init(place: place, key: error.key, reason: error.reason))
    }
  }
}

extension LoadedConfiguration {
  fileprivate init(_ root: ConfigurationNode, file: String) throws(ConfigurationError) {
    let log = ProblemLog(file: file)
    let reader = SectionReader(root.entries ?? [], key: "", origin: .unknown, log: log)
    let configuration = Configuration.read(reader, name: Self.stem(of: file))
    try log.check()
    self.configuration = configuration!
    self.notices = log.notices
    self.file = file
    self.origins = Self.origins(root)
    let problems = self.configuration.conflicts.map { problem(at: $0.key, .conflict($0.text)) }
    if let error = ConfigurationError(problems) { throw error }
  }

  /// `configs/a.yaml` → `a`.
  private static func stem(of file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? ""
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    return stem.isEmpty ? "run" : stem
  }

  private static func origins(
    _ node: ConfigurationNode, path: String = ""
  ) -> [String: ConfigurationNode.Origin] {
    var result: [String: ConfigurationNode.Origin] = [:]
    for entry in node.entries ?? [] {
      let key = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      result[key] = entry.value.entries == nil ? entry.value.origin : entry.origin
      result.merge(origins(entry.value, path: key)) { old, _ in old }
    }
    return result
  }
}
