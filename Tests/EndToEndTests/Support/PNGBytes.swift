/// PNG files of any kind, made by hand: what the program's own writer does not write.
enum PNGBytes {
  /// A file of `width` × `height` pixels whose rows hold `rows`, uncompressed.
  ///
  /// - Parameters:
  ///   - depth: bits a channel, 8 or 16.
  ///   - color: 0 grey, 2 RGB, 4 grey with alpha, 6 RGB with alpha.
  static func file(width: Int, height: Int, depth: UInt8, color: UInt8, rows: [[UInt8]]) -> [UInt8]
  {
    let header = big(UInt32(width)) + big(UInt32(height)) + [depth, color, 0, 0, 0]
    let lines = rows.flatMap { [0] + $0 }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("IDAT", stored(lines)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + content
    return big(UInt32(content.count)) + named + big(crc(named))
  }

  /// A zlib stream of stored blocks.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: bytes.count, by: 65535) {
      let block = bytes[start..<min(bytes.count, start + 65535)]
      let count = UInt16(block.count)
      let isLast: UInt8 = start + 65535 >= bytes.count ? 1 : 0
      stream += [isLast] + little(count) + little(~count) + block
    }
    return stream + big(adler(bytes))
  }

  private static func little(_ value: UInt16) -> [UInt8] {
    [UInt8(value & 0xFF), UInt8(value >> 8)]
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) }
  }

  private static func adler(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return b << 16 | a
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }
}
