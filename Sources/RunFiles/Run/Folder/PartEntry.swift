/// A part file of a run folder.
public struct PartEntry: Hashable, Sendable {
  /// The file's name in `parts/`.
  public let name: String
  /// What the file holds.
  public let header: PartHeader

  /// Orders parts by their claim: more samples first, then by name.
  ///
  /// Every process sees the same order, so all of them accept the same parts.
  static func hasPriority(_ one: PartEntry, over other: PartEntry) -> Bool {
    let (mine, theirs) = (one.header.samples.count, other.header.samples.count)
    return mine == theirs ? one.name < other.name : mine > theirs
  }
}

/// A file in `parts/` that is no part of this run, or no part at all.
public struct IgnoredFile: Hashable, Sendable, CustomStringConvertible {
  /// The file's name in `parts/`.
  public let name: String
  /// Why it is ignored.
  public let reason: String

  /// `NAME: reason`.
  public var description: String { "\(name): \(reason)" }
}

/// The names of part files: `IMAGE-KEY.WRITER.NUMBER.safetensors`.
///
/// Names only keep files apart and help people; what a part holds is told by its header.
enum PartName {
  static let suffix = ".safetensors"

  static func make(_ image: ImageID, writer: String, number: Int) -> String {
    "\(prefix(of: image))\(writer).\(number)\(suffix)"
  }

  /// What the names of all parts of an image begin with.
  static func prefix(of image: ImageID) -> String {
    let digits = String(image.key, radix: 16)
    let key = String(repeating: "0", count: 16 - digits.count) + digits
    return "\(FileNames.safe(image.name, limit: 60))-\(key)."
  }
}
