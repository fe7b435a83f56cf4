/// What the first chunk of a PNG file promises, checked before anything is decoded.
struct PNGHeader {
  /// Largest accepted width and height in pixels.
  static let largestSide = 16384
  /// Most values of one picture: as 32-bit floats they take 1 GiB.
  static let mostSamples = 1 << 28

  let width: Int
  let height: Int
  /// Bits of a sample in the file: 1, 2, 4, 8 or 16.
  let bitDepth: Int
  /// 1 for grey, 3 for colour and palettes; alpha is not counted.
  let channels: Int

  var sampleBytes: Int { bitDepth == 16 ? 2 : 1 }
  var decodedBytes: Int { width * height * channels * sampleBytes }

  /// Reads signature and IHDR of the file given as all its bytes.
  init(_ file: UnsafeRawBufferPointer) throws(PNGProblem) {
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    guard file.count >= 8, file[..<8].elementsEqual(signature) else { throw .notPNG }
    guard file.count >= 33, file[12..<16].elementsEqual("IHDR".utf8) else {
      throw .damaged("the header is missing")
    }
    width = Self.integer(file, at: 16)
    height = Self.integer(file, at: 20)
    bitDepth = Int(file[24])
    channels = file[25] & 2 == 0 ? 1 : 3
    try checkSize(fileBytes: file.count)
  }

  private static func integer(_ file: UnsafeRawBufferPointer, at offset: Int) -> Int {
    Int(UInt32(bigEndian: file.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  /// Deflate cannot expand more than 1032 times, so a short file cannot hold a large picture.
  private func checkSize(fileBytes: Int) throws(PNGProblem) {
    let sides = 1...Self.largestSide
    guard sides.contains(width), sides.contains(height),
      width * height * channels <= Self.mostSamples
    else { throw .dimensions(width: width, height: height, channels: channels) }
    guard width * height * bitDepth / 8 <= 1032 * fileBytes else {
      throw .tooFewBytes(fileBytes, width: width, height: height)
    }
  }
}
