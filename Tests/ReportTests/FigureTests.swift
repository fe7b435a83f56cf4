import Foundation
import RunFiles
import Testing

@testable import Report

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Everything that can be drawn, with texts that break careless writers.
private let hostileText = "</text><script>alert('1')</script> & \"quotes\" \u{1}"

private func everyShape(title: String = "every shape") -> Figure {
  let places = stride(from: 0.0, through: 1, by: 0.25)
  let all: [(Figure.Series.Shape, PlotColor)] = [
    (.band, .blue), (.line, .orange), (.points, .green), (.bars, .sky), (.points, .purple),
  ]
  let series = all.map { shape, color in
    Figure.Series(
      title, shape, color: color,
      points: places.map {
        Figure.Point($0, $0 * $0, xRange: $0...($0 + 0.2), yRange: ($0 * $0 - 0.1)...($0 + 0.1))
      } + [Figure.Point(.nan, 0.5), Figure.Point(0.5, .infinity)])
  }
  return Figure(
    title: title, caption: title, x: Figure.Axis(title, holding: [0, 1]),
    y: Figure.Axis(title, holding: [0, 1.2]),
    series: series + [.reference(nil, from: (0, 0), to: (1, 1))])
}

/// The texts of an XML document; nil if it is not well-formed.
private final class XMLTexts: NSObject, XMLParserDelegate {
  private(set) var texts: [String] = []
  private(set) var elements: Set<String> = []
  private var isInText = false

  init?(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements.insert(name)
    isInText = name == "text"
    if isInText { texts.append("") }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if isInText { texts[texts.count - 1] += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    isInText = false
  }
}

@Suite struct FigureTests {
  @Test(arguments: [FigureSVG.Setting.file, .page])
  func svgIsWellFormedWithAnyText(setting: FigureSVG.Setting) throws {
    let figure = everyShape(title: hostileText)
    let svg = FigureSVG(figure, for: setting).text
    let parsed = try #require(XMLTexts(svg))
    #expect(!parsed.elements.contains("script"))
    #expect(parsed.texts.contains(hostileText.replacingOccurrences(of: "\u{1}", with: "\u{FFFD}")))
    #expect(svg == FigureSVG(figure, for: setting).text)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  /// The page's policy allows no styles but its own sheet, and many figures share its names.
  @Test func svgInThePageHasNoColoursOfItsOwn() {
    let svg = FigureSVG(everyShape(), for: .page).text
    for forbidden in ["#", "style=", " id=", "url("] { #expect(!svg.contains(forbidden)) }
    #expect(svg.contains("class=\"stroke-orange\""))
  }

  @Test func theTableHoldsTheNumbersDrawn() {
    let figure = Figure(
      title: "t", x: Figure.Axis("x", holding: [0, 1]), y: Figure.Axis("y", holding: [0, 1]),
      series: [
        Figure.Series("a, \"b\"", .band, points: [.init(0.25, band: 0.5...0.75)]),
        Figure.Series(nil, .bars, points: [.init(bar: 0...0.5, height: 3)]),
      ])
    #expect(
      figure.csv == #"""
        series,shape,x,x_low,x_high,y,y_low,y_high
        "a, ""b""",band,0.25,,,,0.5,0.75
        ,bars,0.25,0,0.5,3,,

        """#)
  }

  @Test func pixelsHaveTheColoursOfTheSeries() throws {
    let axis = Figure.Axis("", holding: [0, 1])
    func pixel(_ shape: Figure.Series.Shape) -> [UInt8] {
      let places = shape == .bars ? [0.5] : [0.0, 1]
      let points = places.map { Figure.Point($0, 0.55, xRange: 0...1, yRange: 0.3...0.9) }
      let figure = Figure(
        title: "", x: axis, y: axis,
        series: [Figure.Series(nil, shape, color: .blue, points: points)])
      let picture = FigureRaster(figure).render()
      let layout = FigureLayout(figure)
      let (x, y) = (Int(2 * layout.x(0.5)), Int(2 * layout.y(0.55)))
      return (0..<3).map { picture[x, y, $0] }
    }
    #expect(pixel(.line) == [0x00, 0x72, 0xB2])
    // 22 and 75 percent of the blue over white, rounded.
    #expect(pixel(.band) == [199, 224, 238])
    #expect(pixel(.bars) == [64, 149, 197])
    // The thin line over the range of a point.
    #expect(pixel(.points) == [0x00, 0x72, 0xB2])
  }

  @Test func filesAreWrittenAndTheSameEveryTime() throws {
    let folder = NSTemporaryDirectory() + "posterior-figure-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func bytes() throws -> [Data] {
      try FigureFiles.write(everyShape(), to: "\(folder)/f")
      return try ["svg", "png", "csv"].map {
        try Data(contentsOf: URL(filePath: "\(folder)/f.\($0)"))
      }
    }
    let first = try bytes()
    #expect(try bytes() == first)
    #expect(try PNGFile.read(path: "\(folder)/f.png").width == 960)
  }
}

@Suite struct AxisTests {
  @Test(arguments: [
    [], [.nan], [.infinity, -.infinity], [0], [3, 3], [-5, 5], [1e-12, 1e12], [1e300, 2e300],
    [0.1, 0.30000000000000004], [-1e308, 1e308], [.leastNonzeroMagnitude, .leastNormalMagnitude],
  ])
  func anyValuesGiveAnAxis(values: [Double]) throws {
    for scale in [Figure.Axis.Scale.linear, .logarithmic] {
      let axis = Figure.Axis("x", holding: values, scale: scale)
      #expect(axis.range.lowerBound < axis.range.upperBound)
      #expect((2...40).contains(axis.ticks.count), "\(values) \(axis)")
      #expect(axis.ticks == axis.ticks.sorted())
      for value in values + axis.ticks where !value.isNaN {
        #expect((0...1).contains(axis.fraction(of: value)))
      }
    }
  }

  @Test func endsAndTicksAreRound() {
    let axis = Figure.Axis("x", holding: [0.03, 0.97])
    #expect(axis.range == 0...1)
    #expect(axis.ticks.map { NumberText.short($0) } == ["0", "0.2", "0.4", "0.6", "0.8", "1"])
    let wide = Figure.Axis("x", holding: [0.003, 0.4, -1], scale: .logarithmic)
    #expect(wide.range == 0.002...0.5)
    #expect(
      wide.ticks.map { NumberText.short($0) }
        == ["0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"])
    #expect(abs(wide.fraction(of: 0.001 * 1000.squareRoot()) - 0.5) < 1e-12)
  }

  @Test func impossibleEndsAreRefused() throws {
    #expect(throws: ReportError.axis("x", 1, 1)) { try Figure.Axis("x", 1...1) }
    #expect(throws: ReportError.axis("x", 0, 1)) {
      try Figure.Axis("x", 0...1, scale: .logarithmic)
    }
    #expect(throws: ReportError.axis("x", 0, .infinity)) { try Figure.Axis("x", 0...(.infinity)) }
    #expect(try Figure.Axis("x", 0...1).range == 0...1)
  }
}
