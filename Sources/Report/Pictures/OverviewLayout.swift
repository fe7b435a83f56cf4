/// The columns of a contact sheet, from left to right.
enum OverviewColumn: CaseIterable {
  case measurement
  case truth
  case mean
  case standardDeviation
  case error
  case firstSample
  case secondSample

  /// The text above the column.
  var title: String {
    switch self {
    case .measurement: "measurement"
    case .truth: "truth"
    case .mean: "mean"
    case .standardDeviation: "std"
    case .error: "|error|"
    case .firstSample: "sample 1"
    case .secondSample: "sample 2"
    }
  }

  /// Whether the column shows numbers by the colour bar, not an image.
  var isScalar: Bool { self == .standardDeviation || self == .error }

  /// What a row shows in the column; nil if it has nothing to show.
  func content(of row: OverviewPicture.Row) -> FloatImage? {
    switch self {
    case .measurement: row.measurement
    case .truth: row.truth
    case .mean: row.mean
    case .standardDeviation: row.standardDeviation.channelMean
    case .error: row.truth.flatMap { row.mean.absoluteDifference(to: $0)?.channelMean }
    case .firstSample: row.samples.first
    case .secondSample: row.samples.dropFirst().first
    }
  }
}

/// Where the parts of a contact sheet lie.
struct OverviewLayout {
  static let margin = 20
  static let textScale = 2
  static let textHeight = GlyphFont.capitalHeight * textScale
  static let lineHeight = 22
  static let labelLimit = 16
  private static let gap = 10
  private static let labelGap = 16
  private static let titleSpace = 46

  let columns: [OverviewColumn]
  let columnTitleTop = margin + titleSpace
  let columnTitleScale: Int
  let width: Int
  let height: Int
  private let cellWidth: Int
  private let cellHeight: Int
  private let left: Int
  private let top: Int
  private let rowCount: Int

  init(rows: [OverviewPicture.Row], columns: [OverviewColumn]) {
    let zooms = rows.map { (image: $0.mean, zoom: Zoom(alone: $0.mean)) }
    cellWidth = zooms.map { $0.zoom.size(of: $0.image.width) }.max() ?? 1
    cellHeight = zooms.map { $0.zoom.size(of: $0.image.height) }.max() ?? 1
    let titleWidth = columns.map { GlyphFont.width(of: $0.title) }.max() ?? 0
    columnTitleScale = titleWidth * Self.textScale <= cellWidth + Self.gap / 2 ? Self.textScale : 1
    left = Self.margin + Self.labelWidth(of: rows) + Self.labelGap
    top = columnTitleTop + Self.textHeight + Self.gap
    rowCount = rows.count
    self.columns = columns
    width = left + columns.count * (cellWidth + Self.gap) - Self.gap + Self.margin
    height = top + rows.count * (cellHeight + Self.gap) + Self.barSpace + Self.margin
  }

  private static let barSpace = ColorBar.thickness + 8 + 10 + textHeight

  private static func labelWidth(of rows: [OverviewPicture.Row]) -> Int {
    let lengths = rows.flatMap { [$0.label] + $0.notes }.map(\.count)
    return min(lengths.max() ?? 0, labelLimit) * GlyphFont.advance * textScale
  }

  /// The place of a cell.
  func cell(row: Int, column: Int) -> Area {
    Area(
      x: left + column * (cellWidth + Self.gap), y: top + row * (cellHeight + Self.gap),
      width: cellWidth, height: cellHeight)
  }

  /// The place of the colour bar: below the columns it explains.
  var bar: Area {
    let scalars = columns.indices.filter { columns[$0].isScalar }
    let first = cell(row: rowCount, column: scalars.first ?? 0)
    let last = cell(row: rowCount, column: scalars.last ?? 0)
    return Area(
      x: first.x, y: first.y + 10, width: last.x + last.width - first.x,
      height: ColorBar.thickness)
  }
}

// MARK: - Zoom

extension OverviewLayout {
  /// A whole factor by which an image is enlarged or reduced.
  struct Zoom {
    let enlargement: Int
    let reduction: Int

    private static let usualSide = 144
    private static let largestSide = 192

    /// Brings the longer side near 144 pixels.
    init(alone image: FloatImage) {
      let side = max(image.width, image.height)
      enlargement = max(1, (Self.usualSide + side / 2) / side)
      reduction = max(1, (side + Self.largestSide - 1) / Self.largestSide)
    }

    /// Fits an image into a cell, as large as a whole factor allows.
    init(of image: FloatImage, width: Int, height: Int) {
      enlargement = max(1, min(width / image.width, height / image.height))
      reduction = max(
        1, (image.width + width - 1) / width, (image.height + height - 1) / height)
    }

    func size(of side: Int) -> Int {
      (side + reduction - 1) / reduction * enlargement
    }
  }
}
