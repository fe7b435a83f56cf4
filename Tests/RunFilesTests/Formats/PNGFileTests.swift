import Foundation
import Testing

@testable import RunFiles

@Suite struct PNGFileTests {
  @Test(arguments: [1, 3]) func eightBitPicturesComeBackExactly(channels: Int) throws {
    let pixels = (0..<7 * 5 * channels).map { UInt8($0 * 37 % 256) }
    let image = RasterImage(width: 7, height: 5, channels: channels, pixels: pixels)
    let bytes = try PNGFile.encode(image)
    #expect(try PNGFile.encode(image) == bytes)
    let picture = try PNGFile.decode(bytes, name: "memory")
    #expect((picture.width, picture.height, picture.channels) == (7, 5, channels))
    for channel in 0..<channels {
      for pixel in 0..<35 {
        let want = Float(pixels[pixel * channels + channel]) / 255
        #expect(picture.values[channel * 35 + pixel] == want)
      }
    }
  }

  private func decode(_ maker: PNGMaker) throws -> PNGPicture {
    try PNGFile.decode(maker.bytes, name: "x.png")
  }

  @Test func sixteenBitSamplesAreExact() throws {
    let samples: [UInt16] = [0, 1, 255, 256, 32767, 65534, 65535]
    let row = samples.flatMap { big($0) }
    let picture = try decode(
      PNGMaker(width: 7, height: 1, depth: 16, kind: .grey, rows: [row]))
    #expect(picture.values == samples.map { Float($0) / 65535 })
    #expect(picture.bitDepth == 16)
    let colour = try decode(
      PNGMaker(width: 2, height: 1, depth: 16, kind: .colour, rows: [Array(row.prefix(12))]))
    #expect(colour.values == [0, 256, 1, 32767, 255, 65534].map { Float($0) / 65535 })
  }

  @Test(arguments: [8, 16]) func gammaAndColourChunksChangeNothing(depth: UInt8) throws {
    let row: [UInt8] = depth == 8 ? [0, 100, 255] : [0, 0, 100, 100, 255, 255]
    let plain = PNGMaker(width: 3, height: 1, depth: depth, kind: .grey, rows: [row])
    var marked = plain
    for extra in [("gAMA", big(UInt32(100_000))), ("gAMA", big(UInt32(22_000))), ("sRGB", [0])] {
      marked.extra = [extra]
      #expect(try decode(marked).values == decode(plain).values)
    }
  }

  @Test(
    arguments: [(1, [0b1010_0000]), (2, [0b1100_0110]), (4, [0xF0, 0x5A])] as [(UInt8, [UInt8])])
  func fewBitsAreWidened(depth: UInt8, row: [UInt8]) throws {
    let picture = try decode(PNGMaker(width: 4, height: 1, depth: depth, kind: .grey, rows: [row]))
    let want: [UInt8: [Float]] = [
      1: [1, 0, 1, 0], 2: [1, 0, 1.0 / 3, 2.0 / 3], 4: [1, 0, 1.0 / 3, 2.0 / 3],
    ]
    #expect(picture.values == want[depth])
    #expect(picture.bitDepth == Int(depth))
  }

  @Test func palettesAreLookedUp() throws {
    let palette: [UInt8] = [255, 0, 0, 0, 51, 102]
    let maker = PNGMaker(
      width: 2, height: 1, depth: 8, kind: .palette, rows: [[1, 0]], extra: [("PLTE", palette)])
    let picture = try decode(maker)
    #expect(picture.channels == 3)
    #expect(picture.values == [0, 1, 0.2, 0, 0.4, 0])
    #expect(!picture.droppedAlpha)
  }

  /// Bits after a row's last pixel mean nothing.
  @Test(
    arguments: [(1, [0b1010_1111]), (2, [0b0100_0100]), (4, [0x10, 0x10])] as [(UInt8, [UInt8])])
  func packedIndicesAreLookedUp(depth: UInt8, row: [UInt8]) throws {
    let maker = PNGMaker(
      width: 4, height: 2, depth: depth, kind: .palette, rows: [row, row],
      extra: [("PLTE", [0, 51, 102, 255, 0, 0])])
    let planes: [[Float]] = [[1, 0, 1, 0], [0, 0.2, 0, 0.2], [0, 0.4, 0, 0.4]]
    #expect(try decode(maker).values == planes.flatMap { $0 + $0 })
  }

  @Test func alphaIsLeftOutAndToldOf() throws {
    let grey = PNGMaker(width: 2, height: 1, depth: 8, kind: .greyAlpha, rows: [[51, 0, 255, 9]])
    let colour = PNGMaker(
      width: 1, height: 1, depth: 8, kind: .colourAlpha, rows: [[0, 51, 255, 0]])
    #expect(try decode(grey).values == [0.2, 1])
    #expect(try decode(colour).values == [0, 0.2, 1])
    #expect(try decode(grey).droppedAlpha)
    #expect(try decode(colour).droppedAlpha)
  }

