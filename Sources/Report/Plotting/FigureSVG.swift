import Foundation

/// A figure as SVG text.
///
/// Texts are text, so they can be searched and edited. The same figure gives the same bytes.
struct FigureSVG {
  /// Where the SVG stands.
  enum Setting {
    /// A file of its own: on white, with its colours written into it.
    case file
    /// Inside the report: colours are those of the page's style sheet, by class.
    case page
  }

  private let layout: FigureLayout
  private let setting: Setting
  private var figure: Figure { layout.figure }

  init(_ figure: Figure, for setting: Setting) {
    layout = FigureLayout(figure)
    self.setting = setting
  }

  /// The whole drawing; in a file it ends with a line feed.
  var text: String {
    let (width, height) = (number(layout.width), number(layout.height))
    let size = setting == .file ? " width=\"\(width)\" height=\"\(height)\"" : ""
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"figure\" role=\"img\" "
      + "aria-label=\"\(HTML.escaped(figure.title))\" viewBox=\"0 0 \(width) \(height)\"\(size)"
      + " font-family=\"system-ui, sans-serif\">"
    let body = background + grid + figure.series.flatMap(drawing) + frame + words + legend
    return ([head, "<desc>\(HTML.escaped(figure.caption))</desc>"] + body + ["</svg>"])
      .joined(separator: "\n") + (setting == .file ? "\n" : "")
  }
}

// MARK: - Colours

extension FigureSVG {
  private enum Ink {
    case text, faint, axis, grid
    case series(PlotColor)

    var name: String {
      switch self {
      case .text: "text"
      case .faint: "faint"
      case .axis: "axis"
      case .grid: "grid"
      case .series(let color): color.rawValue
      }
    }

    var color: Color {
      switch self {
      case .text: .ink
      case .faint, .axis: .faintInk
      case .grid: Color(hexadecimal: 0xDDDDDD)
      case .series(let color): color.color
      }
    }
  }

  private func stroke(_ ink: Ink) -> String {
    setting == .file ? "stroke=\"\(ink.color.code)\"" : "class=\"stroke-\(ink.name)\""
  }

  private func fill(_ ink: Ink) -> String {
    setting == .file ? "fill=\"\(ink.color.code)\"" : "class=\"fill-\(ink.name)\""
  }

  private var background: [String] {
    setting == .file ? ["<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"] : []
  }
}

// MARK: - Axes

extension FigureSVG {
  private var grid: [String] {
    let plot = layout.plot
    let upright = figure.x.gridLines.map {
      line(layout.x($0), plot.y, layout.x($0), plot.bottom, .grid)
    }
    let level = figure.y.gridLines.map {
      line(plot.x, layout.y($0), plot.right, layout.y($0), .grid)
    }
    return upright + level
  }

  private var frame: [String] {
    let plot = layout.plot
    return [
      line(plot.x, plot.bottom, plot.right, plot.bottom, .axis),
      line(plot.x, plot.y, plot.x, plot.bottom, .axis),
    ]
  }

  private var words: [String] {
    let plot = layout.plot
    let across = figure.x.labels.map {
      text($0.text, layout.x($0.value), layout.tickLabelBase, .faint, "middle")
    }
    let up = figure.y.labels.map {
      text($0.text, plot.x - 7, layout.y($0.value) + 4, .faint, "end")
    }
    return across + up + [
      text(figure.y.label, plot.x, layout.yLabelBase, .text, "start"),
      text(figure.x.label, plot.x + plot.width / 2, layout.xLabelBase, .text, "middle"),
      text(figure.title, 12, FigureLayout.titleBase, .text, "start", isTitle: true),
    ]
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ ink: Ink) -> String {
    "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" "
      + stroke(ink) + "/>"
  }

  private func text(
    _ words: String, _ x: Double, _ y: Double, _ ink: Ink, _ anchor: String, isTitle: Bool = false
  ) -> String {
    let size = isTitle ? FigureLayout.textSize + 1 : FigureLayout.smallTextSize
    let weight = isTitle ? " font-weight=\"600\"" : ""
    return
      "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" "
      + "font-size=\"\(number(size))\"\(weight) \(fill(ink))>\(HTML.escaped(words))</text>"
  }
}

// MARK: - Series

