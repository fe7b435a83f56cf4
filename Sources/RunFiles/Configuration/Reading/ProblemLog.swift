/// Collects what is found while one configuration is read.
final class ProblemLog {
  /// Problems kept; more of them help nobody.
  static let limit = 200

  let file: String
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var notices: [String] = []

  init(file: String) { self.file = file }

  /// Whether further problems are dropped.
  var isFull: Bool { problems.count >= Self.limit }

  /// Notes a problem.
  func add(_ reason: ConfigurationReason, key: String, at origin: ConfigurationNode.Origin) {
    guard !isFull else { return }
    problems.append(.init(place: origin.place(in: file), key: key, reason: reason))
  }

  /// Notes something the user should know that stops nothing.
  func notice(_ text: String, key: String, at origin: ConfigurationNode.Origin) {
    let problem = ConfigurationProblem(
      place: origin.place(in: file), key: key, reason: .conflict(text))
    notices.append(problem.description)
  }

  /// Throws everything noted, if anything was.
  func check() throws(ConfigurationError) {
    if let error = ConfigurationError(problems) { throw error }
  }
}
