import Foundation

/// A file that is written piece by piece, with the promise of ``AtomicFile``: until `commit` the
/// old content stays, then the new one is there as a whole.
///
/// A stream that is let go without `commit`, as after an error, leaves nothing.
public final class AtomicFileStream {
  /// Small pieces are gathered up to so many bytes.
  private static let bufferSize = 1 << 18

  private let path: String
  private let temporary: String
  private let calls: FileCalls
  private var descriptor: Int32
  private var isRenamed = false
  private var buffer: [UInt8] = []

  /// Makes the temporary file beside the file to be written; throws `FileError` if it cannot.
  public convenience init(path: String) throws(FileError) {
    try self.init(path: path, calls: .system)
  }

  init(path: String, calls: FileCalls) throws(FileError) {
    (self.path, self.calls) = (path, calls)
    let temporary = AtomicFile.temporaryName(for: path)
    self.temporary = temporary
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    descriptor = try FileCalls.check(path, .create) { calls.open(temporary, flags) }
  }

  deinit {
    if descriptor >= 0 { _ = calls.close(descriptor) }
    if !isRenamed { unlink(temporary) }
  }

  /// Adds bytes at the end; throws `FileError`, after which the stream is of no use.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count > Self.bufferSize { try send(bytes) } else { buffer += bytes }
  }

  /// Adds text in UTF-8 at the end; throws `FileError`, after which the stream is of no use.
  public func write(_ text: String) throws(FileError) { try write(Array(text.utf8)) }

  /// Forces the file to the disk and gives it its name; to be called once, at the end.
  ///
  /// Throws `FileError`; only when the folder cannot be forced to the disk at the very end is the
  /// new content already in place.
  public func commit() throws(FileError) {
    try flush()
    _ = try FileCalls.check(path, .sync) { calls.sync(descriptor) }
    try close()
    _ = try FileCalls.check(path, .rename) { calls.rename(temporary, path) }
    isRenamed = true
    try AtomicFile.syncFolder(of: path, calls)
  }

  private func close() throws(FileError) {
    let open = descriptor
    descriptor = -1
    _ = try FileCalls.check(path, .close) { calls.close(open) }
  }

  private func flush() throws(FileError) {
    let bytes = buffer
    buffer = []
    try send(bytes)
  }

  private func send(_ bytes: [UInt8]) throws(FileError) {
    var written = 0
    while written < bytes.count {
      written += try FileCalls.check(path, .write) {
        bytes.withUnsafeBytes {
          calls.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...]))
        }
      }
    }
  }
}
