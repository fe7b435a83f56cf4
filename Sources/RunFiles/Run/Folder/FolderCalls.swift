import Foundation

/// The file operations of a run folder that are not the writing of whole files.
public enum FolderCalls {
  /// Makes a folder and those above it; one that is there is fine. When this returns, those that were made
  /// survive any crash.
  public static func makeFolder(_ path: String) throws(FileError) {
    if isFolder(path) { return }
    let parent = PathName.folder(of: path)
    if parent != path { try makeFolder(parent) }
    do throws(FileError) {
      _ = try FileCalls.check(path, .create) { mkdir(path, 0o777) }
    } catch {
      // Another process may have made it meanwhile.
      guard error.errno == EEXIST, isFolder(path) else { throw brokenLink(path) ?? error }
      return
    }
    do throws(FileError) {
      try AtomicFile.syncFolder(of: path, .system)
    } catch {
      // A folder one may write into but not read cannot be synced.
      guard error.errno == EACCES else { throw error }
    }
  }

  /// What is wrong with a link that leads nowhere or in a circle; nil for anything else.
  private static func brokenLink(_ path: String) -> FileError? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      stat(path, &status) != 0
    else { return nil }
    return FileError(path: path, operation: .follow, errno: errno)
  }

  /// The names in a folder, unordered, without `.` and `..`; bytes that are not UTF-8 are replaced.
  static func names(in path: String) throws(FileError) -> [String] {
    try nameBytes(in: path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The names in a folder as the system has them, unordered, without `.` and `..`.
  static func nameBytes(in path: String) throws(FileError) -> [[UInt8]] {
    guard let folder = opendir(path) else {
      throw FileError(path: path, operation: .list, errno: errno)
    }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(folder) else { break }
      names.append(withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
    }
    guard errno == 0 else { throw FileError(path: path, operation: .list, errno: errno) }
    let (folderItself, parent) = (Array(".".utf8), Array("..".utf8))
    return names.filter { $0 != folderItself && $0 != parent }
  }

  /// The text of a file, bytes that are not UTF-8 replaced; nil if there is no such file.
  static func text(of path: String) throws(FileError) -> String? {
    do throws(FileError) {
      return try MappedFile(path: path).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    } catch {
      guard error.errno == ENOENT else { throw error }
      return nil
    }
  }

  /// Writes a file that must not exist yet, as a whole or not at all.
  ///
  /// - Returns: false if the file exists already.
  static func create(_ text: String, at path: String) throws(FileError) -> Bool {
    let draft = "\(path).new.\(getpid()).\(UInt32.random(in: 0 ... .max))"
    try AtomicFile.write(text, to: draft)
    defer { unlink(draft) }
    if link(draft, path) == 0 { return true }
    if errno == EEXIST { return false }
    // A file system without links: two first runs of different work at once are not told apart
    // here.
    try AtomicFile.write(text, to: path)
    return true
  }

  /// Deletes a file that is not needed any more; one that stays does no harm.
  static func discard(_ path: String) { unlink(path) }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension FileError {
  /// Whether the file is not there.
  public var isMissingFile: Bool { errno == ENOENT }
}
