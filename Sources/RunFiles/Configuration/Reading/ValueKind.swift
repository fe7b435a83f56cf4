/// What a value must look like, and how it is read.
struct ValueKind<Value> {
  /// What is expected, as a noun: "a whole number from 1 to 9".
  let expected: String
  /// Reads a value, or throws what is wrong with it.
  let read: (ConfigurationNode) throws(ConfigurationReason) -> Value

  init(
    _ expected: String,
    read: @escaping (ConfigurationNode) throws(ConfigurationReason) -> Value
  ) {
    self.expected = expected
    self.read = read
  }

  /// A kind whose values are all nodes for which `parse` is not nil.
  init(_ expected: String, parse: @escaping (ConfigurationNode) -> Value?) {
    self.init(expected) { (node) throws(ConfigurationReason) -> Value in
      if let value = parse(node) { return value }
      throw .wrongType(found: node.summary, expected: expected)
    }
  }

  /// This kind, of values that satisfy `isAllowed` only.
  func satisfying(_ allowed: String, _ isAllowed: @escaping (Value) -> Bool) -> ValueKind {
    ValueKind(allowed) { [read] (node) throws(ConfigurationReason) -> Value in
      let value = try read(node)
      if isAllowed(value) { return value }
      throw .notAllowed(found: node.summary, allowed: allowed, nearest: nil)
    }
  }

  /// This kind, its values turned into others.
  func map<Other>(_ transform: @escaping (Value) -> Other) -> ValueKind<Other> {
    ValueKind<Other>(expected) { [read] (node) throws(ConfigurationReason) -> Other in
      transform(try read(node))
    }
  }

  /// This kind where it fits the node, else the other one.
  func or(_ other: ValueKind) -> ValueKind {
    let expected = "\(expected) or \(other.expected)"
    return ValueKind(expected) { [read] (node) throws(ConfigurationReason) -> Value in
      do throws(ConfigurationReason) { return try read(node) } catch {
        guard case .wrongType = error else { throw error }
      }
      do throws(ConfigurationReason) { return try other.read(node) } catch {
        guard case .wrongType(let found, _) = error else { throw error }
        throw .wrongType(found: found, expected: expected)
      }
    }
  }
}

// MARK: - Containers

extension ValueKind where Value == [ConfigurationNode.Entry] {
  /// A section, not read further.
  static var section: Self { Self("a section of keys") { $0.entries } }
}

extension ValueKind {
  /// A list of values of one kind, with so many elements.
  static func list<Element>(
    of kind: ValueKind<Element>, count: ClosedRange<Int>
  ) -> Self where Value == [Element] {
    let expected = "a list of \(amount(count)), each \(kind.expected)"
    return Self(expected) { (node) throws(ConfigurationReason) -> [Element] in
      guard case .list(let nodes) = node.content, count.contains(nodes.count) else {
        throw .wrongType(found: found(node), expected: expected)
      }
      var elements: [Element] = []
      for node in nodes { elements.append(try kind.read(node)) }
      return elements
    }
  }

  private static func amount(_ count: ClosedRange<Int>) -> String {
    count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
  }

  private static func found(_ node: ConfigurationNode) -> String {
    if case .list(let nodes) = node.content { "a list of \(nodes.count)" } else { node.summary }
  }
}
