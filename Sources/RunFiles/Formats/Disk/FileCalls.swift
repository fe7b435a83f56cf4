import Foundation

/// The system calls behind every change of a file, each checked in one place.
///
/// Tests put failing calls here to see that no failure goes unnoticed.
struct FileCalls: Sendable {
  var open: @Sendable (String, Int32) -> Int32 = { Foundation.open($0, $1, 0o666) }
  var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int = {
    Foundation.write($0, $1.baseAddress, $1.count)
  }
  var sync: @Sendable (Int32) -> Int32 = { fsync($0) }
  var close: @Sendable (Int32) -> Int32 = { Foundation.close($0) }
  var rename: @Sendable (String, String) -> Int32 = { Foundation.rename($0, $1) }

  static let system = FileCalls()

  /// The result of `call`, repeated while a signal interrupts it; throws on any other −1.
  static func check<Result: SignedInteger>(
    _ path: String, _ operation: FileOperation, _ call: () -> Result
  ) throws(FileError) -> Result {
    while true {
      let result = call()
      if result != -1 { return result }
      let number = errno
      guard number == EINTR, operation != .close else {
        throw FileError(path: path, operation: operation, errno: number)
      }
    }
  }
}
