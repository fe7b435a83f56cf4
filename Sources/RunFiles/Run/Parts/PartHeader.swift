/// What identifies the work that a part file belongs to.
public struct PartSeal: Hashable, Sendable {
  /// Hash of everything that shapes a sample; parts with different hashes never meet.
  public let workHash: String
  /// Program and version that wrote the file.
  public let program: String

  /// The seal of a run.
  public init(workHash: String, program: String) {
    self.workHash = workHash
    self.program = program
  }
}

/// What a part file says about its content, read without touching the content.
public struct PartHeader: Hashable, Sendable {
  /// The work it belongs to.
  public let seal: PartSeal
  /// The image.
  public let image: ImageID
  /// The image's shape, [C, H, W].
  public let shape: [Int]
  /// SHA-256, in hex, of the file the samples were drawn for; nil where there is none.
  public let inputDigest: String?
  /// The finished samples, good and failed ones; not empty.
  public let samples: SampleRanges
  /// Number of failed samples among them.
  public let failedCount: Int
}

/// A part in the form it is sent and stored in: the bytes of its file.
public struct SealedPart: Sendable {
  /// What the bytes hold.
  public let header: PartHeader
  /// The content of the part file.
  public let bytes: [UInt8]
}

/// Why a file is not a usable part of this run.
public enum PartFileError: Error, Hashable, Sendable {
  /// It is not a whole safetensors file: torn, empty, or something else.
  case unreadable(String)
  /// It is a safetensors file, but not a part.
  case foreign
  /// It was written in a format this program does not know.
  case version(String)
  /// It belongs to other work.
  case otherWork(found: String, expected: String)
  /// A statement of the header is missing or impossible.
  case statement(String, String?)
  /// The header is not what was written.
  case headerDamaged
  /// The content is not what was written.
  case contentDamaged
  /// An array is missing or has another type or shape than it must have.
  case array(String)
  /// The content contradicts itself.
  case content(String)
}

extension PartFileError: CustomStringConvertible {
  /// The reason, fit to follow the file's name and a colon.
  public var description: String {
    switch self {
    case .unreadable(let text): "not a whole file: \(text)"
    case .foreign: "not a part file of this program"
    case .version(let version):
      "part format \(version) is not that of this program, \(PartFile.version)"
    case .otherWork(let found, let expected):
      "belongs to other work (hash \(found.prefix(12)), this run has \(expected.prefix(12)))"
    case .statement(let name, let value):
      "the header's \(name) is \(value.map { "'\($0.prefix(80))'" } ?? "missing")"
    case .headerDamaged: "damaged: the header does not match its checksum"
    case .contentDamaged: "damaged: the content does not match its checksum"
    case .array(let name): "the array \(name) is missing or has a wrong type or shape"
    case .content(let text): "the content contradicts itself: \(text)"
    }
  }
}
