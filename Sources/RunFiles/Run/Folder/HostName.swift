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
