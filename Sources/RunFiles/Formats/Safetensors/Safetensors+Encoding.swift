extension Safetensors {
  /// The bytes of a file with these tensors, in this order, and these words about them.
  ///
  /// The same arguments give the same bytes. Elements are stored by falling size, so that all are
  /// aligned. Names must differ and none may be `__metadata__`.
  public static func encode(
    _ tensors: [(String, StoredArray)], metadata: [String: String] = [:]
  ) -> [UInt8] {
    let names = Set(tensors.map(\.0))
    precondition(names.count == tensors.count, "tensor names must differ")
    precondition(!names.contains("__metadata__"), "`__metadata__` is no name for a tensor")
    let layout = offsets(of: tensors.map(\.1))
    var text = headerText(tensors, layout, metadata)
    text += String(repeating: " ", count: (8 - text.utf8.count % 8) % 8)
    var file = withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { [UInt8]($0) }
    file += text.utf8
    for index in storageOrder(tensors.map(\.1)) { file += tensors[index].1.rowMajorBytes() }
    return file
  }

  private static func storageOrder(_ arrays: [StoredArray]) -> [Int] {
    arrays.indices.sorted {
      (-arrays[$0].elementType.byteCount, $0) < (-arrays[$1].elementType.byteCount, $1)
    }
  }

  private static func offsets(of arrays: [StoredArray]) -> [Range<Int>] {
    var layout = arrays.map { _ in 0..<0 }
    var end = 0
    for index in storageOrder(arrays) {
      let begin = end
      end += arrays[index].count * arrays[index].elementType.byteCount
      layout[index] = begin..<end
    }
    return layout
  }

  private static func headerText(
    _ tensors: [(String, StoredArray)], _ layout: [Range<Int>], _ metadata: [String: String]
  ) -> String {
    var fields = zip(tensors, layout).map { field($0.0, $0.1, $1) }
    if !metadata.isEmpty { fields.insert(field(metadata), at: 0) }
    return "{\(fields.joined(separator: ","))}"
  }

  private static func field(_ name: String, _ array: StoredArray, _ bytes: Range<Int>) -> String {
    let shape = array.shape.map(String.init).joined(separator: ",")
    return
      "\(quoted(name)):{\"dtype\":\"\(array.elementType.safetensorsName)\",\"shape\":[\(shape)],"
      + "\"data_offsets\":[\(bytes.lowerBound),\(bytes.upperBound)]}"
  }

  private static func field(_ metadata: [String: String]) -> String {
    let words = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
    return "\"__metadata__\":{\(words.joined(separator: ","))}"
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\0"..<" ": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
