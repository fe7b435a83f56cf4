import Foundation

/// All files below a folder, in no particular order; names that start with a dot are passed over.
///
/// Links are followed; a folder that is reached twice is an error, so that neither loops nor
/// webs of links can go on for ever.
struct FolderListing {
  /// Most files listed.
  static let fileLimit = 2_000_000

  /// Paths relative to the folder.
  private(set) var files: [String] = []
  /// What links that lead nowhere name, by the links' paths relative to the folder.
  private(set) var danglingLinks: [String: String] = [:]
  private let root: String
  private var visited: Set<[UInt64]> = []

  /// Lists `root`; throws `FileError` if a folder cannot be read, and `ImageError`.
  init(_ root: String) throws {
    self.root = root
    var pending = [""]
    while let folder = pending.popLast() {
      pending += try list(folder)
    }
  }

  /// Adds the files of one folder and gives the folders in it.
  private mutating func list(_ folder: String) throws -> [String] {
    let path = absolute(folder)
    let status = try Self.status(path)
    guard visited.insert([UInt64(status.st_dev), UInt64(status.st_ino)]).inserted else {
      throw ImageError.reachedTwice(folder: path)
    }
    var folders: [String] = []
    for name in try Self.names(in: path) where !name.hasPrefix(".") {
      let child = folder.isEmpty ? name : "\(folder)/\(name)"
      switch try kind(of: child) {
      case S_IFDIR: folders.append(child)
      case S_IFREG: files.append(child)
      default: continue
      }
    }
    guard files.count + danglingLinks.count <= Self.fileLimit else {
      throw ImageError.tooManyFiles(folder: root)
    }
    return folders
  }

  /// The type of what a path leads to; nil, and noted, for a link that leads nowhere.
  private mutating func kind(of child: String) throws(FileError) -> mode_t? {
    let path = absolute(child)
    do throws(FileError) {
      return try Self.status(path).st_mode & S_IFMT
    } catch {
      guard [ENOENT, ENOTDIR, ELOOP].contains(error.errno),
        let named = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
      else { throw error }
      danglingLinks[child] = named
      return nil
    }
  }

  private func absolute(_ relative: String) -> String {
    relative.isEmpty ? root : "\(root)/\(relative)"
  }

  private static func status(_ path: String) throws(FileError) -> stat {
    var status = stat()
    _ = try FileCalls.check(path, .inspect) { stat(path, &status) }
    return status
  }

  private static func names(in path: String) throws -> [String] {
    try FolderCalls.nameBytes(in: path).map { bytes in
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw ImageError.fileName(folder: path)
      }
      return name
    }
  }
}
