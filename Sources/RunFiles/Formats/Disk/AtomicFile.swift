import Foundation
import Synchronization

/// Writing files so that a reader sees the old content or the whole new one, never a part.
///
/// The bytes go to a temporary name in the same folder, are forced to the disk, and the name is
/// changed; then the folder is forced to the disk. After a crash or a power cut the file is the
/// old or the new one.
public enum AtomicFile {
  private static let serial = Atomic<Int>(0)

  /// Replaces or creates the file at `path` with `bytes`.
  ///
  /// Throws `FileError` for every failure, a full disk and a failed close or sync among them; the
  /// temporary file is then removed and what was at `path` is left as it was. Only when the folder
  /// cannot be forced to the disk at the very end is the new content already in place.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(bytes, to: path, calls: .system)
  }

  /// Replaces or creates the file at `path` with `text` in UTF-8; see `write(_:to:)`.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path, calls: .system)
  }

  /// Deletes the file at `path`, if it is there; when this returns, it stays deleted after any
  /// crash.
  public static func remove(_ path: String) throws(FileError) {
    if unlink(path) != 0 {
      guard errno != ENOENT else { return }
      throw FileError(path: path, operation: .remove, errno: errno)
    }
    try syncFolder(of: path, .system)
  }

  /// Whether `name` is that of a temporary file, which a killed process may have left behind.
  ///
  /// Such a name ends with `.tmp.HOST.PROCESS.NUMBER`; a file of an image `a.tmp.b` is none.
  public static func isTemporary(_ name: String) -> Bool {
    // Most names are told apart by this alone, at no cost.
    guard name.withCString({ strstr($0, ".tmp.") != nil }) else { return false }
    let ending = name.split(separator: ".", omittingEmptySubsequences: false).suffix(2)
    return ending.count == 2 && ending.allSatisfy { UInt64($0) != nil }
  }

  static func write(_ bytes: [UInt8], to path: String, calls: FileCalls) throws(FileError) {
    let file = try AtomicFileStream(path: path, calls: calls)
    try file.write(bytes)
    try file.commit()
  }

  static func temporaryName(for path: String) -> String {
    let number = serial.add(1, ordering: .relaxed).newValue
    return "\(path).tmp.\(HostName.forTemporaryFiles).\(getpid()).\(number)"
  }

  /// Some network file systems cannot sync a folder and say EINVAL; there is nothing to add then.
  static func syncFolder(of path: String, _ calls: FileCalls) throws(FileError) {
    let folder = PathName.folder(of: path)
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    let descriptor = try FileCalls.check(folder, .open) { calls.open(folder, flags) }
    defer { _ = calls.close(descriptor) }
    do throws(FileError) {
      _ = try FileCalls.check(folder, .sync) { calls.sync(descriptor) }
    } catch {
      guard error.errno == EINVAL else { throw error }
    }
  }
}
