/// A reader of pickles that can build plain values and descriptions of tensors, and nothing else.
///
/// No Python function is ever run: the few known names are interpreted here, all others refused.
/// Work and memory grow with the length of the pickle only, and nothing recurses.
struct PickleMachine {
  /// Most instructions carried out; a network of a thousand tensors needs some ten thousand.
  static let stepLimit = 5_000_000

  /// Contents of the containers; dictionaries hold keys and values in turn.
  private(set) var heap: [[PickleValue]] = []
  /// The storages named so far, by key.
  private(set) var storages: [String: PickleStorage] = [:]
  private let reader: LittleEndianReader
  private(set) var offset: Int
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private let limit: Int
  private var current = (opcode: PickleOpcode.proto, offset: 0)

  /// A machine for the pickle that starts at `offset` of `bytes` and has at most `limit`
  /// instructions.
  init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0, limit: Int = Self.stepLimit) {
    reader = LittleEndianReader(bytes)
    self.offset = offset
    self.limit = limit
  }

  /// Reads one pickle up to its end, leaves `offset` behind it, and gives the value it builds.
  mutating func run() throws(PickleProblem) -> PickleValue {
    try readProtocol()
    for _ in 0..<limit {
      current.offset = offset
      let byte = try take(1)[0]
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw .foreignOpcode("0x" + String(byte, radix: 16))
      }
      current.opcode = opcode
      if opcode == .stop { return try pop() }
      try step(opcode)
    }
    throw .tooLong(limit: limit)
  }

  private mutating func readProtocol() throws(PickleProblem) {
    let start = try take(2)
    guard start[0] == PickleOpcode.proto.rawValue else { throw .protocolVersion(0) }
    guard (2...5).contains(start[1]) else { throw .protocolVersion(Int(start[1])) }
  }

  private mutating func step(_ opcode: PickleOpcode) throws(PickleProblem) {
    if try push(plain: opcode) { return }
    if try push(text: opcode) { return }
    if try build(container: opcode) { return }
    if try remember(opcode) { return }
    switch opcode {
    case .frame: _ = try take(8)
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popToMark()
    case .dup: push(try top())
    case .global: push(.global(try PickleGlobal(module: try line(), name: try line())))
    case .stackGlobal: try stackGlobal()
    case .binPersID: try nameStorage()
    case .reduce: try reduce()
    case .build: try dropState()
    default: throw .foreignOpcode(opcode.name)
    }
  }
}

// MARK: - Stack and bytes

extension PickleMachine {
  var malformed: PickleProblem {
    .malformed(opcode: current.opcode.name, offset: current.offset)
  }

  private mutating func take(_ count: Int) throws(PickleProblem) -> [UInt8] {
    guard let slice = reader.slice(offset, count) else { throw .cutShort }
    offset += count
    return Array(slice)
  }

  private mutating func unsigned(bytes: Int) throws(PickleProblem) -> Int {
    let value = try take(bytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let value = Int(exactly: value) else { throw .cutShort }
    return value
  }

  private mutating func line() throws(PickleProblem) -> String {
    let rest = reader.bytes[min(offset, reader.bytes.count)...]
    guard let end = rest.firstIndex(of: 0x0A) else { throw .cutShort }
    let text = try take(end - offset)
    offset += 1
    return try string(text)
  }

  private func string(_ bytes: [UInt8]) throws(PickleProblem) -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else { throw malformed }
    return string
  }

  private mutating func push(_ value: PickleValue) { stack.append(value) }

  private func top() throws(PickleProblem) -> PickleValue {
    guard stack.count > marks.last ?? 0 else { throw malformed }
    return stack[stack.count - 1]
  }

  private mutating func pop() throws(PickleProblem) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws(PickleProblem) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw malformed }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(PickleProblem) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed }
    return try pop(stack.count - mark)
  }
}

// MARK: - Plain values

extension PickleMachine {
  private mutating func push(plain opcode: PickleOpcode) throws(PickleProblem) -> Bool {
    switch opcode {
    case .none: push(.none)
    case .newTrue: push(.boolean(true))
    case .newFalse: push(.boolean(false))
    case .binInt: push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(bytes: 4)))))
    case .binInt1: push(.integer(try unsigned(bytes: 1)))
    case .binInt2: push(.integer(try unsigned(bytes: 2)))
    case .long1: push(Self.integer(try take(try unsigned(bytes: 1))))
    case .long4: push(Self.integer(try take(try unsigned(bytes: 4))))
    case .binFloat: push(.real(Self.real(try take(8))))
    default: return false
    }
    return true
  }

  private mutating func push(text opcode: PickleOpcode) throws(PickleProblem) -> Bool {
    switch opcode {
    case .shortBinUnicode: push(.string(try string(try take(try unsigned(bytes: 1)))))
    case .binUnicode: push(.string(try string(try take(try unsigned(bytes: 4)))))
    case .binUnicode8: push(.string(try string(try take(try unsigned(bytes: 8)))))
    case .shortBinBytes, .shortBinString: push(.bytes(try take(try unsigned(bytes: 1))))
    case .binBytes, .binString: push(.bytes(try take(try unsigned(bytes: 4))))
    case .binBytes8: push(.bytes(try take(try unsigned(bytes: 8))))
    default: return false
    }
    return true
  }

  private static func integer(_ bytes: [UInt8]) -> PickleValue {
    guard bytes.count <= 8 else { return .wide(bytes) }
    let negative = bytes.last.map { $0 >= 0x80 } ?? false
    let value = bytes.reversed().reduce(negative ? -1 : 0) { $0 << 8 | Int($1) }
    return .integer(value)
  }

  private static func real(_ bytes: [UInt8]) -> Double {
    Double(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}

// MARK: - Containers and memo

extension PickleMachine {
  private mutating func store(_ items: [PickleValue]) -> Int {
    heap.append(items)
    return heap.count - 1
  }

  private mutating func build(container opcode: PickleOpcode) throws(PickleProblem) -> Bool {
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

  private mutating func remember(_ opcode: PickleOpcode) throws(PickleProblem) -> Bool {
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

// MARK: - Names and calls

extension PickleMachine {
  private mutating func stackGlobal() throws(PickleProblem) {
    let words = try pop(2)
    guard let module = words[0].string, let name = words[1].string else { throw malformed }
    push(.global(try PickleGlobal(module: module, name: name)))
  }

  private mutating func reduce() throws(PickleProblem) {
    guard case .tuple(let place) = try pop(), case .global(let global) = try pop() else {
      throw malformed
    }
    push(try call(global, heap[place]))
  }

  /// The same key must always mean the same storage.
  private mutating func nameStorage() throws(PickleProblem) {
    let storage = try storage(named: try pop())
    let known = storages.updateValue(storage, forKey: storage.key) ?? storage
    guard known.type == storage.type, known.count == storage.count else {
      throw .arguments(of: "storage")
    }
    push(.storage(storage))
  }

  /// Attributes of an object, such as the `_metadata` of a state dictionary, are not kept.
  private mutating func dropState() throws(PickleProblem) {
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
