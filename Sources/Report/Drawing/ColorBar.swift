/// A colour map with limits, drawn as a bar with three numbered ticks.
struct ColorBar {
  let map: ColorMap
  let limits: ClosedRange<Float>

  static let thickness = 14
  private static let tick = 4
  private static let gap = 6

  /// The numbers at the lower end, the middle and the upper end.
  var labels: [String] {
    let (lower, upper) = (Double(limits.lowerBound), Double(limits.upperBound))
    return [lower, (lower + upper) / 2, upper].map { NumberText.short($0) }
  }

  /// The columns a standing bar takes with its labels.
  func width(scale: Int) -> Int {
    let text = labels.map { GlyphFont.width(of: $0) * scale }.max() ?? 0
    return Self.thickness + Self.tick + Self.gap + text
  }

  /// Draws a standing bar with the small values below; `area` is the coloured part.
  func drawStanding(on canvas: inout Canvas, in area: Area, scale: Int) {
    for row in 0..<area.height {
      let fraction = 1 - Float(row) / Float(max(1, area.height - 1))
      canvas.fill(
        Area(x: area.x, y: area.y + row, width: area.width, height: 1), with: map.color(fraction))
    }
    canvas.frame(area, with: .frame)
    for (index, label) in labels.enumerated() {
      let y = area.y + area.height - 1 - index * (area.height - 1) / 2
      let x = area.x + area.width
      canvas.fill(Area(x: x, y: y, width: Self.tick, height: 1), with: .ink)
      canvas.write(
        label, x: x + Self.tick + Self.gap, y: y - GlyphFont.capitalHeight * scale / 2,
        scale: scale)
    }
  }

  /// Draws a lying bar with the small values at the left; `area` is the coloured part.
  func drawLying(on canvas: inout Canvas, in area: Area, scale: Int) {
    for column in 0..<area.width {
      let fraction = Float(column) / Float(max(1, area.width - 1))
      canvas.fill(
        Area(x: area.x + column, y: area.y, width: 1, height: area.height),
        with: map.color(fraction))
    }
    canvas.frame(area, with: .frame)
    let scale = fits(area.width, scale: scale) ? scale : 1
    for (index, label) in labels.enumerated() {
      let x = area.x + index * (area.width - 1) / 2
      let y = area.y + area.height
      canvas.fill(Area(x: x, y: y, width: 1, height: Self.tick), with: .ink)
      canvas.write(
        label, x: x, y: y + Self.tick + Self.gap, scale: scale,
        align: [.left, .center, .right][index])
    }
  }

  /// Whether the labels of a lying bar keep a character's distance.
  private func fits(_ width: Int, scale: Int) -> Bool {
    let middle = GlyphFont.width(of: labels[1]) / 2
    let end = max(GlyphFont.width(of: labels[0]), GlyphFont.width(of: labels[2]))
    return (middle + end + GlyphFont.advance) * scale <= width / 2
  }
}
