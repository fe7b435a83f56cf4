/// What a pickle can build here: plain values, containers, and descriptions of tensors.
///
/// Containers live in the machine's heap and are named by their place in it. So a value never owns
/// another: shared parts stay shared, cycles do no harm, and releasing a deep nest cannot exhaust
/// the stack.
enum PickleValue {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer beyond 64 bits: its bytes in two's complement, little-endian.
  case wide([UInt8])
  case real(Double)
  case string(String)
  case bytes([UInt8])
  case tuple(Int)
  case list(Int)
  /// Keys and values in turn.
  case dictionary(Int)
  case global(PickleGlobal)
  indirect case storage(PickleStorage)
  indirect case tensor(PickleTensor)

  /// The value as a word, for the plain ones.
  var word: String? {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .string(let value): value
    default: nil
    }
  }

  /// What the value is, for messages.
  var kind: String {
    switch self {
    case .none: "nothing"
    case .boolean, .integer, .wide, .real: "a number"
    case .string, .bytes: "text"
    case .tuple, .list: "a list"
    case .dictionary: "a dictionary"
    case .global: "a type"
    case .storage: "a storage"
    case .tensor: "a single tensor"
    }
  }

  var integer: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// Text of a name, up to 1000 bytes; Python 2 wrote it as bytes.
  var string: String? {
    switch self {
    case .string(let value) where value.utf8.count <= 1000: value
    case .bytes(let value) where value.count <= 1000: String(validating: value, as: UTF8.self)
    default: nil
    }
  }
}

/// Elements that lie in the file under a key, as a pickle names them.
struct PickleStorage: Equatable {
  /// Its name in the file.
  let key: String
  /// The type of its elements; nil for plain bytes.
  let type: ElementType?
  /// Number of elements of the whole storage.
  let count: Int
  /// Elements of the storage that this name covers; older files have names for parts.
  let window: Range<Int>

  /// Bytes of one element; plain bytes count as one.
  var elementBytes: Int { type?.byteCount ?? 1 }

  /// Bytes of the whole storage, or nil if that does not fit.
  var byteCount: Int? { Extent.product(count, elementBytes) }
}

/// A tensor as a pickle describes it: a view of a storage. Nothing is checked against the file yet.
struct PickleTensor: Equatable {
  let storage: PickleStorage
  let type: ElementType
  /// First element, counted in elements of `type` from the start of the storage's window.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}
