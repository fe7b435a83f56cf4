import RunFiles

/// A figure as pixels: the same drawing as `FigureSVG`, two pixels a unit, on white.
struct FigureRaster {
  private static let scale = 2.0
  private static let textScale = 2

  private let layout: FigureLayout
  private var figure: Figure { layout.figure }

  init(_ figure: Figure) { layout = FigureLayout(figure) }

  /// Draws the figure.
  func render() -> RasterImage {
    var canvas = Canvas(
      width: Int(layout.width * Self.scale), height: Int(layout.height * Self.scale))
    drawGrid(on: &canvas)
    for series in figure.series { draw(series, on: &canvas) }
    drawFrame(on: &canvas)
    writeWords(on: &canvas)
    drawLegend(on: &canvas)
    return canvas.image
  }
}

// MARK: - Axes

extension FigureRaster {
  private static let grid = Color(hexadecimal: 0xDDDDDD)

  private func drawGrid(on canvas: inout Canvas) {
    let plot = layout.plot
    for tick in figure.x.gridLines {
      let x = layout.x(tick)
      line([Place(x: x, y: plot.y), Place(x: x, y: plot.bottom)], 0.5, Self.grid, on: &canvas)
    }
    for tick in figure.y.gridLines {
      let y = layout.y(tick)
      line([Place(x: plot.x, y: y), Place(x: plot.right, y: y)], 0.5, Self.grid, on: &canvas)
    }
  }

  private func drawFrame(on canvas: inout Canvas) {
    let plot = layout.plot
    let corners = [
      Place(x: plot.x, y: plot.y), Place(x: plot.x, y: plot.bottom),
      Place(x: plot.right, y: plot.bottom),
    ]
    line(corners, 1, .faintInk, on: &canvas)
  }

  private func writeWords(on canvas: inout Canvas) {
    let plot = layout.plot
    for label in figure.x.labels {
      write(label.text, layout.x(label.value), layout.tickLabelBase, .center, on: &canvas)
    }
    for label in figure.y.labels {
      write(label.text, plot.x - 7, layout.y(label.value) + 4, .right, on: &canvas)
    }
    write(figure.y.label, plot.x, layout.yLabelBase, .left, color: .ink, on: &canvas)
    write(
      figure.x.label, plot.x + plot.width / 2, layout.xLabelBase, .center, color: .ink, on: &canvas)
    write(
      figure.title, 12, FigureLayout.titleBase, .left, color: .ink, isBold: true, on: &canvas)
  }

  /// Writes a line of text; `base` is its base line.
  private func write(
    _ text: String, _ x: Double, _ base: Double, _ align: Alignment, color: Color = .faintInk,
    isBold: Bool = false, on canvas: inout Canvas
  ) {
    let room = (layout.width - (align == .left ? x : 0)) * Self.scale
    let shown = NumberText.shortened(
      text, to: Int(room) / (GlyphFont.advance * Self.textScale))
    canvas.write(
      shown, x: Int(x * Self.scale),
      y: Int(base * Self.scale) - GlyphFont.capitalHeight * Self.textScale, scale: Self.textScale,
      color: color, align: align, isBold: isBold)
  }
}

// MARK: - Series

extension FigureRaster {
  private func draw(_ series: Figure.Series, on canvas: inout Canvas) {
    let color = series.color.color
    switch series.shape {
    case .line: line(layout.line(series), 2, color, series.color.dashes, on: &canvas)
    case .reference: line(layout.line(series), 1.2, .faintInk, [4, 4], on: &canvas)
    case .band: canvas.fillBand(scaled(layout.band(series)), color: color, opacity: 0.22)
    case .bars: for box in layout.bars(series) { draw(bar: box, color, on: &canvas) }
    case .points: for mark in layout.marks(series) { draw(mark, series.color, on: &canvas) }
    }
  }

  private func draw(bar box: Box, _ color: Color, on canvas: inout Canvas) {
    let (left, right) = (box.x + 0.5, box.right - 0.5)
    canvas.fillBand(
      scaled([(left, box.y, box.bottom), (right, box.y, box.bottom)]), color: color, opacity: 0.75)
  }

  private func draw(_ mark: FigureLayout.Mark, _ color: PlotColor, on canvas: inout Canvas) {
    let (x, y) = (mark.place.x, mark.place.y)
    if let bar = mark.errorBar {
      line([Place(x: x, y: bar.top), Place(x: x, y: bar.bottom)], 1, color.color, on: &canvas)
    }
    if let bin = mark.bin {
      line([Place(x: bin.left, y: y), Place(x: bin.right, y: y)], 1, color.color, on: &canvas)
    }
    draw(marker: color, at: mark.place, on: &canvas)
  }

  private func draw(marker color: PlotColor, at place: Place, on canvas: inout Canvas) {
    canvas.mark(
      color.marker, at: scaled(place), radius: FigureLayout.Mark.radius * Self.scale,
      color: color.color)
  }

  private func drawLegend(on canvas: inout Canvas) {
    for (index, series) in layout.legend.enumerated() {
      let (y, left) = (layout.legendMiddle(index), layout.plot.x)
      drawSample(series, left: left, y: y, on: &canvas)
      write(series.name ?? "", left + 36, y + 4, .left, color: .ink, on: &canvas)
    }
  }

  private func drawSample(
    _ series: Figure.Series, left: Double, y: Double, on canvas: inout Canvas
  ) {
    let ends = [Place(x: left, y: y), Place(x: left + 28, y: y)]
    let box = Box(x: left, y: y - 5, width: 28, height: 10)
    switch series.shape {
    case .line: line(ends, 2, series.color.color, series.color.dashes, on: &canvas)
    case .reference: line(ends, 1.2, .faintInk, [4, 4], on: &canvas)
    case .points: draw(marker: series.color, at: Place(x: left + 14, y: y), on: &canvas)
    case .bars: draw(bar: box, series.color.color, on: &canvas)
    case .band:
      canvas.fillBand(
        scaled([(box.x, box.y, box.bottom), (box.right, box.y, box.bottom)]),
        color: series.color.color, opacity: 0.22)
    }
  }

  private func line(
    _ places: [Place], _ width: Double, _ color: Color, _ dashes: [Double] = [],
    on canvas: inout Canvas
  ) {
    canvas.polyline(
      places.map(scaled), width: width * Self.scale, color: color,
      dashes: dashes.map { $0 * Self.scale })
  }

  private func scaled(_ place: Place) -> Place {
    Place(x: place.x * Self.scale, y: place.y * Self.scale)
  }

  private func scaled(
    _ band: [(x: Double, upper: Double, lower: Double)]
  ) -> [(x: Double, upper: Double, lower: Double)] {
    band.map { ($0.x * Self.scale, $0.upper * Self.scale, $0.lower * Self.scale) }
  }
}
