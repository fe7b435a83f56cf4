/// A maker of PNG files that shares no code with libpng: any depth and kind, uncompressed.
struct PNGMaker {
  enum Kind: UInt8 {
    case grey = 0
    case colour = 2
    case palette = 3
    case greyAlpha = 4
    case colourAlpha = 6
  }

  var width: UInt32
  var height: UInt32
  var depth: UInt8
  var kind: Kind
  var interlaced: Bool
  /// The packed bytes of each row, or of each row of each pass of an interlaced picture.
  var rows: [[UInt8]]
  /// Chunks between header and data.
  var extra: [(String, [UInt8])]

  init(
    width: UInt32, height: UInt32, depth: UInt8, kind: Kind, interlaced: Bool = false,
    rows: [[UInt8]], extra: [(String, [UInt8])] = []
  ) {
    (self.width, self.height, self.depth, self.kind) = (width, height, depth, kind)
    (self.interlaced, self.rows, self.extra) = (interlaced, rows, extra)
  }

  var bytes: [UInt8] {
    let header = big(width) + big(height) + [depth, kind.rawValue, 0, 0, interlaced ? 1 : 0]
    let chunks =
      [("IHDR", header)] + extra + [("IDAT", zlib(rows.flatMap { [0] + $0 })), ("IEND", [])]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunks.flatMap { Self.chunk($0, $1) }
  }

  static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return big(UInt32(content.count)) + body + big(crc(body))
  }

  /// The data as one stored block of a zlib stream.
  private func zlib(_ data: [UInt8]) -> [UInt8] {
    let count = UInt16(data.count)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in data {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return [0x78, 0x01, 0x01] + little(count) + little(~count) + data + big(b << 16 | a)
  }

  static func crc(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
  }

  /// The file with every chunk's checksum set right, as far as its chunks can be followed.
  static func withChecksums(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var offset = 8
    while offset + 12 <= file.count {
      let length = file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= file.count - offset - 12 else { break }
      let end = offset + 8 + length
      file.replaceSubrange(end..<end + 4, with: big(crc(file[offset + 4..<end])))
      offset = end + 4
    }
    return file
  }
}
