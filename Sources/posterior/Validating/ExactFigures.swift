import Report
import Validation

/// The figures of a comparison with exact posteriors: four for each prior, a row for each sampler and a
/// mark for each operator that all samplers meet.
struct ExactFigures {
  private let results: [ExactResult]

  init(_ results: [ExactResult]) { self.results = results.filter(\.isForAll) }

  /// Writes `FOLDER/PRIOR-mean.svg` and `.png`, and the like of spread, distance and coverage.
  ///
  /// - Throws: `FileError`.
  func write(to folder: String) throws {
    for prior in results.map(\.prior).unique {
      let own = results.filter { $0.prior == prior }
      let name = prior.lowercased().replacing(" ", with: "-")
      for view in ExactView.all {
        guard let figure = view.figure(of: own, prior: prior) else { continue }
        try FigureFiles.writePictures(figure, to: "\(folder)/\(name)-\(view.name)")
      }
    }
  }
}

/// One number of every sampler and operator as a figure.
private struct ExactView: Sendable {
  let name: String
  let title: String
  let label: String
  let caption: String
  var scale = Figure.Axis.Scale.logarithmic
  var right: (name: String, value: Double)?
  /// What exact draws show; nil if the figure has no shade.
  var expected: @Sendable (ExactResult) -> ClosedRange<Double>? = { _ in nil }
  /// The number of a result, with a bar where it has one; nil if it was not asked for.
  let value: @Sendable (ExactResult) -> (Double, ClosedRange<Double>?)?

  /// Nothing where no result has the number.
  func figure(of results: [ExactResult], prior: String) -> Figure? {
    let groups = results.map(\.measurement).unique.map { measurement in
      DotPlot.Group(
        measurement, results.filter { $0.measurement == measurement }.compactMap(dot))
    }
    guard results.contains(where: { value($0) != nil }) else { return nil }
    return DotPlot(groups).figure(
      title: "\(prior): \(title)", caption: caption, label: label, scale: scale,
      expected: range(results).map { ("exact draws, over all operators", $0) }, right: right)
  }

  private func dot(_ result: ExactResult) -> DotPlot.Dot? {
    value(result).map { number, reach in
      DotPlot.Dot(row: Self.plain(result.sampler), value: number, reach: reach)
    }
  }

  private func range(_ results: [ExactResult]) -> ClosedRange<Double>? {
    let all = results.compactMap(expected)
    guard let low = all.map(\.lowerBound).min(), let high = all.map(\.upperBound).max() else {
      return nil
    }
    return low...high
  }

  /// The name of a sampler in ASCII: pictures have no other letters.
  private static func plain(_ name: String) -> String {
    name.replacing("τ", with: "tau").replacing("σ", with: "sigma")
  }
}

// MARK: - The views

extension ExactView {
  static let all = [mean, spread, wasserstein, coverage]

  private static let missing =
    " No mark: the sampler is not made for the operator, or gave no finite number."

  private static let mean = measure(
    .mean, "error of the mean", "in exact posterior standard deviations",
    "How far the mean of the samples is from the exact one. Right is the shade, which is what as "
      + "many exact draws show.")

  private static let spread = measure(
    .spread, "spread", "spread of the samples over the exact one",
    "0.5 means intervals half as wide as they should be. Right is the shade, which is what as many "
      + "exact draws show.", right: ("right", 1))

  private static let wasserstein = measure(
    .wasserstein, "sliced Wasserstein distance", "in exact posterior standard deviations",
    "The distance of the samples to exact draws. Right is the shade, which is what as many exact "
      + "draws show.")

  private static let coverage = ExactView(
    name: "coverage", title: "truths inside intervals", label: "fraction of pixels",
    caption: "How often the interval between the least and the greatest of 19 samples holds the "
      + "truth. Bars: two standard errors over truths." + missing,
    scale: .linear, right: ("right", TruthCoverage.nominal)
  ) { result in
    result.coverage.map { coverage in
      let reach = 2 * coverage.standardError
      return (coverage.fraction, (coverage.fraction - reach)...(coverage.fraction + reach))
    }
  }

  private static func measure(
    _ measure: ExactMeasure, _ title: String, _ label: String, _ caption: String,
    right: (name: String, value: Double)? = nil
  ) -> ExactView {
    ExactView(
      name: measure.rawValue, title: title, label: label, caption: caption + missing, right: right,
      expected: { $0.band[measure] }, value: { ($0.scores[measure], nil) })
  }
}

extension [String] {
  /// Without repetitions, in the order of first appearance.
  fileprivate var unique: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
