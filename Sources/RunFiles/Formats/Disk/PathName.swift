import Foundation

/// The parts of a path, whatever characters it has.
///
/// Foundation's (Swift 6.3 on Linux) crash for some: `deletingLastPathComponent` of one character, `pathExtension` of `//é`.
public enum PathName {
  private static let slash = UInt8(ascii: "/")

  /// The folder that holds what a path leads to: `.` for a bare name, `/` at the root; slashes at the end do not count.
  public static func folder(of path: String) -> String {
    let above = path.utf8.reversed().drop { $0 == slash }.drop { $0 != slash }
    let folder = above.drop { $0 == slash }
    if folder.isEmpty { return above.isEmpty && path.utf8.first != slash ? "." : "/" }
    return String(decoding: folder.reversed(), as: UTF8.self)
  }

  /// The last name in a path, without slashes; empty for the root.
  public static func name(of path: String) -> String {
    let name = path.utf8.reversed().drop { $0 == slash }.prefix { $0 != slash }
    return String(decoding: name.reversed(), as: UTF8.self)
  }

  /// What follows the last dot of the last name, such as `npy`; empty where there is no dot but in front.
  static func fileExtension(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
      return ""
    }
    return String(name[name.utf8.index(after: dot)...])
  }

  /// A path that does not end with a slash, without its extension and the dot.
  static func withoutExtension(_ path: String) -> String {
    let count = fileExtension(of: path).utf8.count
    return count == 0 ? path : String(decoding: path.utf8.dropLast(count + 1), as: UTF8.self)
  }

  /// The names that lead from a folder to what is in it, links resolved; nil where the path leads elsewhere.
  ///
  /// - Parameter path: its last parts need not exist.
  static func names(to path: String, from folder: String) -> ArraySlice<String>? {
    let (whole, base) = (resolved(path), resolved(folder))
    return whole.starts(with: base) ? whole[base.count...] : nil
  }

  /// The names from the root to what a path leads to, without links in what exists of it.
  private static func resolved(_ path: String) -> [String] {
    guard let real = realpath(path, nil) else {
      let above = PathName.folder(of: path)
      // Only where the current folder is gone.
      return above == path ? [] : resolved(above) + [name(of: path)]
    }
    defer { free(real) }
    return String(cString: real).split(separator: "/").map(String.init)
  }
}
