/// An array as it lies in a file or in memory: an element type, a shape and little-endian bytes.
///
/// Copies share the bytes. An array read from a mapped file keeps that file mapped and copies
/// nothing until its values are asked for.
public struct StoredArray: Sendable {
  /// The type of one element.
  public let elementType: ElementType
  /// Length of each axis; empty for a scalar.
  public let shape: [Int]
  /// Steps between neighbours of each axis in elements, never negative; nil means dense, row-major.
  public let strides: [Int]?
  private let source: ByteSource
  private let range: Range<Int>

  /// Number of elements: the product of the shape.
  public var count: Int { shape.reduce(1, *) }

  /// The mapped file that holds the array and the offset of its first byte; nil if in memory.
  public var mapped: (file: MappedFile, offset: Int)? {
    guard case .file(let file) = source else { return nil }
    return (file, range.lowerBound)
  }

  /// Whether the first byte lies at a multiple of the element size, so that typed pointers may be
  /// used; files in the older PyTorch form give no such promise.
  public var isAligned: Bool {
    withUnsafeBytes { bytes in
      Int(bitPattern: bytes.baseAddress) % elementType.byteCount == 0
    }
  }

  /// Calls `body` with the bytes from the first element to the last one the strides reach.
  ///
  /// For a dense array these are exactly its elements in row-major order. The pointer is valid
  /// only during the call and may be misaligned (`isAligned`).
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try source.withUnsafeBytes { bytes throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  /// A view of `source` from byte `offset`; nil if shape, strides and offset leave the source or
  /// reach the byte `limit`.
  init?(
    _ elementType: ElementType, shape: [Int], strides: [Int]? = nil, source: ByteSource,
    offset: Int, limit: Int = .max
  ) {
    let span = strides.map { Extent.span(shape, strides: $0) } ?? Extent.elementCount(shape)
    guard offset >= 0, Extent.elementCount(shape) != nil,
      let bytes = span.flatMap({ Extent.product($0, elementType.byteCount) }),
      let end = Extent.sum(offset, bytes), end <= min(limit, source.count)
    else { return nil }
    self.elementType = elementType
    self.shape = shape
    self.strides = strides.flatMap { Extent.isRowMajor(shape, strides: $0) ? nil : $0 }
    self.source = source
    self.range = offset..<end
  }
}

extension StoredArray {
  /// The part of the array at a position of its first axis, sharing its bytes; nil outside of it.
  func part(at position: Int) -> StoredArray? {
    guard let length = shape.first, (0..<length).contains(position) else { return nil }
    let inner = Array(shape.dropFirst())
    let step = strides?.first ?? inner.reduce(1, *)
    return StoredArray(
      elementType, shape: inner, strides: strides.map { Array($0.dropFirst()) }, source: source,
      offset: range.lowerBound + position * step * elementType.byteCount)
  }
}

extension StoredArray {
  /// An array over the little-endian bytes of its elements in row-major order.
  ///
  /// Throws `StoredArrayError.byteCount` if shape, type and number of bytes disagree.
  public init(elementType: ElementType, shape: [Int], bytes: [UInt8]) throws(StoredArrayError) {
    guard Extent.byteCount(shape, elementType) == bytes.count,
      let array = StoredArray(elementType, shape: shape, source: .memory(bytes), offset: 0)
    else { throw .byteCount(bytes.count, elementType, shape: shape) }
    self = array
  }

  /// An array of 32-bit floats in row-major order; the shape must hold exactly the values.
  public init(_ values: [Float], shape: [Int]) { self.init(values, .f32, shape) }

  /// An array of 64-bit floats in row-major order; the shape must hold exactly the values.
  public init(_ values: [Double], shape: [Int]) { self.init(values, .f64, shape) }

  /// An array of 64-bit integers in row-major order; the shape must hold exactly the values.
  public init(_ values: [Int64], shape: [Int]) { self.init(values, .i64, shape) }

  /// An array of bytes in row-major order; the shape must hold exactly the values.
  public init(_ values: [UInt8], shape: [Int]) { self.init(values, .u8, shape) }

  private init<Element: BitwiseCopyable>(_ values: [Element], _ type: ElementType, _ shape: [Int]) {
    let bytes = values.withUnsafeBytes { [UInt8]($0) }
    guard let array = try? StoredArray(elementType: type, shape: shape, bytes: bytes) else {
      preconditionFailure("shape \(Extent.text(shape)) cannot hold \(values.count) values")
    }
    self = array
  }
}

/// An array whose description or values cannot be used as asked.
public enum StoredArrayError: Error, Equatable, CustomStringConvertible {
  /// The bytes are not those of an array of this type and shape.
  case byteCount(Int, ElementType, shape: [Int])
  /// The value at this row-major index does not fit into the type asked for.
  case notRepresentable(index: Int, value: String, type: String)

  public var description: String {
    switch self {
    case .byteCount(let count, let type, let shape):
      "\(count) bytes cannot be an array of \(type.rawValue) with shape \(Extent.text(shape))"
    case .notRepresentable(let index, let value, let type):
      "value \(value) at index \(index) does not fit into \(type)"
    }
  }
}
