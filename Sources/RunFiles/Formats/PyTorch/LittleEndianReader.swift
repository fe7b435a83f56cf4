/// Little-endian integers at any place of some bytes; nil where they do not lie inside.
struct LittleEndianReader {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  func u16(_ offset: Int) -> Int? { integer(offset, UInt16.self) }
  func u32(_ offset: Int) -> Int? { integer(offset, UInt32.self) }
  /// Nil also for values of 2^63 and more, which no file reaches.
  func u64(_ offset: Int) -> Int? { integer(offset, UInt64.self) }

  /// The `count` bytes from `offset`.
  func slice(_ offset: Int, _ count: Int) -> Slice<UnsafeRawBufferPointer>? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
      return nil
    }
    return bytes[offset..<offset + count]
  }

  private func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int, _ type: Integer.Type
  ) -> Int? {
    guard slice(offset, MemoryLayout<Integer>.size) != nil else { return nil }
    return Int(
      exactly: Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type)))
  }
}
