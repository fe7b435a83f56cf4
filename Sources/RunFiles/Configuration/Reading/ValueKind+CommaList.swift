extension ValueKind {
  /// The most values of a list with commas.
  static var longestCommaList: Int { 64 }

  /// Values written as one text with commas, as a list, or as a single value.
  static func commaList<Element>(
    _ expected: String, parse: @escaping (String) -> Element?
  ) -> Self where Value == [Element] {
    Self("\(expected); at most \(longestCommaList) of them") { node in
      guard let texts = Self.texts(node), texts.count <= longestCommaList else { return nil }
      let elements = texts.compactMap(parse)
      return elements.count == texts.count ? elements : nil
    }
  }

  private static func texts(_ node: ConfigurationNode) -> [String]? {
    switch node.content {
    case .scalar("", true): []
    case .scalar(let text, _):
      text.split(separator: ",", omittingEmptySubsequences: false)
        .map { String($0.drop { $0 == " " }) }
    case .list(let nodes): nodes.allSatisfy { $0.plain != nil } ? nodes.compactMap(\.plain) : nil
    case .section: nil
    }
  }
}
