import RunFiles

/// Numbers that a prior in closed form cannot be made of.
public struct PriorError: BadInput, Sendable {
  /// The key they are given by, such as `prior.covariance`.
  public let key: String
  /// The `.npy` file they are in; nil where the configuration gives them itself.
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

  public var description: String { path.map { "\($0): \(text)" } ?? text }
}
