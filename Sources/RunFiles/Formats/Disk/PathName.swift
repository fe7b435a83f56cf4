/// The parts of a path.
public enum PathName {
  /// The folder that holds what a path leads to: `.` for a bare name, `/` at the root; slashes at the end do not count.
  ///
  /// Foundation's `deletingLastPathComponent` crashes for names of one character (Swift 6.3 on Linux).
  public static func folder(of path: String) -> String {
    let slash = UInt8(ascii: "/")
    let entry = path.utf8.reversed().drop { $0 == slash }
    let above = entry.drop { $0 != slash }
    let folder = above.drop { $0 == slash }
    if folder.isEmpty { return above.isEmpty && !path.utf8.starts(with: [slash]) ? "." : "/" }
    return String(decoding: folder.reversed(), as: UTF8.self)
  }
}
