extension StoredArray {
  /// The values in row-major order as 32-bit floats, rounded to nearest; `bool` gives 0 and 1.
  ///
  /// Throws `StoredArrayError.notRepresentable` for a finite value beyond the range of `Float`.
  public func floats() throws -> [Float] {
    switch elementType {
    case .f32 where strides == nil: dense()
    case .f32: elements(Float.self) { $0 }
    case .f64: try narrowed()
    default: elements { Float($0) }
    }
  }

  /// The values in row-major order as 64-bit floats, rounded to nearest; `bool` gives 0 and 1.
  public func doubles() -> [Double] {
    elementType == .f64 ? elements(Double.self) { $0 } : elements { $0 }
  }

  /// The values in row-major order as 64-bit integers.
  ///
  /// Throws `StoredArrayError.notRepresentable` for fractions and for values beyond `Int64`.
  public func integers() throws -> [Int64] {
    switch elementType {
    case .i64: return elements(Int64.self) { $0 }
    case .u64: return try exactly(elements(UInt64.self) { $0 }) { Int64(exactly: $0) }
    default: return try exactly(doubles()) { Int64(exactly: $0) }
    }
  }

  /// The bytes of the elements in row-major order, copied.
  public func rowMajorBytes() -> [UInt8] {
    guard strides != nil else { return withUnsafeBytes { [UInt8]($0) } }
    switch elementType.byteCount {
    case 1: return elements(UInt8.self) { $0 }
    case 2: return Self.bytes(of: elements(UInt16.self) { $0 })
    case 4: return Self.bytes(of: elements(UInt32.self) { $0 })
    default: return Self.bytes(of: elements(UInt64.self) { $0 })
    }
  }

  private static func bytes<Element: BitwiseCopyable>(of values: [Element]) -> [UInt8] {
    values.withUnsafeBytes { [UInt8]($0) }
  }

  private func dense() -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, filled in
      withUnsafeBytes { UnsafeMutableRawBufferPointer(values).copyMemory(from: $0) }
      filled = count
    }
  }

  private func narrowed() throws(StoredArrayError) -> [Float] {
    try exactly(elements(Double.self) { $0 }) { value in
      let narrow = Float(value)
      return narrow.isInfinite && value.isFinite ? nil : narrow
    }
  }

  private func exactly<Value, Result>(
    _ values: [Value], _ convert: (Value) -> Result?
  ) throws(StoredArrayError) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let result = convert(value) else {
        throw .notRepresentable(index: index, value: "\(value)", type: "\(Result.self)")
      }
      results.append(result)
    }
    return results
  }
}

extension StoredArray {
  /// The values of any element type but `f64`, which all are exact in a `Double` except large
  /// 64-bit integers, in row-major order.
  private func elements<Result>(_ convert: (Double) -> Result) -> [Result] {
    switch elementType {
    case .bool: elements(UInt8.self) { convert($0 == 0 ? 0 : 1) }
    case .u8: elements(UInt8.self) { convert(Double($0)) }
    case .i8: elements(Int8.self) { convert(Double($0)) }
    case .u16: elements(UInt16.self) { convert(Double($0)) }
    case .i16: elements(Int16.self) { convert(Double($0)) }
    case .u32: elements(UInt32.self) { convert(Double($0)) }
    case .i32: elements(Int32.self) { convert(Double($0)) }
    case .u64: elements(UInt64.self) { convert(Double($0)) }
    case .i64: elements(Int64.self) { convert(Double($0)) }
    case .f16: elements(UInt16.self) { convert(Double(Float16(bitPattern: $0))) }
    case .bf16: elements(UInt16.self) { convert(Double(Float(bitPattern: UInt32($0) << 16))) }
    case .f32: elements(Float.self) { convert(Double($0)) }
    case .f64: elements(Double.self) { convert($0) }
    }
  }

  /// The elements read as `Element`, whatever their alignment, in row-major order.
  private func elements<Element: BitwiseCopyable, Result>(
    _ type: Element.Type, _ convert: (Element) -> Result
  ) -> [Result] {
    withUnsafeBytes { bytes in
      let size = MemoryLayout<Element>.size
      func load(_ index: Int) -> Result {
        convert(bytes.loadUnaligned(fromByteOffset: index * size, as: Element.self))
      }
      guard let strides else { return (0..<count).map(load) }
      return RowMajorWalk(shape: shape, strides: strides).map(load)
    }
  }
}

/// Positions of the elements of a strided view, in row-major order of its shape.
private struct RowMajorWalk: Sequence, IteratorProtocol {
  let shape: [Int]
  let strides: [Int]
  var index: [Int]
  var position = 0
  var remaining: Int
  var underestimatedCount: Int { remaining }

  init(shape: [Int], strides: [Int]) {
    self.shape = shape
    self.strides = strides
    index = shape.map { _ in 0 }
    remaining = shape.reduce(1, *)
  }

  mutating func next() -> Int? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    defer { if remaining > 0 { advance() } }
    return position
  }

  private mutating func advance() {
    for axis in shape.indices.reversed() {
      index[axis] += 1
      position += strides[axis]
      if index[axis] < shape[axis] { return }
      position -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
}
