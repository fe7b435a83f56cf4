import Foundation
import RunFiles
import Statistics

/// The figures of a calibration, and the tables beside them.
public struct CalibrationFigures: Sendable {
  /// A figure and the name of its files.
  public struct Item: Sendable, Equatable {
    /// Letters, digits, `-`, `_` and `.`; no two items share one.
    public let name: String
    /// The figure.
    public let figure: Figure
  }

  /// The figures in the order to read them in.
  public let items: [Item]

  let summary: CalibrationSummary

  /// Makes the figures of a summary; curves, bins and histograms without content give none.
  public init(_ summary: CalibrationSummary) {
    self.summary = summary
    var items: [Item] = []
    if let figure = Self.coverage(summary) { items.append(Item(name: "coverage", figure: figure)) }
    if let figure = Self.tarp(summary.tarp) { items.append(Item(name: "tarp", figure: figure)) }
    if let figure = Self.errors(summary.errors) {
      items.append(Item(name: "standardised-errors", figure: figure))
    }
    let names = Self.fileNames(of: summary.ranks.map(\.quantity))
    for (name, ranks) in zip(names, summary.ranks) {
      if let figure = Self.ranks(ranks) { items.append(Item(name: name, figure: figure)) }
    }
    self.items = items
  }

  /// Writes `FOLDER/NAME.svg`, `.png` and `.csv` of every figure, and `FOLDER/scores.csv`.
  ///
  /// - Throws: `FileError`.
  public func write(to folder: String, in directory: RunDirectory) throws {
    try directory.makeFolder(of: "\(folder)/scores.csv")
    for item in items { try FigureFiles.write(item.figure, to: "\(folder)/\(item.name)") }
    try AtomicFile.write(scoreTable, to: "\(folder)/scores.csv")
  }

  /// File names made from names of quantities.
  private static func fileNames(of quantities: [String]) -> [String] {
    var taken: Set<String> = []
    return quantities.map { quantity in
      let safe = String(
        quantity.prefix(80).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
      var name = "rank-\(safe)"
      while !taken.insert(name).inserted { name += "-" }
      return name
    }
  }
}

// MARK: - Scores

extension CalibrationFigures {
  /// The scores that are known, with the words for them.
  var scores: [(name: String, label: String, score: CalibrationSummary.Score)] {
    [
      ("crps", "CRPS, mean over pixels", summary.crps),
      ("energy_score", "energy score, over the root of the number of pixels", summary.energyScore),
      ("interval_width", "width of the outermost quantile interval", summary.intervalWidth),
    ].compactMap { name, label, score in score.map { (name, label, $0) } }
  }

  private var scoreTable: String {
    CSV.text(
      [["quantity", "value", "standard_error"]]
        + [["images", "\(summary.images)", ""]]
        + scores.map { [$0.name, CSV.field($0.score.mean), CSV.field($0.score.standardError)] }
        + summary.ranks.map { ["rank_p_value \($0.quantity)", CSV.field($0.pValue), ""] })
  }
}

// MARK: - Curves

extension CalibrationFigures {
  private static func coverage(_ summary: CalibrationSummary) -> Figure? {
    guard !summary.coverage.points.isEmpty else { return nil }
    let unsaturated = summary.unsaturatedCoverage.map {
      curve($0, "pixels whose truth is strictly between 0 and 1", .orange)
    }
    return levels(
      title: "Coverage of central intervals",
      caption: "How often intervals that claim a probability hold the truth. On the diagonal they "
        + "keep what they claim; below it they are too narrow, above it too wide. Shaded: 95 % of "
        + "bootstrap replicates over images.",
      labels: ("nominal probability", "fraction of truths inside"),
      curves: curve(summary.coverage, "all pixels", .blue) + (unsaturated ?? []))
  }

  private static func tarp(_ tarp: CoverageCurve) -> Figure? {
    guard !tarp.points.isEmpty else { return nil }
    return levels(
      title: "TARP: coverage of whole images",
      caption: "How often regions around random reference images, made to hold a share of the "
        + "samples, hold the truth. Off the diagonal by more than the shaded 95 % band: the "
        + "posterior as a whole is biased, or too narrow or too wide.",
      labels: ("credibility level", "expected coverage"), curves: curve(tarp, "images", .blue))
  }

