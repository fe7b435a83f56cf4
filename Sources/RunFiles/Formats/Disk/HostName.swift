import Foundation

/// The name of this machine.
public enum HostName {
  /// The name as the system tells it; `host` if it tells none.
  public static let current: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "host" }
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return text.isEmpty ? "host" : text
  }()

  /// The name fit for file names: at most 64 letters, digits, dots, dashes and underscores.
  public static let forFiles = FileNames.safe(current, limit: 64)

  /// The name as temporary files carry it.
  static let forTemporaryFiles = short(current)

  /// At most 24 characters, so that long file names stay within the system's 255; names that are longer end
  /// with a digest of the whole.
  static func short(_ name: String) -> String {
    guard name.utf8.count > 24 else { return FileNames.safe(name, limit: 24) }
    return FileNames.safe(name, limit: 15) + "-" + SHA256.hex(of: Array(name.utf8)).prefix(8)
  }
}

/// Text as a part of file names.
enum FileNames {
  /// At most `limit` characters, all but ASCII letters, digits, `.`, `-` and `_` replaced by `_`.
  static func safe(_ text: String, limit: Int) -> String {
    let kept = text.utf8.prefix(limit).map { byte in
      isSafe(byte) ? Character(UnicodeScalar(byte)) : "_"
    }
    return String(kept)
  }

  private static func isSafe(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
