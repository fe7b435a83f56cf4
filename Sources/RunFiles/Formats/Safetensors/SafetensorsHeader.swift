/// The header of a safetensors file: what lies where, checked before anything is used.
struct SafetensorsHeader {
  /// Longest header read, as in the reference implementation: 100 MB.
  static let limit = 100_000_000
  /// Most tensors accepted; the largest published networks have some thousand.
  static let tensorLimit = 100_000

  struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let bytes: Range<Int>
  }

  private(set) var entries: [Entry] = []
  private(set) var metadata: [String: String] = [:]
  private(set) var dataOffset = 0

  /// Reads the header of a file given as all its bytes, with at most `tensorLimit` tensors.
  init(
    _ file: UnsafeRawBufferPointer, tensorLimit: Int = Self.tensorLimit
  ) throws(SafetensorsProblem) {
    let text = try Self.text(of: file)
    dataOffset = 8 + text.count
    var scanner = TextScanner<SafetensorsProblem>(text)
    var names: Set<String> = []
    try scanner.jsonObject { scanner, name throws(SafetensorsProblem) in
      guard names.insert(name).inserted else { throw .duplicate(name) }
      try read(name, &scanner)
      guard entries.count <= tensorLimit else { throw .tooManyTensors(limit: tensorLimit) }
    }
    try scanner.end()
    try checkCover(dataBytes: file.count - dataOffset)
  }

  private static func text(
    of file: UnsafeRawBufferPointer
  ) throws(SafetensorsProblem) -> UnsafeRawBufferPointer {
    guard file.count >= 10 else { throw .tooShort(bytes: file.count) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(limit), length <= UInt64(file.count - 8) else {
      throw .headerLength(length, fileBytes: file.count)
    }
    return UnsafeRawBufferPointer(rebasing: file[8..<8 + Int(length)])
  }

  private mutating func read(
    _ name: String, _ scanner: inout TextScanner<SafetensorsProblem>
  ) throws(SafetensorsProblem) {
    if name == "__metadata__" {
      metadata = try Self.metadata(&scanner)
    } else {
      entries.append(try Self.entry(name, &scanner))
    }
  }

  private static func metadata(
    _ scanner: inout TextScanner<SafetensorsProblem>
  ) throws(SafetensorsProblem) -> [String: String] {
    var words: [String: String] = [:]
    try scanner.jsonObject { scanner, key throws(SafetensorsProblem) in
      guard words[key] == nil else { throw .duplicate(key) }
      words[key] = try scanner.jsonString()
    }
    return words
  }
}

extension SafetensorsHeader {
  private struct Fields {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
  }

  private static func entry(
    _ name: String, _ scanner: inout TextScanner<SafetensorsProblem>
  ) throws(SafetensorsProblem) -> Entry {
    let fields = try fields(of: name, &scanner)
    guard let typeName = fields.type else { throw .missingField("dtype", tensor: name) }
    guard let shape = fields.shape else { throw .missingField("shape", tensor: name) }
    guard let offsets = fields.offsets else { throw .missingField("data_offsets", tensor: name) }
    guard let type = ElementType(safetensorsName: typeName) else {
      throw .unknownType(typeName, tensor: name)
    }
    guard offsets.count == 2 else {
      throw .syntax(offset: scanner.offset, expected: "two data_offsets")
    }
    guard offsets[0] <= offsets[1] else {
      throw .offsets(tensor: name, begin: offsets[0], end: offsets[1], dataBytes: 0)
    }
    let bytes = offsets[0]..<offsets[1]
    guard Extent.byteCount(shape, type) == bytes.count else {
      throw .size(tensor: name, shape: shape, type: type, bytes: bytes.count)
    }
    return Entry(name: name, type: type, shape: shape, bytes: bytes)
  }

  private static func fields(
    of name: String, _ scanner: inout TextScanner<SafetensorsProblem>
  ) throws(SafetensorsProblem) -> Fields {
    var fields = Fields()
    try scanner.jsonObject { scanner, field throws(SafetensorsProblem) in
      switch field {
      case "dtype":
        guard fields.type == nil else { throw .duplicate(field) }
        fields.type = try scanner.jsonString()
      case "shape":
        guard fields.shape == nil else { throw .duplicate(field) }
        fields.shape = try scanner.jsonIntegers()
      case "data_offsets":
        guard fields.offsets == nil else { throw .duplicate(field) }
        fields.offsets = try scanner.jsonIntegers()
      default: throw .unknownField(field, tensor: name)
      }
    }
    return fields
  }

  /// Checks that the tensors lie inside the data, side by side and without gaps.
  private func checkCover(dataBytes: Int) throws(SafetensorsProblem) {
    let ordered = entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var previous: Entry?
    for entry in ordered {
      let (begin, end) = (entry.bytes.lowerBound, entry.bytes.upperBound)
      guard end <= dataBytes else {
        throw .offsets(tensor: entry.name, begin: begin, end: end, dataBytes: dataBytes)
      }
      let covered = previous?.bytes.upperBound ?? 0
      guard begin >= covered else { throw .overlap(previous?.name ?? "", entry.name) }
      guard begin == covered else { throw .uncovered(bytes: covered..<begin) }
      previous = entry
    }
    let covered = previous?.bytes.upperBound ?? 0
    guard covered == dataBytes else { throw .uncovered(bytes: covered..<dataBytes) }
  }
}
