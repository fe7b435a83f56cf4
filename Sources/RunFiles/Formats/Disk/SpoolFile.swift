import Foundation

/// Bytes put aside on the disk and read back from the beginning, so that they need no memory.
///
/// The file has no name from the start, so nothing of it outlives the process.
public final class SpoolFile {
  private let path: String
  private let descriptor: Int32

  /// Puts the bytes on the disk of the file at `path`; throws `FileError`.
  public init(beside path: String) throws(FileError) {
    self.path = path
    let temporary = AtomicFile.temporaryName(for: path)
    let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC
    descriptor = try FileCalls.check(path, .create) { open(temporary, flags, 0o600) }
    unlink(temporary)
  }

  deinit { close(descriptor) }

  /// Adds text in UTF-8 at the end; throws `FileError`, such as for a full disk.
  public func append(_ text: String) throws(FileError) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      written += try FileCalls.check(path, .write) {
        bytes.withUnsafeBytes {
          write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written)
        }
      }
    }
  }

  /// Adds everything that was put aside to a file; throws `FileError`.
  public func copy(to stream: AtomicFileStream) throws(FileError) {
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var offset = 0
    while true {
      let count = try FileCalls.check(path, .read) {
        pread(descriptor, &piece, piece.count, off_t(offset))
      }
      guard count > 0 else { return }
      try stream.write(Array(piece.prefix(count)))
      offset += count
    }
  }
}
