import Foundation

/// What was asked of the file system.
public enum FileOperation: String, Sendable {
  case open, inspect, map, read, list, create, follow, write, sync, close, rename, remove
}

/// A refusal of the file system, such as a missing file or a full disk.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file or folder, as the caller named it.
  public let path: String
  /// What was asked.
  public let operation: FileOperation
  /// The system's error number.
  public let errno: Int32

  /// A refusal of `operation` on `path` with the system's error number.
  public init(path: String, operation: FileOperation, errno: Int32) {
    self.path = path
    self.operation = operation
    self.errno = errno
  }

  public var description: String {
    let reason = String(cString: strerror(errno))
    let message = "cannot \(operation.rawValue) \(path): \(reason)"
    return printable(message + (advice.map { "; \($0)" } ?? ""))
  }

  private var advice: String? {
    switch errno {
    case ENOENT where operation == .follow, ELOOP where operation == .follow:
      "it is a link that leads nowhere; remove it, or put back what it names"
    case ENOENT: operation == .create ? "make its folder first" : "check the spelling of the path"
    case EACCES, EPERM, EROFS: "check who owns it and its permissions"
    case ENOSPC, EDQUOT: "free some space or choose another place"
    case EISDIR: "a file is needed here, this is a folder"
    case ENOTDIR: "a folder is needed here, this is a file"
    case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
    default: nil
    }
  }
}
