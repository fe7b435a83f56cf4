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
    /// channels is shown, and a second line of the title says so.
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
    let (tile, bar) = (tile(of: image), bar(for: image))
    let (notes, figures) = (notes(on: image), figures(of: image))
    let layout = MapLayout(
      tile: tile, barWidth: bar?.width(scale: MapLayout.textScale), title: title,
      notes: notes.count, figures: figures.count)
    var canvas = Canvas(width: layout.width, height: layout.height)
    write(layout.title, on: &canvas, top: MapLayout.margin, color: .ink)
    write(notes, on: &canvas, top: layout.notesTop, color: .faintInk)
    canvas.draw(tile, x: layout.map.x, y: layout.map.y)
    canvas.frame(layout.map, with: .frame)
    bar?.drawStanding(on: &canvas, in: layout.bar, scale: MapLayout.textScale)
    write(figures, on: &canvas, top: layout.figuresTop, color: .faintInk)
    return canvas.image
  }

  private func tile(of image: FloatImage) -> Tile {
    let factor = MapLayout.enlargement(of: image)
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

  /// The lines below the title.
  private func notes(on image: FloatImage) -> [String] {
    isAveraged(image) ? ["mean of \(image.channels) channels"] : []
  }

  /// The lines below the map, about the values that are shown.
  private func figures(of image: FloatImage) -> [String] {
    let values = isAveraged(image) ? image.channelMean.values : image.values
    let finite = values.filter(\.isFinite)
    let mean = finite.reduce(0.0) { $0 + Double($1) } / Double(finite.count)
    let lines = [
      "min \(text(finite.min()))  max \(text(finite.max()))", "mean \(text(Float(mean)))",
    ]
    let missing = values.count - finite.count
    return missing > 0 ? lines + ["\(missing) of \(values.count) not finite"] : lines
  }

  private func text(_ value: Float?) -> String {
    NumberText.short(value.map(Double.init) ?? .nan)
  }

  private func write(_ lines: [String], on canvas: inout Canvas, top: Int, color: Color) {
    for (index, line) in lines.enumerated() {
      canvas.write(
        line, x: MapLayout.margin, y: top + index * MapLayout.lineHeight,
        scale: MapLayout.textScale, color: color, isBold: color == .ink)
    }
  }
}
