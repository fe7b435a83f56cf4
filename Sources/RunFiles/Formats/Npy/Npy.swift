/// numpy's npy format, versions 1 to 3.
public enum Npy {
  /// The array of the file at `path`, mapped and not copied unless it is big-endian.
  ///
  /// An array in Fortran order keeps its shape and has strides. Throws `FileError` if the file
  /// cannot be mapped and `NpyError` for what is wrong in it: the data must be exactly as long as
  /// the header says. Pickled objects, records, text and complex numbers are refused.
  public static func read(path: String) throws -> StoredArray {
    try decode(.file(MappedFile(path: path)), name: path)
  }

  /// The array of a file given as its bytes; `name` is what errors call it. Throws `NpyError`.
  public static func decode(_ bytes: [UInt8], name: String) throws -> StoredArray {
    try decode(.memory(bytes), name: name)
  }

  /// The bytes of an npy file with this array in C order, exactly as numpy writes them.
  ///
  /// numpy has no `bf16`: such arrays are written as `f32`, which holds them exactly.
  public static func encode(_ array: StoredArray) -> [UInt8] {
    headerBytes(array) + dataBytes(array)
  }
}

extension Npy {
  private static func decode(_ source: ByteSource, name: String) throws(NpyError) -> StoredArray {
    try reading(name) { () throws(NpyProblem) in
      let header = try source.withUnsafeBytes { bytes throws(NpyProblem) in try NpyHeader(bytes) }
      let strides = header.columnMajor ? Extent.columnMajorStrides(header.shape) : nil
      let (source, offset) =
        header.type.bigEndian ? (swapped(source, header), 0) : (source, header.dataOffset)
      guard
        let array = StoredArray(
          header.type.element, shape: header.shape, strides: strides, source: source, offset: offset
        )
      else { throw .tooLarge(shape: header.shape) }
      return array
    }
  }

  private static func swapped(_ source: ByteSource, _ header: NpyHeader) -> ByteSource {
    let size = header.type.element.byteCount
    return source.withUnsafeBytes { bytes in
      let data = bytes[header.dataOffset...]
      return .memory(
        stride(from: data.startIndex, to: data.endIndex, by: size).flatMap {
          data[$0..<$0 + size].reversed()
        })
    }
  }

  /// numpy leaves room for the first axis to grow to 21 digits and ends the header at a multiple
  /// of 64 bytes.
  private static func headerBytes(_ array: StoredArray) -> [UInt8] {
    var text =
      "{'descr': '\(array.elementType.npyName)', 'fortran_order': False, "
      + "'shape': \(tuple(array.shape)), }"
    if let first = array.shape.first { text += spaces(21 - String(first).count) }
    let long = text.utf8.count + 1 + 10 + 64 > Int(UInt16.max)
    let start = long ? 12 : 10
    text += spaces(64 - (start + text.utf8.count + 1) % 64) + "\n"
    let length = withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { [UInt8]($0) }
    return NpyHeader.magic + [long ? 2 : 1, 0] + length.prefix(start - 8) + text.utf8
  }

  private static func tuple(_ shape: [Int]) -> String {
    shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private static func dataBytes(_ array: StoredArray) -> [UInt8] {
    guard array.elementType == .bf16 else { return array.rowMajorBytes() }
    return array.doubles().map(Float.init).withUnsafeBytes { [UInt8]($0) }
  }
}
