/// An npy file that is not what it claims to be.
public typealias NpyError = FormatError<NpyProblem>

/// What can be wrong in an npy file.
public enum NpyProblem: SyntaxProblem {
  /// The file does not start as an npy file does.
  case notNpy
  /// The file is of a version of the format that is not known.
  case version(Int, Int)
  /// The header claims a length beyond the limit or beyond the end of the file.
  case headerLength(Int, fileBytes: Int)
  /// The header is not the Python dictionary expected, at this byte of it.
  case syntax(offset: Int, expected: String)
  /// The header has a key that is not known, or one twice.
  case unexpectedKey(String)
  /// The header lacks a key.
  case missingKey(String)
  /// The elements are of a type that is not supported.
  case unknownType(String)
  /// The shape has more elements than can be counted.
  case tooLarge(shape: [Int])
  /// The data are not as many bytes as shape and type ask for.
  case size(shape: [Int], type: ElementType, expected: Int, found: Int)

  public var description: String {
    switch self {
    case .notNpy: "not an npy file, whatever its name says"
    case .version(let major, let minor):
      "npy version \(major).\(minor) is not known; 1.0, 2.0 and 3.0 are"
    case .headerLength(let length, let file):
      "its header claims \(length) bytes, but the file has \(file) and the limit is "
        + "\(NpyHeader.limit); was the copy cut short?"
    case .syntax(let offset, let expected): "\(expected) expected at byte \(offset) of the header"
    case .unexpectedKey(let key): "key `\(key)` of the header is unknown or occurs twice"
    case .missingKey(let key): "the header has no `\(key)`"
    case .unknownType(let type):
      "elements of type \(type) are not supported; booleans, integers and 16- to 64-bit floats "
        + "are: convert with numpy's astype"
    case .tooLarge(let shape): "shape \(Extent.text(shape)) is too large"
    case .size(let shape, let type, let expected, let found):
      "\(Extent.text(shape)) of \(type.rawValue) needs \(expected) bytes, but \(found) follow the "
        + "header; "
        + (found < expected ? "was the copy cut short?" : "save it again with numpy.save")
    }
  }
}
