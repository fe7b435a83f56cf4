/// An 8-bit picture in memory, grey or RGB.
public struct RasterImage: Sendable, Equatable {
  /// Columns, at least 1.
  public let width: Int
  /// Rows, at least 1.
  public let height: Int
  /// 1 (grey) or 3 (RGB).
  public let channels: Int
  /// `height × width × channels` values, rows from the top, channels interleaved.
  public var pixels: [UInt8]

  /// A picture of `pixels`, which must be `width · height · channels` values.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture has at least one pixel")
    precondition(channels == 1 || channels == 3, "a picture is grey or RGB")
    precondition(pixels.count == width * height * channels, "pixels do not fill the picture")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// A picture of one value.
  public init(width: Int, height: Int, channels: Int, filledWith value: UInt8 = 0) {
    let pixels = [UInt8](repeating: value, count: width * height * channels)
    self.init(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// The value of `channel` at column `x`, row `y`, counted from the upper left.
  public subscript(x: Int, y: Int, channel: Int) -> UInt8 {
    get { pixels[(y * width + x) * channels + channel] }
    set { pixels[(y * width + x) * channels + channel] = newValue }
  }
}
