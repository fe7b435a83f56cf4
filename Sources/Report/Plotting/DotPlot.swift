/// Numbers of named things side by side: a row for each name, in it a mark for each group.
public struct DotPlot: Sendable {
  /// A number of a row.
  public struct Dot: Sendable {
    let row: String
    let value: Double
    let reach: ClosedRange<Double>?

    /// A number that is not finite is not drawn, but its row is there.
    ///
    /// - Parameter reach: what its bar covers; nil for none.
    public init(row: String, value: Double, reach: ClosedRange<Double>? = nil) {
      (self.row, self.value, self.reach) = (row, value, reach)
    }
  }

  /// Numbers drawn in one colour, at most one a row.
  public struct Group: Sendable {
    let name: String
    let dots: [Dot]

    /// - Parameter name: that of the legend.
    public init(_ name: String, _ dots: [Dot]) { (self.name, self.dots) = (name, dots) }
  }

  private let groups: [Group]
  private let rows: Figure.Axis

  /// - Parameter groups: up to four are told apart without colours too; rows stand in the order of
  ///   their first number.
  public init(_ groups: [Group]) {
    self.groups = groups
    rows = Figure.Axis(
      rows: groups.flatMap(\.dots).map(\.row).reduce(into: []) {
        if !$0.contains($1) { $0.append($1) }
      })
  }

  /// The plot.
  ///
  /// - Parameters:
  ///   - label: what the numbers are; ASCII, as all names are to be.
  ///   - expected: the range that is shaded, with its name; nil for none.
  ///   - right: the number of a dashed line, with its name; nil for none.
  public func figure(
    title: String, caption: String, label: String, scale: Figure.Axis.Scale = .linear,
    expected: (name: String, range: ClosedRange<Double>)? = nil,
    right: (name: String, value: Double)? = nil
  ) -> Figure {
    let ends = expected.map { [$0.range.lowerBound, $0.range.upperBound] } ?? []
    let shade = expected.map { name, range in
      Figure.Series(
        name, .band, color: .sky,
        points: [range.lowerBound, range.upperBound].map { .init($0, band: rows.range) })
    }
    let line = right.map { name, value in
      Figure.Series.reference(
        name, from: (value, rows.range.lowerBound), to: (value, rows.range.upperBound))
    }
    return Figure(
      title: title, caption: caption,
      x: Figure.Axis(
        label, holding: numbers + ends + (right.map { [$0.value] } ?? []), scale: scale),
      y: rows, series: [shade, line].compactMap { $0 } + groups.indices.map(series))
  }

  private var numbers: [Double] {
    groups.flatMap(\.dots).flatMap {
      [$0.value] + ($0.reach.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
  }

  /// The marks of a group, in a lane of their own within each row.
  private func series(_ group: Int) -> Figure.Series {
    let lane = 0.5 - (Double(group) + 0.75) / (Double(groups.count) + 0.5)
    let colors = PlotColor.allCases
    return Figure.Series(
      groups[group].name, .points, color: colors[group % colors.count],
      points: groups[group].dots.compactMap { dot in
        rows.names.firstIndex(of: dot.row).map {
          Figure.Point(dot.value, rows.middle(ofRow: $0) + lane, xRange: dot.reach)
        }
      })
  }
}
