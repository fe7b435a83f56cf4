import RunFiles

/// An RGB drawing surface; whatever lies outside is cut off.
struct Canvas {
  let width: Int
  let height: Int
  private var pixels: [UInt8]

  init(width: Int, height: Int, background: Color = .paper) {
    self.width = width
    self.height = height
    let count = width * height
    pixels = [UInt8](unsafeUninitializedCapacity: 3 * count) { bytes, initialized in
      for pixel in 0..<count {
        bytes[3 * pixel] = background.red
        bytes[3 * pixel + 1] = background.green
        bytes[3 * pixel + 2] = background.blue
      }
      initialized = 3 * count
    }
  }

  /// The drawing as a picture with three channels.
  var image: RasterImage {
    RasterImage(width: width, height: height, channels: 3, pixels: pixels)
  }

  mutating func fill(_ area: Area, with color: Color) {
    let columns = (area.x..<(area.x + area.width)).clamped(to: 0..<width)
    for y in (area.y..<(area.y + area.height)).clamped(to: 0..<height) {
      for x in columns { set(x, y, color) }
    }
  }

  /// Draws a line of one pixel around an area, outside of it.
  mutating func frame(_ area: Area, with color: Color) {
    let (x, y) = (area.x - 1, area.y - 1)
    let (right, bottom) = (area.x + area.width, area.y + area.height)
    fill(Area(x: x, y: y, width: area.width + 2, height: 1), with: color)
    fill(Area(x: x, y: bottom, width: area.width + 2, height: 1), with: color)
    fill(Area(x: x, y: y, width: 1, height: area.height + 2), with: color)
    fill(Area(x: right, y: y, width: 1, height: area.height + 2), with: color)
  }

  /// Draws a picture with its upper left corner at a place.
  mutating func draw(_ tile: Tile, x: Int, y: Int) {
    let columns = (x..<(x + tile.width)).clamped(to: 0..<width)
    for row in (y..<(y + tile.height)).clamped(to: 0..<height) {
      for column in columns {
        set(column, row, tile.colors[(row - y) * tile.width + column - x])
      }
    }
  }

  /// Lays a colour over a pixel; `opacity` is 0 to 1.
  mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ opacity: Double) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    let index = 3 * (y * width + x)
    for (channel, value) in [color.red, color.green, color.blue].enumerated() {
      let below = Double(pixels[index + channel])
      pixels[index + channel] = UInt8((below + opacity * (Double(value) - below)).rounded())
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ color: Color) {
    let index = 3 * (y * width + x)
    pixels[index] = color.red
    pixels[index + 1] = color.green
    pixels[index + 2] = color.blue
  }
}

/// A rectangle of pixels; the origin is the upper left corner.
struct Area {
  var x: Int
  var y: Int
  var width: Int
  var height: Int
}

// MARK: - Text

/// How a text lies relative to its place.
enum Alignment {
  case left
  case center
  case right
}

extension Canvas {
  /// Draws a line of text; `y` is the upper edge of its capital letters.
  mutating func write(
    _ text: String, x: Int, y: Int, scale: Int = 1, color: Color = .ink,
    align: Alignment = .left, isBold: Bool = false
  ) {
    let width = GlyphFont.width(of: text) * scale
    var left =
      switch align {
      case .left: x
      case .center: x - width / 2
      case .right: x - width
      }
    for character in text {
      draw(Glyph(character, scale: scale), x: left, y: y, color: color)
      if isBold { draw(Glyph(character, scale: scale), x: left + 1, y: y, color: color) }
      left += GlyphFont.advance * scale
    }
  }

  private mutating func draw(_ glyph: Glyph, x: Int, y: Int, color: Color) {
    for row in 0..<glyph.height {
      for column in 0..<glyph.width where glyph.isInk(column, row) {
        fill(Area(x: x + column, y: y + row, width: 1, height: 1), with: color)
      }
    }
  }
}
