import Foundation
import RunFiles
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

extension EndToEnd {
  /// The plots of `posterior validate --exact` against the numbers in `exact.csv`.
  @Suite struct ExactFigures {
    /// The colours of marks, in the order of the operators.
    static let colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]

    @Test func plotsShowTheNumbersOfTheTable() throws {
      let folder = try TemporaryFolder()
      let result = try Program.run(
        [
          "validate", "--exact", "--extent", "quick", "--samples", "10", "--truths", "10",
          "--quiet", "--output", folder("exact"),
        ], timeout: 600)
      try #require(result.code == 0, "\(result)")
      let numbers = try Self.numbers(folder("exact/exact.csv"))
      let priors = Set(numbers.map(\.prior))
      #expect(priors == ["Gaussian", "mixture"])
      for prior in priors {
        for measure in ["mean", "spread", "wasserstein", "coverage"] {
          let path = folder("exact/\(prior.lowercased())-\(measure)")
          #expect(try PNGFile.read(path: "\(path).png").width > 960)
          let own = numbers.filter { $0.prior == prior && $0.measure == measure }
          try Self.check(Drawing(path: "\(path).svg"), shows: own, "\(prior), \(measure)")
        }
      }
    }

    /// Every number has a mark where it belongs, and no mark is left over.
    ///
    /// Places are written with two decimals and ticks with three digits, all of which are round: a
    /// mark is right to 0.01 of some 400 units, here 0.05.
    private static func check(
      _ drawing: Drawing, shows numbers: [Number], _ name: String
    ) throws {
      let operators = numbers.map(\.measurement).unique
      #expect(drawing.legend.suffix(operators.count) == operators[...], "\(name)")
      for (measurement, color) in zip(operators, colors) {
        let own = numbers.filter { $0.measurement == measurement }
        let marks = drawing.marks(color)
        #expect(marks.count == own.count, "\(name), \(measurement)")
        for number in own {
          let mark = try #require(marks[number.sampler], "\(name), \(number)")
          let place = try drawing.place(
            of: number.value, isLogarithmic: number.measure != "coverage")
          #expect(abs(mark - place) < 0.05, "\(name), \(number)")
        }
      }
    }

    // MARK: - exact.csv

    struct Number {
      let prior, measurement, sampler, measure: String
      let value: Double
    }

    private static func numbers(_ path: String) throws -> [Number] {
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      return try lines.dropFirst().map { line in
        let quoted = line.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        let (head, tail) = (quoted[0].split(separator: ","), quoted[2].split(separator: ","))
        let sampler = quoted[1].replacing("τ", with: "tau").replacing("σ", with: "sigma")
        return Number(
          prior: "\(head[0])", measurement: "\(head[1])", sampler: sampler, measure: "\(tail[2])",
          value: try #require(Double(tail[3])))
      }
    }
  }
}

/// What an SVG of a plot with a row for each name shows, read back from its elements.
private final class Drawing: NSObject, XMLParserDelegate {
  private var texts: [(text: String, x: Double, y: Double, anchor: String)] = []
  private var shapes: [(color: String, x: Double, y: Double)] = []
  private var isInText = false

  init(path: String) throws {
    super.init()
    let parser = XMLParser(data: try Data(contentsOf: URL(filePath: path)))
    parser.delegate = self
    try #require(parser.parse(), "\(path)")
  }

  /// The lowest text in the middle is the name of the horizontal axis; those below are the legend.
  var legend: [String] {
    texts.filter { $0.anchor == "start" && $0.y > bottom }.sorted { $0.y < $1.y }.map(\.text)
  }

  private var bottom: Double { texts.filter { $0.anchor == "middle" }.map(\.y).max() ?? 0 }

  /// How far to the right the marks of a colour stand, by the name nearest to them.
  func marks(_ color: String) -> [String: Double] {
    let names = texts.filter { $0.anchor == "end" }
    let marks = shapes.filter { $0.color == color && $0.y < bottom }.compactMap { mark in
      names.min { abs($0.y - 4 - mark.y) < abs($1.y - 4 - mark.y) }.map { ($0.text, mark.x) }
    }
    return Dictionary(marks) { _, _ in .nan }
  }

  /// Where a number belongs by the ticks.
  func place(of value: Double, isLogarithmic: Bool) throws -> Double {
    let ticks = texts.filter { $0.anchor == "middle" }.compactMap { text in
      Double(text.text).map { (value: $0, x: text.x) }
    }
    let (first, last) = try (#require(ticks.first), #require(ticks.last))
    let scale = { (value: Double) in isLogarithmic ? log(value) : value }
    let fraction = (scale(value) - scale(first.value)) / (scale(last.value) - scale(first.value))
    return first.x + fraction * (last.x - first.x)
  }

  // MARK: - Parsing

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let number = { (key: String) in attributes[key].flatMap { Double($0) } ?? 0 }
    isInText = name == "text"
    switch name {
    case "text": texts.append(("", number("x"), number("y"), attributes["text-anchor"] ?? ""))
    case "circle": add(attributes, [(number("cx"), number("cy"))])
    case "rect":
      let (x, y) = (number("x"), number("y"))
      add(attributes, [(x, y), (x + number("width"), y + number("height"))])
    case "polygon":
      let points = attributes["points"] ?? ""
      add(
        attributes,
        points.split(separator: " ").map { point in
          let pair = point.split(separator: ",").compactMap { Double($0) }
          return (pair[0], pair[1])
        })
    default: break
    }
  }

  /// Notes the middle of a shape.
  private func add(_ attributes: [String: String], _ corners: [(x: Double, y: Double)]) {
    guard let color = attributes["fill"], attributes["fill-opacity"] == nil else { return }
    let (x, y) = (corners.map(\.x), corners.map(\.y))
    shapes.append(
      (color, ((x.min() ?? 0) + (x.max() ?? 0)) / 2, ((y.min() ?? 0) + (y.max() ?? 0)) / 2))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if isInText { texts[texts.count - 1].text += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    isInText = false
  }
}

extension [String] {
  /// Without repetitions, in the order of first appearance.
  fileprivate var unique: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
