import Testing

@testable import Report

@Suite struct DotPlotTests {
  private static let plot = DotPlot([
    .init(
      "inpainting",
      [.init(row: "exact", value: 1), .init(row: "DPS", value: 0.5, reach: 0.4...0.6)]),
    .init(
      "blur", [.init(row: "DPS", value: .nan), .init(row: "a long name of a sampler", value: 2)]),
  ])

  private static var figure: Figure {
    plot.figure(
      title: "t", caption: "c", label: "spread", expected: ("exact draws", 0.9...1.1),
      right: ("right", 1))
  }

  @Test func everyNameHasARowFromTheTop() {
    #expect(Self.figure.y.names == ["exact", "DPS", "a long name of a sampler"])
    let layout = FigureLayout(Self.figure)
    let heights = Self.figure.y.labels.map { layout.y($0.value) }
    #expect(heights == heights.sorted())
    #expect(heights.allSatisfy { layout.plot.y < $0 && $0 < layout.plot.bottom })
  }

  /// A mark is nearest to the name of its row, and marks of two groups never share a place.
  @Test func marksStandInTheirRows() throws {
    let figure = Self.figure
    let marks = figure.series.filter { $0.shape == .points }
    #expect(marks.map(\.name) == ["inpainting", "blur"])
    let rows = marks.map { $0.points.map { point in Int(figure.y.range.upperBound - point.y) } }
    #expect(rows == [[0, 1], [1, 2]])
    #expect(marks[0].points.map(\.x) == [1, 0.5])
    #expect(marks[0].points[1].xRange == 0.4...0.6)
    let dps = (marks[0].points[1].y, marks[1].points[0].y)
    #expect(dps.0 - dps.1 > 0.2)
    #expect(Set(marks.map(\.color)).count == 2)
  }

  @Test func shadeAndLineSpanAllRows() throws {
    let figure = Self.figure
    let shade = try #require(figure.series.first { $0.shape == .band })
    #expect(shade.points.map(\.x) == [0.9, 1.1])
    #expect(shade.points.allSatisfy { $0.yRange == figure.y.range })
    let line = try #require(figure.series.first { $0.shape == .reference })
    #expect(line.points.map(\.x) == [1, 1])
    #expect(figure.x.range.contains(0.4) && figure.x.range.contains(2))
  }

  /// The names stand to the left of the plot, in the drawing as in the picture.
  @Test func longNamesHaveRoom() {
    let layout = FigureLayout(Self.figure)
    let longest = Double(GlyphFont.width(of: "a long name of a sampler"))
    #expect(layout.plot.x - 7 >= longest)
    #expect(FigureRaster(Self.figure).render().width == Int(2 * layout.width))
    let svg = FigureSVG(Self.figure, for: .file).text
    #expect(svg.contains(">a long name of a sampler</text>"))
    #expect(!svg.contains("nan"))
  }

  @Test func nothingToShowIsNoCrash() {
    let figure = DotPlot([]).figure(title: "", caption: "", label: "", scale: .logarithmic)
    #expect(FigureRaster(figure).render().width > 0)
    #expect(!FigureSVG(figure, for: .file).text.contains("nan"))
  }

  /// Without colours too, up to four groups are told apart.
  @Test func theFirstFourMarkersDiffer() {
    let markers = PlotColor.allCases.prefix(4).map { "\($0.marker)" }
    #expect(Set(markers).count == 4)
  }
}
