/// A named array of little-endian numbers, the form in which statistics are stored and sent.
public struct StatisticsArray: Sendable, Equatable {
  /// The type of the numbers; raw values are names as in safetensors, in lower case.
  public enum Element: String, Sendable, CaseIterable {
    /// Unsigned, 8 bits.
    case u8
    /// Signed, 16 bits.
    case i16
    /// Signed, 32 bits.
    case i32
    /// Signed, 64 bits.
    case i64
    /// Unsigned, 64 bits.
    case u64
    /// IEEE single precision.
    case f32

    /// The size of one number.
    public var byteCount: Int {
      switch self {
      case .u8: 1
      case .i16: 2
      case .i32, .f32: 4
      case .i64, .u64: 8
      }
    }
  }

  /// What the array is, such as `sum`.
  public let name: String

  /// The type of the numbers.
  public let elementType: Element

  /// The sizes of the dimensions, row-major.
  public let shape: [Int]

  /// The numbers, little-endian.
  public let bytes: [UInt8]

  /// Puts an array together; whether the bytes fit the shape is checked where it is read.
  public init(name: String, elementType: Element, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }
}

// MARK: - Numbers to bytes and back

/// A number that a `StatisticsArray` can hold.
protocol StatisticsNumber: BitwiseCopyable {
  static var element: StatisticsArray.Element { get }
}

extension UInt8: StatisticsNumber {
  static let element = StatisticsArray.Element.u8
}
extension Int16: StatisticsNumber {
  static let element = StatisticsArray.Element.i16
}
extension Int32: StatisticsNumber {
  static let element = StatisticsArray.Element.i32
}
extension Int64: StatisticsNumber {
  static let element = StatisticsArray.Element.i64
}
extension UInt64: StatisticsNumber {
  static let element = StatisticsArray.Element.u64
}
extension Float: StatisticsNumber {
  static let element = StatisticsArray.Element.f32
}

#if !_endian(little)
  #error("statistics are stored as the memory of a little-endian processor")
#endif

extension StatisticsArray {
  init<Number: StatisticsNumber>(name: String, shape: [Int], numbers: [Number]) {
    let bytes = numbers.withUnsafeBytes { Array($0) }
    self.init(name: name, elementType: Number.element, shape: shape, bytes: bytes)
  }

  /// The numbers, if type, shape and byte count are as expected.
  ///
  /// `shape` is the reader's own and small enough not to overflow.
  func numbers<Number: StatisticsNumber>(
    _ type: Number.Type, shape expected: [Int]
  ) throws(StatisticsError) -> [Number] {
    let count = expected.reduce(1, *)
    guard elementType == Number.element, shape == expected,
      bytes.count == count * MemoryLayout<Number>.size
    else {
      throw .arrayLayout(
        name: name, expected: "\(Number.element) \(expected)",
        found: "\(elementType) \(shape) in \(bytes.count) bytes")
    }
    return Array(unsafeUninitializedCapacity: count) { numbers, initialized in
      UnsafeMutableRawBufferPointer(numbers).copyBytes(from: bytes)
      initialized = count
    }
  }
}
