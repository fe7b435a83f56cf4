/// A safetensors file that is not what it claims to be.
public typealias SafetensorsError = FormatError<SafetensorsProblem>

/// What can be wrong in a safetensors file.
public enum SafetensorsProblem: SyntaxProblem {
  /// The file is too short for the length of its header.
  case tooShort(bytes: Int)
  /// The header claims a length beyond the limit or beyond the end of the file.
  case headerLength(UInt64, fileBytes: Int)
  /// The header is not the JSON expected, at this byte of it.
  case syntax(offset: Int, expected: String)
  /// A name or a field occurs twice.
  case duplicate(String)
  /// A tensor has a field that the format does not know.
  case unknownField(String, tensor: String)
  /// A tensor lacks a field.
  case missingField(String, tensor: String)
  /// A tensor has an element type that is not supported.
  case unknownType(String, tensor: String)
  /// The header lists more tensors than are accepted.
  case tooManyTensors(limit: Int)
  /// The bytes of a tensor do not start and end inside the data.
  case offsets(tensor: String, begin: Int, end: Int, dataBytes: Int)
  /// The bytes of a tensor are not as many as its shape and type ask for.
  case size(tensor: String, shape: [Int], type: ElementType, bytes: Int)
  /// Two tensors share bytes.
  case overlap(String, String)
  /// Bytes of the data belong to no tensor.
  case uncovered(bytes: Range<Int>)

  public var description: String { "not a valid safetensors file: \(detail)" }

  private var detail: String {
    switch self {
    case .tooShort(let bytes):
      "it has \(bytes) bytes, at least 10 are needed; was the copy or download cut short?"
    case .headerLength(let length, let file):
      "its header claims \(length) bytes, but the file has \(file) and the limit is "
        + "\(SafetensorsHeader.limit); the file is cut short or of another format"
    case .syntax(let offset, let expected):
      "\(expected) expected at byte \(offset) of the header"
    case .duplicate(let name): "`\(name)` occurs twice in the header"
    case .unknownField(let field, let tensor):
      "tensor `\(tensor)` has the unknown field `\(field)`; known are dtype, shape, data_offsets"
    case .missingField(let field, let tensor): "tensor `\(tensor)` has no `\(field)`"
    case .unknownType(let type, let tensor):
      "tensor `\(tensor)` has type \(type); supported are "
        + ElementType.allCases.map(\.safetensorsName).joined(separator: ", ")
    case .tooManyTensors(let limit): "more than \(limit) tensors"
    default: dataDetail
    }
  }

  private var dataDetail: String {
    switch self {
    case .offsets(let tensor, let begin, let end, let data):
      "tensor `\(tensor)` claims bytes \(begin) to \(end), but there are \(data) bytes of data; "
        + "was the copy or download cut short?"
    case .size(let tensor, let shape, let type, let bytes):
      "tensor `\(tensor)` has \(bytes) bytes, which is not \(Extent.text(shape)) of "
        + type.safetensorsName
    case .overlap(let first, let second): "tensors `\(first)` and `\(second)` overlap"
    case .uncovered(let range):
      "bytes \(range.lowerBound) to \(range.upperBound) of the data belong to no tensor"
    default: ""
    }
  }
}

extension ElementType {
  /// The name of the type in a safetensors header.
  var safetensorsName: String { rawValue.uppercased() }

  private static let bySafetensorsName = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.safetensorsName, $0) })

  init?(safetensorsName: String) {
    guard let type = Self.bySafetensorsName[safetensorsName] else { return nil }
    self = type
  }
}
