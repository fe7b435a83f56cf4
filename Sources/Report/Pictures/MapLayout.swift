/// Where the parts of a map picture lie.
struct MapLayout {
  static let margin = 16
  static let textScale = 2
  static let lineHeight = 22
  private static let lineGap = lineHeight - GlyphFont.capitalHeight * textScale
  private static let gap = 14
  private static let smallestSide = 320
  private static let smallestBar = 80

  let title: [String]
  let map: Area
  let bar: Area
  let width: Int
  let height: Int
  let notesTop: Int
  let figuresTop: Int

  /// Lays out a map with `notes` lines below the title and `figures` lines below the map.
  init(tile: Tile, barWidth: Int?, title: String, notes: Int, figures: Int) {
    let barHeight = barWidth == nil ? 0 : max(tile.height, Self.smallestBar)
    let barLeft = Self.margin + tile.width + Self.gap
    let right = barWidth.map { barLeft + $0 } ?? Self.margin + tile.width
    width = max(right, Self.margin + Self.smallestSide) + Self.margin
    let characters = (width - 2 * Self.margin) / (GlyphFont.advance * Self.textScale)
    self.title = NumberText.twoLines(title, limit: characters)
    notesTop = Self.margin + self.title.count * Self.lineHeight
    let top = notesTop + notes * Self.lineHeight + Self.gap - Self.lineGap
    map = Area(x: Self.margin, y: top, width: tile.width, height: tile.height)
    bar = Area(x: barLeft, y: top, width: ColorBar.thickness, height: barHeight)
    figuresTop = top + max(tile.height, barHeight) + Self.gap
    height = figuresTop + figures * Self.lineHeight - Self.lineGap + Self.margin
  }

  /// The smallest whole factor that makes the longer side at least 320 pixels.
  static func enlargement(of image: FloatImage) -> Int {
    let side = max(image.width, image.height)
    return (smallestSide + side - 1) / side
  }
}
