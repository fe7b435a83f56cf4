import Tensors

/// Named weights, checked against what a network needs before it is built.
public struct NetworkWeights: Sendable {
  let tensors: [String: Tensor]

  public init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  /// The weights under `prefix`, with the prefix taken off.
  public func scoped(_ prefix: String) -> NetworkWeights {
    var inner: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix + ".") {
      inner[String(name.dropFirst(prefix.count + 1))] = tensor
    }
    return NetworkWeights(inner)
  }

  /// The weight called `name`.
  ///
  /// - Throws: ``WeightMismatch`` if it is not there.
  public func callAsFunction(_ name: String) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw WeightMismatch(missing: [name], surplus: [], misshapen: [])
    }
    return tensor
  }

  /// All weights changed by `transform`.
  public func mapped(_ transform: (Tensor) throws -> Tensor) rethrows -> NetworkWeights {
    NetworkWeights(try tensors.mapValues(transform))
  }

  /// The weights on a device, once they have passed ``check(against:)``.
  func checked(against expected: [WeightShape], on device: Device) throws -> NetworkWeights {
    // Checked before they are sent: nothing is read back from a GPU.
    try check(against: expected)
    return try mapped { try $0.moved(to: device) }
  }

  public func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// Throws ``WeightMismatch`` unless exactly the `expected` weights are there, with values to compute with.
  public func check(against expected: [WeightShape]) throws {
    let names = Set(expected.map(\.name))
    let mismatch = WeightMismatch(
      missing: expected.map(\.name).filter { tensors[$0] == nil },
      surplus: tensors.keys.filter { !names.contains($0) }.sorted(),
      misshapen: expected.compactMap { weight in
        guard let found = tensors[weight.name]?.shape, found != weight.shape else { return nil }
        return .init(name: weight.name, expected: weight.shape, found: found)
      })
    if !mismatch.isEmpty { throw mismatch }
    try checkValues()
  }

  /// Throws ``WeightMismatch`` unless all values are finite floating-point numbers.
  ///
  /// - Parameter isUsed: whether a weight is looked at; by default all are.
  public func checkValues(where isUsed: (String) -> Bool = { _ in true }) throws {
    var mismatch = WeightMismatch(missing: [], surplus: [], misshapen: [])
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) where isUsed(name) {
      if !tensor.scalarType.isFloatingPoint {
        mismatch.whole.append(name)
      } else if try !tensor.isFinite() {
        mismatch.notFinite.append(name)
      }
    }
    if !mismatch.isEmpty { throw mismatch }
  }
}

/// All the ways a set of weights does not fit a network.
public struct WeightMismatch: Error, Sendable, Equatable, CustomStringConvertible {
  struct Misshapen: Sendable, Equatable {
    let name: String
    let expected: [Int]
    let found: [Int]
  }

  let missing: [String]
  let surplus: [String]
  let misshapen: [Misshapen]
  /// Names of those that hold no floating-point numbers.
  public internal(set) var whole: [String] = []
  /// Names of those with NaN, an infinity, or a number beyond float32.
  public internal(set) var notFinite: [String] = []

  var isEmpty: Bool {
    [missing, surplus, whole, notFinite].allSatisfy(\.isEmpty) && misshapen.isEmpty
  }

  public var description: String {
    let shapes = misshapen.map { "\($0.name) is \($0.found) instead of \($0.expected)" }
    return [
      Self.list("missing", missing), Self.list("not expected", surplus),
      Self.list("wrong shape", shapes),
      Self.list("of whole numbers instead of floating-point ones", whole),
      Self.list("with NaN, infinities or numbers beyond float32", notFinite),
    ].compactMap { $0 }.joined(separator: "; ")
  }

  private static func list(_ title: String, _ items: [String], limit: Int = 8) -> String? {
    guard !items.isEmpty else { return nil }
    let more = items.count > limit ? " … and \(items.count - limit) more" : ""
    return "\(items.count) \(title): " + items.prefix(limit).joined(separator: ", ") + more
  }
}
