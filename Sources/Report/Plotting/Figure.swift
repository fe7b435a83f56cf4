/// A plot as a value: what is drawn, not how.
///
/// The same value gives an SVG, a PNG and a table (`FigureFiles`), always with the same bytes.
public struct Figure: Sendable, Equatable {
  /// The line above the plot; ASCII, as the PNG's font has no other characters.
  public let title: String
  /// One or two sentences on how to read it; in the SVG's description and below it in the report.
  public let caption: String
  /// The horizontal axis.
  public let x: Axis
  /// The vertical axis.
  public let y: Axis
  /// What is drawn, later ones above earlier ones.
  public let series: [Series]

  /// Puts a figure together.
  public init(title: String, caption: String = "", x: Axis, y: Axis, series: [Series]) {
    (self.title, self.caption) = (title, caption)
    (self.x, self.y, self.series) = (x, y, series)
  }
}

extension Figure {
  /// A value of a series, with ranges where its shape has any use for them.
  public struct Point: Sendable, Equatable {
    /// The place along the horizontal axis.
    public let x: Double
    /// The height.
    public let y: Double
    /// From where to where a bar goes, or the bin of a point.
    public let xRange: ClosedRange<Double>?
    /// The extent of a band, or the error bar of a point.
    public let yRange: ClosedRange<Double>?

    /// A point; what is not finite is left out of the drawing.
    public init(
      _ x: Double, _ y: Double, xRange: ClosedRange<Double>? = nil,
      yRange: ClosedRange<Double>? = nil
    ) {
      (self.x, self.y, self.xRange, self.yRange) = (x, y, xRange, yRange)
    }

    /// A place in a band.
    public init(_ x: Double, band: ClosedRange<Double>) {
      self.init(x, (band.lowerBound + band.upperBound) / 2, yRange: band)
    }

    /// A bar of a histogram.
    public init(bar: ClosedRange<Double>, height: Double) {
      self.init((bar.lowerBound + bar.upperBound) / 2, height, xRange: bar)
    }
  }

  /// Points that are drawn in one way.
  public struct Series: Sendable, Equatable {
    /// A way to draw points.
    public enum Shape: String, Sendable {
      /// A line through the points.
      case line
      /// The shaded area between the ends of `yRange`.
      case band
      /// A bar from 0 to y over `xRange`.
      case bars
      /// A marker, with an error bar over `yRange` and a thin line over `xRange`.
      case points
      /// A thin dashed line in the colour of the axes, such as the diagonal.
      case reference
    }

    /// The name in the legend; nil for none.
    public let name: String?
    /// How the points are drawn.
    public let shape: Shape
    /// The colour; with it go dashes and the form of markers, for those who see no colours.
    public let color: PlotColor
    /// The points; those of lines and bands by rising x.
    public let points: [Point]

    /// Puts a series together.
    public init(
      _ name: String?, _ shape: Shape, color: PlotColor = .blue, points: [Point]
    ) {
      (self.name, self.shape, self.color, self.points) = (name, shape, color, points)
    }

    /// The line from one point to another, thin and dashed.
    public static func reference(
      _ name: String?, from start: (Double, Double), to end: (Double, Double)
    ) -> Series {
      Series(
        name, .reference, points: [Point(start.0, start.1), Point(end.0, end.1)])
    }
  }
}

/// Colours that readers with colour blindness can tell apart (Okabe and Ito 2008).
public enum PlotColor: String, Sendable, CaseIterable {
  case blue, orange, green, purple, sky

  var color: Color {
    switch self {
    case .blue: Color(hexadecimal: 0x0072B2)
    case .orange: Color(hexadecimal: 0xD55E00)
    case .green: Color(hexadecimal: 0x009E73)
    case .purple: Color(hexadecimal: 0xCC79A7)
    case .sky: Color(hexadecimal: 0x56B4E9)
    }
  }

  /// Lengths of dashes and gaps; none for a full line.
  var dashes: [Double] {
    switch self {
    case .blue, .sky: []
    case .orange: [7, 3]
    case .green: [2, 3]
    case .purple: [8, 3, 2, 3]
    }
  }

  var marker: Marker {
    switch self {
    case .blue, .sky: .disc
    case .orange: .square
    case .green: .diamond
    case .purple: .triangle
    }
  }
}

/// The form of the sign that marks a point.
enum Marker {
  case disc, square, diamond, triangle
}
