/// Instructions that put plain values on the stack; each tells whether the opcode was one of them.
extension PickleMachine {
  mutating func push(plain opcode: PickleOpcode) throws(PickleProblem) -> Bool {
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

  mutating func push(text opcode: PickleOpcode) throws(PickleProblem) -> Bool {
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
