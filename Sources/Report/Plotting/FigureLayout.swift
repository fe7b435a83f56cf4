import Foundation

/// Where the parts of a figure lie, in units of an SVG; a PNG has two pixels a unit.
struct FigureLayout {
  static let textSize = 13.0
  static let smallTextSize = 12.0
  static let titleBase = 24.0
  private static let plotTop = 58.0
  private static let plotWidth = 408.0
  private static let plotHeight = 250.0
  private static let rowHeight = 28.0
  private static let left = 54.0
  private static let right = 18.0
  /// Somewhat more than a character of ``smallTextSize`` takes on average.
  private static let characterWidth = 6.4
  private static let legendLine = 19.0

  let figure: Figure
  /// The series with a name.
  let legend: [Figure.Series]

  init(_ figure: Figure) {
    self.figure = figure
    legend = figure.series.filter { $0.name != nil }
  }

  var plot: Box {
    Box(x: left, y: Self.plotTop, width: Self.plotWidth, height: plotHeight)
  }

  var width: Double { plot.right + Self.right }

  /// The room for what is written along the vertical axis.
  private var left: Double {
    let longest = figure.y.names.map(\.count).max() ?? 0
    return max(Self.left, Double(longest) * Self.characterWidth + 14)
  }

  private var plotHeight: Double {
    figure.y.names.isEmpty ? Self.plotHeight : Double(figure.y.names.count) * Self.rowHeight
  }

  var height: Double { legendTop + Double(legend.count) * Self.legendLine + 6 }

  /// The base line of the label of the vertical axis, which lies above the plot to be read easily.
  var yLabelBase: Double { plot.y - 12 }
  /// The base line of the numbers at the horizontal axis.
  var tickLabelBase: Double { plot.bottom + 18 }
  /// The base line of the label of the horizontal axis.
  var xLabelBase: Double { plot.bottom + 37 }

  private var legendTop: Double { xLabelBase + 12 }

  /// The middle of a line of the legend.
  func legendMiddle(_ index: Int) -> Double {
    legendTop + (Double(index) + 0.5) * Self.legendLine
  }

  func x(_ value: Double) -> Double { plot.x + figure.x.fraction(of: value) * plot.width }

  func y(_ value: Double) -> Double { plot.bottom - figure.y.fraction(of: value) * plot.height }

  /// The places of the points whose numbers are finite.
  func line(_ series: Figure.Series) -> [Place] {
    series.points.filter { $0.x.isFinite && $0.y.isFinite }.map { Place(x: x($0.x), y: y($0.y)) }
  }

  /// The upper and the lower edge of a band, from left to right.
  func band(_ series: Figure.Series) -> [(x: Double, upper: Double, lower: Double)] {
    series.points.compactMap { point in
      guard let range = point.yRange, point.x.isFinite else { return nil }
      return (x(point.x), y(range.upperBound), y(range.lowerBound))
    }
  }

  /// Bars from 0, or from the lower end of the axis if that is above.
  func bars(_ series: Figure.Series) -> [Box] {
    series.points.compactMap { point in
      guard let range = point.xRange, point.y.isFinite else { return nil }
      let (left, right) = (x(range.lowerBound), x(range.upperBound))
      let (base, top) = (y(0), y(point.y))
      return Box(x: left, y: min(base, top), width: right - left, height: abs(base - top))
    }
  }

  /// Markers with the ends of their ranges.
  func marks(_ series: Figure.Series) -> [Mark] {
    series.points.filter { $0.x.isFinite && $0.y.isFinite }.map { point in
      Mark(
        place: Place(x: x(point.x), y: y(point.y)),
        errorBar: point.yRange.map { (y($0.upperBound), y($0.lowerBound)) },
        bin: point.xRange.map { (x($0.lowerBound), x($0.upperBound)) })
    }
  }

  struct Mark {
    static let radius = 3.5
    let place: Place
    let errorBar: (top: Double, bottom: Double)?
    let bin: (left: Double, right: Double)?
  }
}

/// A point in a drawing.
struct Place: Equatable {
  var x: Double
  var y: Double
}

/// A rectangle in a drawing; the origin is the upper left corner.
struct Box: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
}
