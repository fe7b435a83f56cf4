/// Instructions that name functions and call them.
extension PickleMachine {
  mutating func stackGlobal() throws(PickleProblem) {
    let words = try pop(2)
    guard let module = words[0].string, let name = words[1].string else { throw malformed }
    push(.global(try PickleGlobal(module: module, name: name)))
  }

  mutating func reduce() throws(PickleProblem) {
    guard case .tuple(let place) = try pop(), case .global(let global) = try pop() else {
      throw malformed
    }
    push(try call(global, heap[place]))
  }

  /// The same key must always mean the same storage.
  mutating func nameStorage() throws(PickleProblem) {
    let storage = try storage(named: try pop())
    let known = storages.updateValue(storage, forKey: storage.key) ?? storage
    guard known.type == storage.type, known.count == storage.count else {
      throw .arguments(of: "storage")
    }
    push(.storage(storage))
  }

  /// Attributes of an object, such as the `_metadata` of a state dictionary, are not kept.
  mutating func dropState() throws(PickleProblem) {
    _ = try pop()
    switch try top() {
    case .dictionary, .tensor: return
    default: throw malformed
    }
  }

  /// A dictionary from the optional list of pairs that Python 2 gave.
  mutating func orderedDictionary(_ arguments: [PickleValue]) throws(PickleProblem) -> PickleValue {
    var items: [PickleValue] = []
    for argument in arguments {
      guard arguments.count == 1, case .list(let place) = argument else {
        throw .arguments(of: "OrderedDict")
      }
      try charge(heap[place].count)
      for entry in heap[place] {
        guard let pair = sequence(entry), pair.count == 2 else {
          throw .arguments(of: "OrderedDict")
        }
        items += pair
      }
    }
    return .dictionary(store(items))
  }

  /// The items of a tuple or list.
  func sequence(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let place), .list(let place): heap[place]
    default: nil
    }
  }
}