  private static func levels(
    title: String, caption: String, labels: (x: String, y: String), curves: [Figure.Series]
  ) -> Figure {
    Figure(
      title: title, caption: caption, x: Figure.Axis(labels.x, holding: [0, 1]),
      y: Figure.Axis(labels.y, holding: [0, 1]),
      series: [.reference("calibrated", from: (0, 0), to: (1, 1))] + curves)
  }

  private static func curve(
    _ curve: CoverageCurve, _ name: String, _ color: PlotColor
  ) -> [Figure.Series] {
    [
      Figure.Series(
        nil, .band, color: color, points: curve.points.map { .init($0.nominal, band: $0.band) }),
      Figure.Series(
        name, .line, color: color, points: curve.points.map { .init($0.nominal, $0.observed) }),
    ]
  }
}

// MARK: - Standardised errors

extension CalibrationFigures {
  private static func errors(_ errors: StandardisedErrors) -> Figure? {
    let bins = errors.bins
    guard !bins.isEmpty else { return nil }
    let ends = bins.flatMap { [$0.range.lowerBound, $0.range.upperBound] }
    let isWide = (ends.min() ?? 0) > 0 && (ends.max() ?? 0) > 10 * (ends.min() ?? 0)
    let x = Figure.Axis("std, image units", holding: ends, scale: isWide ? .logarithmic : .linear)
    let heights = bins.flatMap { [$0.band.lowerBound, $0.ratio, $0.band.upperBound] }
    return Figure(
      title: "Errors in units of the std",
      caption: "Root mean square of truth - mean over what the samples say it is, for pixels of "
        + "similar std. At 1 the std tells the size of the errors; 2 says that they are twice as "
        + "large. Bars: 95 % of bootstrap replicates over images.",
      x: x, y: Figure.Axis("errors over what the std says", holding: heights + [0, 1]),
      series: [
        .reference("calibrated", from: (x.range.lowerBound, 1), to: (x.range.upperBound, 1)),
        Figure.Series(
          "pixels by std", .points, points: bins.map { point($0, isLogarithmic: isWide) }),
      ])
  }

  private static func point(
    _ bin: StandardisedErrors.Bin, isLogarithmic: Bool
  ) -> Figure.Point {
    let (low, high) = (bin.range.lowerBound, bin.range.upperBound)
    let middle = isLogarithmic ? (low * high).squareRoot() : (low + high) / 2
    return Figure.Point(middle, bin.ratio, xRange: bin.range, yRange: bin.band)
  }
}

// MARK: - Ranks

extension CalibrationFigures {
  private static func ranks(_ ranks: RankHistogram) -> Figure? {
    guard !ranks.counts.isEmpty else { return nil }
    let width = 1 / Double(ranks.counts.count)
    let bars = ranks.counts.enumerated().map { index, count in
      Figure.Point(
        bar: Double(index) * width...Double(index + 1) * width, height: Double(count))
    }
    let chance = NumberText.short(ranks.pValue, digits: 2)
    let band = Double(ranks.band.lowerBound)...Double(ranks.band.upperBound)
    let expected = Double(ranks.counts.reduce(0, +)) * width
    return Figure(
      title: "Rank of the truth: \(ranks.quantity), p = \(chance)",
      caption: "Where the truth stands among the samples, by \(ranks.quantity). Even bars: "
        + "calibrated; high ends: too narrow; a hump: too wide; a slope: a bias. p is the "
        + "probability of bars as uneven as these if ranks are uniform (chi-squared test).",
      x: Figure.Axis("relative rank", holding: [0, 1]),
      y: Figure.Axis(
        "images", holding: ranks.counts.map(Double.init) + [0, band.upperBound * 1.05]),
      series: [
        Figure.Series("truths", .bars, color: .sky, points: bars),
        Figure.Series(
          "95 % of counts if uniform", .band, color: .orange,
          points: [.init(0, band: band), .init(1, band: band)]),
        .reference("expected", from: (0, expected), to: (1, expected)),
      ])
  }
}
