import RunFiles

/// Numbers or a module that a prior cannot be made of.
public struct PriorError: BadInput, Sendable {
  /// The key they are given by, such as `prior.covariance`.
  public let key: String
  /// The `.npy` file they are in; nil where the configuration gives them itself, or `text` names the file.
  public let path: String?
  /// What is wrong, and what is needed.
  public let text: String

  /// What is wrong with numbers, and where they are given.
  init(key: String, path: String? = nil, text: String) {
    (self.key, self.path, self.text) = (key, path, text)
  }

  /// An array of the wrong shape.
  init(key: String, path: String, found: [Int], expected: String) {
    self.init(key: key, path: path, text: "the array is \(found); it must be \(expected)")
  }

  /// Adds the key to errors of modules, which know only their file.
  static func explaining<Result>(_ key: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as any BadInput {
      throw PriorError(key: key, text: error.description)
    }
  }

  public var description: String { path.map { "\($0): \(text)" } ?? text }
}
