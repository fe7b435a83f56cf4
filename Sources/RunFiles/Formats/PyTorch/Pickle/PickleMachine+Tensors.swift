/// The calls and persistent names by which a pickle describes tensors.
extension PickleMachine {
  /// What the call of a known function gives; `PickleProblem.arguments` if it makes no sense.
  mutating func call(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws(PickleProblem) -> PickleValue {
    switch global {
    case .orderedDictionary: try orderedDictionary(arguments)
    case .size: try size(arguments)
    case .rebuildTensor, .rebuildTensorV2: try tensor(arguments, type: nil)
    case .rebuildTensorV3: try untypedTensor(arguments)
    case .rebuildParameter, .rebuildParameterWithState: try parameter(arguments)
    case .storage, .elementType: throw .arguments(of: "storage")
    }
  }

  private func size(_ arguments: [PickleValue]) throws(PickleProblem) -> PickleValue {
    guard arguments.count == 1, case .tuple = arguments[0] else { throw .arguments(of: "Size") }
    return arguments[0]
  }

  /// `_rebuild_parameter(data, requires_grad, hooks)`.
  private func parameter(_ arguments: [PickleValue]) throws(PickleProblem) -> PickleValue {
    guard case .tensor = arguments.first else { throw .arguments(of: "_rebuild_parameter") }
    return arguments[0]
  }

  /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, …)`.
  private func tensor(
    _ arguments: [PickleValue], type: ElementType?
  ) throws(PickleProblem) -> PickleValue {
    guard arguments.count >= 4, case .storage(let storage) = arguments[0],
      let type = type ?? storage.type, let offset = arguments[1].integer,
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw .arguments(of: "_rebuild_tensor") }
    return .tensor(
      PickleTensor(storage: storage, type: type, offset: offset, shape: shape, strides: strides))
  }

  /// `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype, …)`.
  private func untypedTensor(_ arguments: [PickleValue]) throws(PickleProblem) -> PickleValue {
    guard arguments.count >= 7, case .global(.elementType(let type)) = arguments[6] else {
      throw .arguments(of: "_rebuild_tensor_v3")
    }
    return try tensor(arguments, type: type)
  }

  /// A storage from `("storage", class, key, location, count)`; the older form adds a view of it,
  /// `(key, offset, count)`, or none.
  func storage(named name: PickleValue) throws(PickleProblem) -> PickleStorage {
    guard let parts = sequence(name), parts.count == 5 || parts.count == 6,
      parts[0].string == "storage", case .global(.storage(let type)) = parts[1],
      let key = parts[2].string, let count = parts[4].integer, count >= 0
    else { throw .arguments(of: "storage") }
    let window = parts.count == 6 ? try self.window(parts[5], count) : 0..<count
    return PickleStorage(key: key, type: type, count: count, window: window)
  }

  private func window(_ view: PickleValue, _ count: Int) throws(PickleProblem) -> Range<Int> {
    if case .none = view { return 0..<count }
    guard let parts = sequence(view), parts.count == 3, let offset = parts[1].integer,
      let length = parts[2].integer, offset >= 0, length >= 0, offset <= count,
      length <= count - offset
    else { throw .arguments(of: "storage") }
    return offset..<offset + length
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let items = sequence(value), items.count <= Extent.mostAxes else { return nil }
    let values = items.compactMap(\.integer)
    return values.count == items.count ? values : nil
  }
}
