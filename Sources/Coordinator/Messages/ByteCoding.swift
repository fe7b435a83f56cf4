/// Puts values one after the other into bytes, little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: Int) {
    withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ value: Double) { write(Int(bitPattern: UInt(value.bitPattern))) }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func write(_ values: [UInt8]) {
    write(values.count)
    bytes.reserveCapacity(bytes.count + values.count)
    bytes.append(contentsOf: values)
  }

  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func write<Value>(
    _ value: Value?, _ put: (inout ByteWriter, Value) -> Void
  ) {
    write(value != nil)
    if let value { put(&self, value) }
  }

  mutating func write<Value>(_ values: [Value], _ put: (inout ByteWriter, Value) -> Void) {
    write(values.count)
    for value in values { put(&self, value) }
  }
}

/// A message whose bytes are not what its kind demands.
struct MalformedMessage: Error, Hashable {}

/// Takes values back out of bytes; nothing is trusted, least of all counts.
struct ByteReader {
  private let bytes: [UInt8]
  private var start = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func int() throws(MalformedMessage) -> Int {
    let place = try take(8).lowerBound
    let word = bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: place, as: Int64.self)
    }
    return Int(Int64(littleEndian: word))
  }

  mutating func double() throws(MalformedMessage) -> Double {
    Double(bitPattern: UInt64(bitPattern: Int64(try int())))
  }

  mutating func bool() throws(MalformedMessage) -> Bool { bytes[try take(1).lowerBound] == 1 }

  mutating func array() throws(MalformedMessage) -> [UInt8] { Array(bytes[try taken()]) }

  mutating func string() throws(MalformedMessage) -> String {
    String(decoding: bytes[try taken()], as: UTF8.self)
  }

  mutating func optional<Value>(
    _ get: (inout ByteReader) throws(MalformedMessage) -> Value
  ) throws(MalformedMessage) -> Value? {
    try bool() ? try get(&self) : nil
  }

  mutating func list<Value>(
    _ get: (inout ByteReader) throws(MalformedMessage) -> Value
  ) throws(MalformedMessage) -> [Value] {
    let count = try int()
    // Every value takes a byte at least.
    guard (0...bytes.count - start).contains(count) else { throw MalformedMessage() }
    var values: [Value] = []
    for _ in 0..<count { values.append(try get(&self)) }
    return values
  }

  /// Nothing may be left over.
  func end() throws(MalformedMessage) {
    guard start == bytes.count else { throw MalformedMessage() }
  }

  /// Where the next bytes lie that come after their count.
  private mutating func taken() throws(MalformedMessage) -> Range<Int> {
    let count = try int()
    return try take(count)
  }

  private mutating func take(_ count: Int) throws(MalformedMessage) -> Range<Int> {
    guard (0...bytes.count - start).contains(count) else { throw MalformedMessage() }
    defer { start += count }
    return start..<start + count
  }
}
