/// Instructions that build containers, and the memo by which parts are shared.
extension PickleMachine {
  mutating func store(_ items: [PickleValue]) -> Int {
    heap.append(items)
    return heap.count - 1
  }

  mutating func build(container opcode: PickleOpcode) throws(PickleProblem) -> Bool {
    switch opcode {
    case .emptyTuple: push(.tuple(store([])))
    case .tuple1: push(.tuple(store(try pop(1))))
    case .tuple2: push(.tuple(store(try pop(2))))
    case .tuple3: push(.tuple(store(try pop(3))))
    case .tuple: push(.tuple(store(try popToMark())))
    case .emptyList: push(.list(store([])))
    case .list: push(.list(store(try popToMark())))
    case .emptyDict: push(.dictionary(store([])))
    case .dict: push(.dictionary(store(try pairs(try popToMark()))))
    case .append: try extendList(by: try pop(1))
    case .appends: try extendList(by: try popToMark())
    case .setItem: try extendDictionary(by: try pop(2))
    case .setItems: try extendDictionary(by: try popToMark())
    default: return false
    }
    return true
  }

  private func pairs(_ items: [PickleValue]) throws(PickleProblem) -> [PickleValue] {
    guard items.count.isMultiple(of: 2) else { throw malformed }
    return items
  }

  private mutating func extendList(by items: [PickleValue]) throws(PickleProblem) {
    guard case .list(let place) = try top() else { throw malformed }
    heap[place] += items
  }

  private mutating func extendDictionary(by items: [PickleValue]) throws(PickleProblem) {
    guard case .dictionary(let place) = try top() else { throw malformed }
    heap[place] += try pairs(items)
  }

  mutating func remember(_ opcode: PickleOpcode) throws(PickleProblem) -> Bool {
    switch opcode {
    case .binPut: memo[try unsigned(bytes: 1)] = try top()
    case .longBinPut: memo[try unsigned(bytes: 4)] = try top()
    case .memoize: memo[memo.count] = try top()
    case .binGet: try recall(try unsigned(bytes: 1))
    case .longBinGet: try recall(try unsigned(bytes: 4))
    default: return false
    }
    return true
  }

  private mutating func recall(_ index: Int) throws(PickleProblem) {
    guard let value = memo[index] else { throw malformed }
    push(value)
  }
}