  @Test func transparentColoursCountAsAlpha() throws {
    let grey = PNGMaker(
      width: 2, height: 1, depth: 8, kind: .grey, rows: [[51, 255]], extra: [("tRNS", [0, 51])])
    #expect(try decode(grey).values == [0.2, 1])
    #expect(try decode(grey).droppedAlpha)
    let palette = PNGMaker(
      width: 1, height: 1, depth: 8, kind: .palette, rows: [[0]],
      extra: [("PLTE", [51, 102, 255]), ("tRNS", [0])])
    #expect(try decode(palette).values == [0.2, 0.4, 1])
    #expect(try decode(palette).droppedAlpha)
  }

  @Test(arguments: [PNGMaker.Kind.grey, .palette])
  func interlacedRowsAreSorted(kind: PNGMaker.Kind) throws {
    let value = { (x: Int, y: Int) in UInt8(y * 8 + x) }
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    let rows = passes.flatMap { (x0, y0, dx, dy) in
      stride(from: y0, to: 8, by: dy).map { y in
        stride(from: x0, to: 8, by: dx).map { value($0, y) }
      }
    }
    var maker = PNGMaker(width: 8, height: 8, depth: 8, kind: kind, interlaced: true, rows: rows)
    if kind == .palette { maker.extra = [("PLTE", (0..<64).flatMap { [$0, $0, $0] })] }
    let grey = (0..<64).map { Float($0) / 255 }
    #expect(try decode(maker).values == (kind == .grey ? grey : grey + grey + grey))
  }
}

@Suite struct PNGHostileTests {
  private let file = PNGMaker(
    width: 4, height: 4, depth: 8, kind: .grey, rows: [[UInt8]](repeating: [1, 2, 3, 4], count: 4))

  private func found(_ bytes: [UInt8]) -> PNGProblem? {
    problem(PNGProblem.self) { try PNGFile.decode(bytes, name: "x.png") }
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = file.bytes
    #expect(try PNGFile.decode(bytes, name: "x.png").values.count == 16)
    for count in 0..<bytes.count {
      let found = found(Array(bytes.prefix(count)))
      #expect(count < 8 ? found == .notPNG : found != nil && found != .notPNG)
    }
    #expect(found(Array(bytes.prefix(70))) == .damaged("the file ends too early"))
  }

  @Test func everyDamagedByteIsAnError() {
    let bytes = file.bytes
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      #expect(found(damaged) != nil, "byte \(index)")
    }
  }

  @Test func bombsAreRefusedBeforeAnythingIsDecoded() {
    func promise(_ width: UInt32, _ height: UInt32, _ kind: PNGMaker.Kind) -> [UInt8] {
      var bomb = file
      (bomb.width, bomb.height, bomb.kind) = (width, height, kind)
      return bomb.bytes
    }
    #expect(found(promise(16385, 1, .grey)) == .dimensions(width: 16385, height: 1, channels: 1))
    #expect(
      found(promise(.max, .max, .colour))
        == .dimensions(width: 4_294_967_295, height: 4_294_967_295, channels: 3))
    #expect(
      found(promise(16384, 16384, .colour)) == .dimensions(width: 16384, height: 16384, channels: 3)
    )
    #expect(found(promise(0, 4, .grey)) == .dimensions(width: 0, height: 4, channels: 1))
    let large = promise(16384, 16384, .grey)
    #expect(found(large) == .tooFewBytes(large.count, width: 16384, height: 16384))
    #expect(found(promise(4, 5, .grey)) == .damaged("Not enough image data"))
  }

  @Test func impossibleHeadersAreRefused() {
    for (depth, kind) in [(3, .grey), (4, .colour), (16, .palette), (0, .grey)]
      as [(UInt8, PNGMaker.Kind)]
    {
      var wrong = file
      (wrong.depth, wrong.kind) = (depth, kind)
      guard case .damaged? = found(wrong.bytes) else {
        Issue.record("\(depth) bits of kind \(kind) were read")
        continue
      }
    }
    var withoutPalette = file
    withoutPalette.kind = .palette
    #expect(found(withoutPalette.bytes) == .damaged("IDAT: Missing PLTE before IDAT"))
  }

  /// libpng takes them for black.
  @Test(
    arguments: [(1, 1, [0b0100_0000]), (2, 2, [0b0010_0000]), (4, 15, [0x0F]), (8, 2, [0, 2])]
      as [(UInt8, UInt8, [UInt8])])
  func coloursThatAreNotInThePaletteAreAnError(depth: UInt8, colours: UInt8, row: [UInt8]) throws {
    var maker = PNGMaker(
      width: 2, height: 1, depth: depth, kind: .palette, rows: [row],
      extra: [("PLTE", [UInt8](repeating: 9, count: 3 * Int(colours)))])
    #expect(found(maker.bytes) == .damaged("a pixel has a colour that is not in the palette"))
    maker.extra = [("PLTE", [UInt8](repeating: 9, count: 3 * (Int(colours) + 1)))]
    #expect(try PNGFile.decode(maker.bytes, name: "x.png").values.count == 6)
  }

  @Test func otherFilesAreRefusedByTheirContent() {
    #expect(found(Array("GIF89a, not a PNG file at all, though its name says so".utf8)) == .notPNG)
  }
}
