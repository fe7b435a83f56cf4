import PNGShim

/// A picture read from a PNG file.
public struct PNGPicture: Sendable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 (grey) or 3 (RGB).
  public let channels: Int
  /// `channels × height × width` values in [0,1]: the stored sample over its largest value, with
  /// no gamma or colour correction.
  public let values: [Float]
  /// Bits of a sample in the file: 1, 2, 4, 8 or 16.
  public let bitDepth: Int
  /// Whether the file had an alpha channel or a transparent colour, which was left out.
  public let droppedAlpha: Bool
}

/// Reading and writing PNG files.
public enum PNGFile {
  /// The picture at `path`: grey, RGB or palette, with or without alpha, 1 to 16 bits.
  ///
  /// Throws `FileError` if the file cannot be read and `PNGError` if it is no PNG file, damaged,
  /// cut short, or larger than 16384 pixels a side or 2^28 values.
  public static func read(path: String) throws -> PNGPicture {
    try decode(.file(MappedFile(path: path)), name: path)
  }

  /// The picture in the bytes of a file; `name` is what errors call it. Throws `PNGError`.
  public static func decode(_ bytes: [UInt8], name: String) throws -> PNGPicture {
    try decode(.memory(bytes), name: name)
  }

  /// The bytes of an 8-bit PNG file; the same picture gives the same bytes.
  ///
  /// Throws `PNGError` if the picture is too large for the format.
  public static func encode(_ image: RasterImage) throws -> [UInt8] {
    try reading("picture") { () throws(PNGProblem) in try encoded(image) }
  }

  private static func decode(_ source: ByteSource, name: String) throws(PNGError) -> PNGPicture {
    try reading(name) { () throws(PNGProblem) in
      try source.withUnsafeBytes { bytes throws(PNGProblem) in try picture(bytes) }
    }
  }
}

extension PNGFile {
  private static func picture(_ file: UnsafeRawBufferPointer) throws(PNGProblem) -> PNGPicture {
    let header = try PNGHeader(file)
    var samples = [UInt8](repeating: 0, count: header.decodedBytes)
    var hadAlpha: Int32 = 0
    try checked { message in
      png_shim_decode(
        file.baseAddress, file.count, UInt32(header.width), UInt32(header.height), &samples,
        samples.count, &hadAlpha, message)
    }
    return PNGPicture(
      width: header.width, height: header.height, channels: header.channels,
      values: planes(samples, header), bitDepth: header.bitDepth, droppedAlpha: hadAlpha != 0)
  }

  private static func planes(_ samples: [UInt8], _ header: PNGHeader) -> [Float] {
    samples.withUnsafeBytes { bytes in
      header.sampleBytes == 2
        ? planes(bytes, UInt16.self, header) : planes(bytes, UInt8.self, header)
    }
  }

  private static func planes<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ type: Sample.Type, _ header: PNGHeader
  ) -> [Float] {
    let pixels = header.width * header.height
    let samples = bytes.bindMemory(to: type)
    return [Float](unsafeUninitializedCapacity: pixels * header.channels) { values, count in
      for channel in 0..<header.channels {
        for pixel in 0..<pixels {
          let sample = samples[pixel * header.channels + channel]
          values.initializeElement(
            at: channel * pixels + pixel, to: Float(sample) / Float(Sample.max))
        }
      }
      count = pixels * header.channels
    }
  }

  private static func encoded(_ image: RasterImage) throws(PNGProblem) -> [UInt8] {
    guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height)
    else {
      throw .dimensions(width: image.width, height: image.height, channels: image.channels)
    }
    var file: UnsafeMutablePointer<UInt8>?
    var count = 0
    try checked { message in
      png_shim_encode(width, height, Int32(image.channels), image.pixels, &file, &count, message)
    }
    defer { png_shim_release(file) }
    return Array(UnsafeBufferPointer(start: file, count: count))
  }

  private static func checked(
    _ call: (UnsafeMutablePointer<CChar>) -> Int32
  ) throws(PNGProblem) {
    var message = [CChar](repeating: 0, count: Int(PNG_SHIM_MESSAGE_BYTES))
    guard call(&message) == 0 else {
      let words = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw .damaged(String(decoding: words, as: UTF8.self))
    }
  }
}
