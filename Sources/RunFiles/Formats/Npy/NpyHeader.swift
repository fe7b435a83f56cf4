/// The header of an npy file, checked against the length of the file.
struct NpyHeader {
  /// Longest header read; numpy's own are some hundred bytes.
  static let limit = 1 << 16
  static let magic: [UInt8] = [0x93] + "NUMPY".utf8

  let type: NpyType
  let columnMajor: Bool
  let shape: [Int]
  let dataOffset: Int

  /// Reads the header of a file given as all its bytes.
  init(_ file: UnsafeRawBufferPointer) throws(NpyProblem) {
    let text = try Self.text(of: file)
    var fields = Fields()
    var scanner = TextScanner<NpyProblem>(UnsafeRawBufferPointer(rebasing: file[text]))
    try scanner.pythonDictionary { scanner, key throws(NpyProblem) in
      try fields.read(key, &scanner)
    }
    try scanner.end()
    guard let type = fields.type else { throw .missingKey("descr") }
    guard let columnMajor = fields.columnMajor else { throw .missingKey("fortran_order") }
    guard let shape = fields.shape else { throw .missingKey("shape") }
    (self.type, self.columnMajor, self.shape) = (type, columnMajor, shape)
    dataOffset = text.upperBound
    try checkSize(dataBytes: file.count - dataOffset)
  }

  private func checkSize(dataBytes: Int) throws(NpyProblem) {
    guard let expected = Extent.byteCount(shape, type.element) else {
      throw .tooLarge(shape: shape)
    }
    guard expected == dataBytes else {
      throw .size(shape: shape, type: type.element, expected: expected, found: dataBytes)
    }
  }

  /// Where the dictionary lies in the file.
  private static func text(of file: UnsafeRawBufferPointer) throws(NpyProblem) -> Range<Int> {
    guard file.count >= 10, file[..<6].elementsEqual(magic) else { throw .notNpy }
    let (major, minor) = (Int(file[6]), Int(file[7]))
    guard (1...3).contains(major), minor == 0 else { throw .version(major, minor) }
    let start = major == 1 ? 10 : 12
    guard file.count >= start else { throw .headerLength(0, fileBytes: file.count) }
    let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(file[$1]) }
    guard length <= limit, length <= file.count - start else {
      throw .headerLength(length, fileBytes: file.count)
    }
    return start..<start + length
  }

  private struct Fields {
    var type: NpyType?
    var columnMajor: Bool?
    var shape: [Int]?

    mutating func read(
      _ key: String, _ scanner: inout TextScanner<NpyProblem>
    ) throws(NpyProblem) {
      switch key {
      case "descr" where type == nil: type = try NpyType(&scanner)
      case "fortran_order" where columnMajor == nil: columnMajor = try scanner.pythonBoolean()
      case "shape" where shape == nil: shape = try scanner.pythonIntegers()
      default: throw .unexpectedKey(key)
      }
    }
  }
}

/// An element type with its byte order, as numpy writes it: `<f4`.
struct NpyType {
  let element: ElementType
  let bigEndian: Bool

  init(_ scanner: inout TextScanner<NpyProblem>) throws(NpyProblem) {
    if scanner.take("[") { throw .unknownType("record (a structured type)") }
    try self.init(scanner.pythonString())
  }

  init(_ name: String) throws(NpyProblem) {
    let names = ElementType.allCases.filter { $0 != .bf16 }
    guard let order = name.first, "<>|=".contains(order),
      let element = names.first(where: { $0.npyName.dropFirst() == name.dropFirst() }),
      order != "|" || element.byteCount == 1
    else { throw .unknownType("`\(name)`") }
    self.element = element
    bigEndian = order == ">"
  }
}

extension ElementType {
  /// numpy's name of the little-endian type; it has none for `bf16`.
  var npyName: String {
    switch self {
    case .bool: "|b1"
    case .u8: "|u1"
    case .i8: "|i1"
    case .bf16: ElementType.f32.npyName
    default: "<\(rawValue.prefix(1))\(byteCount)"
    }
  }
}
