/// A reader of pickles that can build plain values and descriptions of tensors, and nothing else.
///
/// No Python function is ever run: the few known names are interpreted here, all others refused.
/// Work and memory are bounded by the number of instructions, whatever they share by the memo, and
/// nothing recurses.
struct PickleMachine {
  /// Most instructions carried out; a network of a thousand tensors needs some fifty thousand.
  static let stepLimit = 5_000_000

  /// Contents of the containers; dictionaries hold keys and values in turn.
  var heap: [[PickleValue]] = []
  /// The storages named so far, by key.
  var storages: [String: PickleStorage] = [:]
  let reader: LittleEndianReader
  var offset: Int
  var stack: [PickleValue] = []
  var marks: [Int] = []
  var memo: [Int: PickleValue] = [:]
  private let limit: Int
  private var steps = 0
  var current = (opcode: PickleOpcode.proto, offset: 0)

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
    while true {
      try charge(1)
      current.offset = offset
      let byte = try take(1)[0]
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw .foreignOpcode("0x" + String(byte, radix: 16))
      }
      current.opcode = opcode
      if opcode == .stop { return try pop() }
      try step(opcode)
    }
  }

  /// Counts work against the limit: an instruction, or an item that a call copies.
  mutating func charge(_ work: Int) throws(PickleProblem) {
    guard work <= limit - steps else { throw .tooLong(limit: limit) }
    steps += work
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

  mutating func take(_ count: Int) throws(PickleProblem) -> [UInt8] {
    guard let slice = reader.slice(offset, count) else { throw .cutShort }
    offset += count
    return Array(slice)
  }

  mutating func unsigned(bytes: Int) throws(PickleProblem) -> Int {
    let value = try take(bytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let value = Int(exactly: value) else { throw .cutShort }
    return value
  }

  mutating func line() throws(PickleProblem) -> String {
    let rest = reader.bytes[min(offset, reader.bytes.count)...]
    guard let end = rest.firstIndex(of: 0x0A) else { throw .cutShort }
    let text = try take(end - offset)
    offset += 1
    return try string(text)
  }

  func string(_ bytes: [UInt8]) throws(PickleProblem) -> String {
    guard let string = String(validating: bytes, as: UTF8.self) else { throw malformed }
    return string
  }

  mutating func push(_ value: PickleValue) { stack.append(value) }

  func top() throws(PickleProblem) -> PickleValue {
    guard stack.count > marks.last ?? 0 else { throw malformed }
    return stack[stack.count - 1]
  }

  mutating func pop() throws(PickleProblem) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  mutating func pop(_ count: Int) throws(PickleProblem) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw malformed }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func popToMark() throws(PickleProblem) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed }
    return try pop(stack.count - mark)
  }
}
