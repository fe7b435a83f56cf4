/// Which image is meant, the same in every run and whatever other images there are.
public struct ImageID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  /// Most bytes of one component of a name, so that files named after it can carry suffixes.
  public static let componentLimit = 160

  /// Path inside its folder without extension, components separated by `/`; safe as a relative
  /// path: no component is empty, starts with a dot, or has control characters.
  public let name: String
  /// First eight bytes, little-endian, of the SHA-256 of the name: the image's part in the keys of
  /// all random numbers.
  public let key: UInt64

  /// The identity of the image with this name; throws `ImageError.name` if it is not safe.
  public init(name: String) throws(ImageError) {
    try Self.check(name)
    self.name = name
    let digest = SHA256.digest(of: Array(name.utf8))
    key = digest[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    try self.init(name: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the name; the key follows from it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  public var description: String { name }

  /// By key and name; the key tells almost all images apart.
  public static func == (a: ImageID, b: ImageID) -> Bool { a.key == b.key && a.name == b.name }

  /// The key alone: it is a hash already.
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }

  /// In the order of their names.
  public static func < (a: ImageID, b: ImageID) -> Bool { a.name < b.name }

  private static func check(_ name: String) throws(ImageError) {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for part in parts {
      if part.isEmpty { throw .name(name, reason: "has an empty part") }
      if part.first == UInt8(ascii: ".") {
        throw .name(name, reason: "has a part that starts with a dot")
      }
      if part.count > componentLimit {
        throw .name(name, reason: "has a part of more than \(componentLimit) bytes")
      }
      if part.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        throw .name(name, reason: "has control characters")
      }
    }
  }
}
