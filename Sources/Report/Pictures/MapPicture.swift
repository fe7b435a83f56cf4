import RunFiles

/// A map of one image as a picture a person can read: title, pixels, colour bar, figures.
///
/// Small images are enlarged by a whole factor, so that every value stays a square. NaN is shown
/// in vermilion. Below the pixels stand the smallest value, the largest and the mean.
public struct MapPicture: Sendable {
  /// How values become colours.
  public enum Style: Sendable, Equatable {
    /// An image in [0, 1], clipped: three channels as RGB, else the channel mean in grey.
    case picture
    /// Numbers, as colours between limits that all images of a run share; the mean of several
    /// channels is shown, and the title says so.
    case map(ColorMap, limits: ClosedRange<Float>)
  }

  /// The line above the map.
  public let title: String

  /// How values become colours.
  public let style: Style

  /// Describes a picture.
  ///
  /// - Throws: `limits` unless both are finite and the upper one is larger.
  public init(title: String, style: Style) throws(ReportError) {
    if case .map(_, let limits) = style {
      let (lower, upper) = (limits.lowerBound, limits.upperBound)
      guard lower < upper, (upper - lower).isFinite else { throw .limits(lower, upper) }
    }
    self.title = title
    self.style = style
  }

  /// Draws the picture.
  public func render(_ image: FloatImage) -> RasterImage {
    let tile = tile(of: image)
    let layout = Layout(tile: tile, barWidth: bar(for: image)?.width(scale: Layout.textScale) ?? 0)
    var canvas = Canvas(width: layout.width, height: layout.height)
    canvas.draw(tile, x: layout.map.x, y: layout.map.y)
    canvas.frame(layout.map, with: .frame)
    writeTitle(of: image, on: &canvas)
    writeFigures(of: image, on: &canvas, layout: layout)
    bar(for: image)?.drawStanding(on: &canvas, in: layout.bar, scale: Layout.textScale)
    return canvas.image
  }

  private func tile(of image: FloatImage) -> Tile {
    let factor = Layout.enlargement(of: image)
    switch style {
    case .picture: return image.pictureTile().enlarged(factor)
    case .map(let map, let limits): return image.tile(map, limits: limits).enlarged(factor)
    }
  }

  /// The colour bar; an RGB picture has none.
  private func bar(for image: FloatImage) -> ColorBar? {
    switch style {
    case .picture: image.channels == 3 ? nil : ColorBar(map: .grey, limits: 0...1)
    case .map(let map, let limits): ColorBar(map: map, limits: limits)
    }
  }
}

// MARK: - Texts

extension MapPicture {
  private func isAveraged(_ image: FloatImage) -> Bool {
    image.channels > 1 && !(style == .picture && image.channels == 3)
  }

  private func writeTitle(of image: FloatImage, on canvas: inout Canvas) {
    let note = isAveraged(image) ? " (mean of \(image.channels) channels)" : ""
    let room = canvas.width - 2 * Layout.margin
    let fits = GlyphFont.width(of: title + note) * Layout.titleScale <= room
    let scale = fits ? Layout.titleScale : 1
    let limit = room / (GlyphFont.advance * scale) - note.count
    canvas.write(
      NumberText.shortened(title, to: limit) + note, x: Layout.margin,
      y: Layout.margin + (Layout.titleScale - scale) * GlyphFont.capitalHeight / 2, scale: scale)
  }

  private func writeFigures(of image: FloatImage, on canvas: inout Canvas, layout: Layout) {
    let shown = isAveraged(image) ? image.channelMean : image
    let finite = shown.values.filter(\.isFinite)
    let mean = finite.reduce(0.0) { $0 + Double($1) } / Double(finite.count)
    var lines = ["min \(text(finite.min()))  max \(text(finite.max()))  mean \(text(Float(mean)))"]
    let missing = shown.values.count - finite.count
    if missing > 0 { lines.append("\(missing) of \(shown.values.count) values are not finite") }
    for (index, line) in lines.enumerated() {
      canvas.write(
        line, x: Layout.margin, y: layout.figuresTop + index * Layout.lineHeight, color: .faintInk)
    }
  }

  private func text(_ value: Float?) -> String {
    NumberText.short(value.map(Double.init) ?? .nan)
  }
}

// MARK: - Places

/// Where the parts of a map picture lie.
private struct Layout {
  static let margin = 16
  static let titleScale = 2
  static let textScale = 1
  static let lineHeight = 12
  private static let titleGap = 10
  private static let barGap = 14
  private static let smallestSide = 256

  let map: Area
  let bar: Area
  let width: Int
  let height: Int
  let figuresTop: Int

  init(tile: Tile, barWidth: Int) {
    let top = Self.margin + Self.titleScale * GlyphFont.capitalHeight + Self.titleGap
    let right = Self.margin + max(tile.width, barWidth > 0 ? 0 : Self.smallestSide)
    let barHeight = max(tile.height, 64)
    map = Area(x: Self.margin, y: top, width: tile.width, height: tile.height)
    bar = Area(
      x: right + Self.barGap, y: top, width: ColorBar.thickness, height: barHeight)
    width = max(right + (barWidth > 0 ? Self.barGap + barWidth : 0) + Self.margin, 300)
    figuresTop = top + max(tile.height, barWidth > 0 ? barHeight : 0) + Self.titleGap
    height = figuresTop + 2 * Self.lineHeight + Self.margin / 2
  }

  /// The smallest whole factor that makes the longer side at least 256 pixels.
  static func enlargement(of image: FloatImage) -> Int {
    let side = max(image.width, image.height)
    return (smallestSide + side - 1) / side
  }
}
