import RunFiles

/// A contact sheet of a run: a row an image, with measurement, truth, mean, std, error and samples.
///
/// Columns that no row can fill are left out. The standard deviation and the absolute error of the
/// mean share one colour bar, so that they can be compared; both are means over the channels.
public struct OverviewPicture: Sendable {
  /// What is shown of one image.
  public struct Row: Sendable {
    /// The name of the image.
    public let label: String
    /// Short lines below the name, such as `25.1 dB`.
    public let notes: [String]
    /// The measurement as an image, of any size.
    public let measurement: FloatImage?
    /// The truth, if it is known.
    public let truth: FloatImage?
    /// The posterior mean.
    public let mean: FloatImage
    /// The posterior standard deviation.
    public let standardDeviation: FloatImage
    /// Posterior samples, of which the first two are shown.
    public let samples: [FloatImage]

    /// Puts a row together.
    public init(
      label: String, notes: [String] = [], measurement: FloatImage?, truth: FloatImage?,
      mean: FloatImage, standardDeviation: FloatImage, samples: [FloatImage]
    ) {
      (self.label, self.notes) = (label, notes)
      (self.measurement, self.truth) = (measurement, truth)
      (self.mean, self.standardDeviation) = (mean, standardDeviation)
      self.samples = samples
    }
  }

  /// The most rows of a sheet.
  public static let maximumRows = 8

  /// The line above the sheet.
  public let title: String

  /// The rows shown.
  public let rows: [Row]

  private let bar: ColorBar

  /// Describes a contact sheet.
  ///
  /// - Parameters:
  ///   - title: the line above.
  ///   - rows: at least one; those after the first `maximumRows` are left out.
  ///   - stdLimit: the upper end of the colour bar, positive; see `StdColorLimit`.
  /// - Throws: `nothingToShow`, `limits`.
  public init(title: String, rows: [Row], stdLimit: Float) throws(ReportError) {
    guard !rows.isEmpty else { throw .nothingToShow }
    guard stdLimit > 0, stdLimit.isFinite else { throw .limits(0, stdLimit) }
    self.title = title
    self.rows = Array(rows.prefix(Self.maximumRows))
    bar = ColorBar(map: .viridis, limits: 0...stdLimit)
  }

  /// Draws the sheet.
  public func render() -> RasterImage {
    let columns = OverviewColumn.allCases.filter { column in
      rows.contains { column.content(of: $0) != nil }
    }
    let layout = OverviewLayout(rows: rows, columns: columns)
    var canvas = Canvas(width: layout.width, height: layout.height)
    writeTitles(on: &canvas, layout: layout)
    for (index, row) in rows.enumerated() { draw(row, index, on: &canvas, layout: layout) }
    drawBar(on: &canvas, layout: layout)
    return canvas.image
  }
}

// MARK: - Drawing

extension OverviewPicture {
  private func writeTitles(on canvas: inout Canvas, layout: OverviewLayout) {
    let (margin, scale) = (OverviewLayout.margin, OverviewLayout.textScale)
    let limit = (layout.width - 2 * margin) / (GlyphFont.advance * scale)
    canvas.write(
      NumberText.shortened(title, to: limit), x: margin, y: margin, scale: scale, isBold: true)
    for (index, column) in layout.columns.enumerated() {
      let cell = layout.cell(row: 0, column: index)
      canvas.write(
        column.title, x: cell.x + cell.width / 2, y: layout.columnTitleTop,
        scale: layout.columnTitleScale, align: .center)
    }
  }

  private func draw(
    _ row: Row, _ index: Int, on canvas: inout Canvas, layout: OverviewLayout
  ) {
    writeLabel(of: row, on: &canvas, cell: layout.cell(row: index, column: 0))
    for (number, column) in layout.columns.enumerated() {
      let cell = layout.cell(row: index, column: number)
      guard let content = column.content(of: row) else {
        canvas.frame(cell, with: Color(grey: 225))
        continue
      }
      draw(tile(of: content, in: column, size: cell), on: &canvas, centeredIn: cell)
    }
  }

  private func draw(_ tile: Tile, on canvas: inout Canvas, centeredIn cell: Area) {
    let area = Area(
      x: cell.x + (cell.width - tile.width) / 2, y: cell.y + (cell.height - tile.height) / 2,
      width: tile.width, height: tile.height)
    canvas.draw(tile, x: area.x, y: area.y)
    canvas.frame(area, with: .frame)
  }

  private func tile(of image: FloatImage, in column: OverviewColumn, size: Area) -> Tile {
    let zoom = OverviewLayout.Zoom(of: image, width: size.width, height: size.height)
    let reduced = image.reduced(by: zoom.reduction)
    let tile =
      column.isScalar ? reduced.tile(bar.map, limits: bar.limits) : reduced.pictureTile()
    return tile.enlarged(zoom.enlargement)
  }

  private func drawBar(on canvas: inout Canvas, layout: OverviewLayout) {
    let scale = OverviewLayout.textScale
    bar.drawLying(on: &canvas, in: layout.bar, scale: scale)
    let caption = layout.columns.filter(\.isScalar).map(\.title).joined(separator: ", ")
    canvas.write(
      caption, x: layout.bar.x - GlyphFont.advance * scale, y: layout.bar.y, scale: scale,
      align: .right)
  }

  private func writeLabel(of row: Row, on canvas: inout Canvas, cell: Area) {
    let limit = OverviewLayout.labelLimit
    let lines = [row.label] + row.notes
    let height = (lines.count - 1) * OverviewLayout.lineHeight + OverviewLayout.textHeight
    let top = cell.y + max(0, (cell.height - height) / 2)
    for (index, line) in lines.enumerated() {
      canvas.write(
        NumberText.shortened(line, to: limit), x: OverviewLayout.margin,
        y: top + index * OverviewLayout.lineHeight, scale: OverviewLayout.textScale,
        color: index == 0 ? .ink : .faintInk)
    }
  }
}