extension FigureSVG {
  private func drawing(_ series: Figure.Series) -> [String] {
    switch series.shape {
    case .line: path(layout.line(series), .series(series.color), series.color.dashes, width: 2)
    case .reference: path(layout.line(series), .axis, [4, 4], width: 1.2)
    case .band: band(series)
    case .bars: layout.bars(series).map { bar($0, series.color) }
    case .points: layout.marks(series).flatMap { mark($0, series.color) }
    }
  }

  private func path(_ places: [Place], _ ink: Ink, _ dashes: [Double], width: Double) -> [String] {
    guard places.count > 1 else { return [] }
    let points = places.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    let pattern = dashes.map(number).joined(separator: " ")
    let dash = dashes.isEmpty ? "" : " stroke-dasharray=\"\(pattern)\""
    return [
      "<polyline points=\"\(points)\" fill=\"none\" stroke-width=\"\(number(width))\"\(dash) "
        + "stroke-linejoin=\"round\" \(stroke(ink))/>"
    ]
  }

  private func band(_ series: Figure.Series) -> [String] {
    let edges = layout.band(series)
    guard edges.count > 1 else { return [] }
    let outline =
      edges.map { "\(number($0.x)),\(number($0.upper))" }
      + edges.reversed().map { "\(number($0.x)),\(number($0.lower))" }
    return [
      "<polygon points=\"\(outline.joined(separator: " "))\" fill-opacity=\"0.22\" "
        + fill(.series(series.color)) + "/>"
    ]
  }

  private func bar(_ box: Box, _ color: PlotColor) -> String {
    "<rect x=\"\(number(box.x + 0.5))\" y=\"\(number(box.y))\" "
      + "width=\"\(number(max(0.5, box.width - 1)))\" height=\"\(number(box.height))\" "
      + "fill-opacity=\"0.75\" " + fill(.series(color)) + "/>"
  }

  private func mark(_ mark: FigureLayout.Mark, _ color: PlotColor) -> [String] {
    let (x, y) = (mark.place.x, mark.place.y)
    let bar = mark.errorBar.map { line(x, $0.top, x, $0.bottom, .series(color)) }
    let bin = mark.bin.map { line($0.left, y, $0.right, y, .series(color)) }
    return [bar, bin].compactMap { $0 } + [marker(color, x, y)]
  }

  private func marker(_ color: PlotColor, _ x: Double, _ y: Double) -> String {
    let r = FigureLayout.Mark.radius
    switch color.marker {
    case .disc:
      return "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(r))\" "
        + fill(.series(color)) + "/>"
    case .square:
      return "<rect x=\"\(number(x - r))\" y=\"\(number(y - r))\" width=\"\(number(2 * r))\" "
        + "height=\"\(number(2 * r))\" " + fill(.series(color)) + "/>"
    case .diamond:
      return polygon(
        [(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)], color)
    case .triangle:
      return polygon([(x, y - 1.3 * r), (x + 1.2 * r, y + r), (x - 1.2 * r, y + r)], color)
    }
  }

  private func polygon(_ corners: [(Double, Double)], _ color: PlotColor) -> String {
    let points = corners.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
    return "<polygon points=\"\(points)\" " + fill(.series(color)) + "/>"
  }

  private var legend: [String] {
    layout.legend.enumerated().flatMap { index, series in
      let (y, left) = (layout.legendMiddle(index), layout.plot.x)
      return sample(series, left: left, y: y)
        + [text(series.name ?? "", left + 36, y + 4, .text, "start")]
    }
  }

  /// What a line of the legend shows before the name.
  private func sample(_ series: Figure.Series, left: Double, y: Double) -> [String] {
    let ends = [Place(x: left, y: y), Place(x: left + 28, y: y)]
    switch series.shape {
    case .line: return path(ends, .series(series.color), series.color.dashes, width: 2)
    case .reference: return path(ends, .axis, [4, 4], width: 1.2)
    case .points: return [marker(series.color, left + 14, y)]
    case .bars: return [bar(Box(x: left, y: y - 5, width: 28, height: 10), series.color)]
    case .band:
      return [
        "<rect x=\"\(number(left))\" y=\"\(number(y - 5))\" width=\"28\" height=\"10\" "
          + "fill-opacity=\"0.22\" " + fill(.series(series.color)) + "/>"
      ]
    }
  }

  /// At most two decimals, without trailing zeros.
  private func number(_ value: Double) -> String {
    let hundredths = (value * 100).rounded()
    return NumberText.short(hundredths / 100, digits: 7)
  }
}

extension Color {
  /// As in CSS, such as `#0072b2`.
  var code: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
