/// Where bytes live: in a mapped file or in memory.
///
/// Copies share the bytes.
enum ByteSource: Sendable {
  case file(MappedFile)
  case memory([UInt8])

  var count: Int {
    switch self {
    case .file(let file): file.bytes.count
    case .memory(let bytes): bytes.count
    }
  }

  /// Calls `body` with all bytes, which are valid only during the call.
  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch self {
    case .file(let file):
      return try file.withUnsafeBytes(body)
    case .memory(let bytes):
      let result = bytes.withUnsafeBytes { buffer in
        Swift.Result<Result, Failure> { () throws(Failure) in try body(buffer) }
      }
      return try result.get()
    }
  }
}
