/// The safetensors format: an eight-byte length, a JSON header, and the elements of the tensors.
///
/// The header is checked completely before any tensor is handed out: its length, its syntax,
/// names that occur twice, and that the tensors cover the data without gap or overlap.
public enum Safetensors {
  /// The tensors of the file at `path`, mapped and not copied.
  ///
  /// Throws `FileError` if the file cannot be mapped, and `SafetensorsError` for what is wrong in
  /// it.
  public static func read(path: String) throws -> TensorFile {
    try decode(.file(MappedFile(path: path)), name: path)
  }

  /// The tensors of a file given as its bytes; `name` is what errors call it.
  ///
  /// Throws `SafetensorsError` for what is wrong in it.
  public static func decode(_ bytes: [UInt8], name: String) throws -> TensorFile {
    try decode(.memory(bytes), name: name)
  }

  private static func decode(_ source: ByteSource, name: String) throws(SafetensorsError)
    -> TensorFile
  {
    try reading(name) { () throws(SafetensorsProblem) in
      let header = try source.withUnsafeBytes { bytes throws(SafetensorsProblem) in
        try SafetensorsHeader(bytes)
      }
      var tensors: [(name: String, array: StoredArray)] = []
      for entry in header.entries {
        tensors.append((entry.name, try array(entry, header, source)))
      }
      return TensorFile(tensors, metadata: header.metadata)
    }
  }

  private static func array(
    _ entry: SafetensorsHeader.Entry, _ header: SafetensorsHeader, _ source: ByteSource
  ) throws(SafetensorsProblem) -> StoredArray {
    let offset = header.dataOffset + entry.bytes.lowerBound
    guard let array = StoredArray(entry.type, shape: entry.shape, source: source, offset: offset)
    else {
      throw .size(
        tensor: entry.name, shape: entry.shape, type: entry.type, bytes: entry.bytes.count)
    }
    return array
  }
}
