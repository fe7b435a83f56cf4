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
}
