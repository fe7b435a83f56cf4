import Foundation

/// A file mapped into memory for reading.
///
/// Processes of one machine that map the same file share one copy of it. The file must not be
/// shortened while it is mapped: reading beyond the new end kills the process (SIGBUS). Replacing
/// it by renaming another file over it, as `AtomicFile` does, is safe.
public final class MappedFile: Sendable {
  /// The path as given.
  public let path: String
  /// The content; empty for an empty file. Valid only while this object lives: keep it, or use
  /// `withUnsafeBytes`, since the compiler may release an object after its last mention.
  public nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps the regular file at `path`.
  ///
  /// Throws `FileError` if it cannot be opened or mapped, or is a folder, pipe or device.
  public init(path: String) throws(FileError) {
    let (descriptor, size) = try openRegularFile(path)
    defer { close(descriptor) }
    self.path = path
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard address != MAP_FAILED, let address else {
      throw FileError(path: path, operation: .map, errno: errno)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  /// Calls `body` with the content, which stays mapped during the call.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }
}

/// Opens a regular file for reading and tells its size in bytes.
///
/// Folders are refused with EISDIR, pipes and devices (which could block) with EINVAL.
func openRegularFile(_ path: String) throws(FileError) -> (descriptor: Int32, size: Int) {
  let descriptor = try FileCalls.check(path, .open) {
    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  }
  do throws(FileError) {
    return (descriptor, try sizeOfRegularFile(descriptor, path))
  } catch {
    close(descriptor)
    throw error
  }
}

private func sizeOfRegularFile(_ descriptor: Int32, _ path: String) throws(FileError) -> Int {
  var status = stat()
  _ = try FileCalls.check(path, .inspect) { fstat(descriptor, &status) }
  switch status.st_mode & S_IFMT {
  case S_IFREG: return Int(status.st_size)
  case S_IFDIR: throw FileError(path: path, operation: .read, errno: EISDIR)
  default: throw FileError(path: path, operation: .read, errno: EINVAL)
  }
}
