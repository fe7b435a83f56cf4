import RunFiles
import Statistics

/// Whether the samples of an image explain its measurement, by the misfit of each: the root mean
/// square of y − A(x) over the noise level.
struct DataAgreement {
  /// Samples explain a measurement to about its noise; where they miss it on average by more than
  /// twice the noise, no count of pixels makes that chance.
  private static let limit = 2.0
  private static let bins = 24

  private let misfits: [Double]

  init(_ records: [SampleRecord]) {
    misfits = records.filter { !$0.hasFailed }.compactMap(\.residual).filter(\.isFinite)
  }

  private var mean: Double { misfits.reduce(0, +) / Double(misfits.count) }

  /// Why the samples contradict the measurement; nil if they do not, or it is not known.
  var disagreement: String? {
    guard !misfits.isEmpty, mean > Self.limit else { return nil }
    return "The samples miss the measurement by \(NumberText.short(mean)) times its noise "
      + "(root mean square, mean over samples); up to \(NumberText.short(Self.limit)) is taken as "
      + "agreement."
  }

  /// The misfits of the samples as a histogram; nil for fewer than two.
  var figure: Figure? {
    guard misfits.count > 1, let highest = misfits.max() else { return nil }
    let axis = Figure.Axis("misfit, in units of the noise", holding: [0, 1.2, highest])
    let width = axis.range.upperBound / Double(Self.bins)
    let counts = misfits.reduce(into: Array(repeating: 0.0, count: Self.bins)) {
      $0[min(Self.bins - 1, Int($1 / width))] += 1
    }
    let bars = counts.enumerated().map { index, count in
      Figure.Point(bar: Double(index) * width...Double(index + 1) * width, height: count)
    }
    let highestCount = counts.max() ?? 1
    return Figure(
      title: "Do the samples explain the measurement?",
      caption: "Root mean square of y - A(x) over the noise level, of each sample. Near 1 or below "
        + "(parts of y that are masked count as 0): explained. Far above: the samples contradict "
        + "the data.",
      x: axis, y: Figure.Axis("samples", holding: [0, highestCount]),
      series: [
        Figure.Series("samples", .bars, color: .sky, points: bars.filter { $0.y > 0 }),
        .reference("noise level", from: (1, 0), to: (1, highestCount)),
      ])
  }
}

extension ImageMetrics {
  /// That the samples are solutions of their own; nil where they are not.
  var separateAnswers: String? {
    guard let answers, answers > 1 else { return nil }
    return
      "The samples are \(answers) separate answers: the measurement rules out what lies halfway "
      + "between them. Mean and std mix the answers; look at the samples."
  }

  /// What the posterior predictive check says against the samples; nil if nothing.
  var disagreement: String? {
    guard let check = dataCheck, let finding = dataFinding else { return nil }
    let text = "(posterior predictive p = \(NumberText.short(check.pValue, digits: 2)))"
    switch finding {
    case .agrees: return nil
    case .residualTooLarge:
      return "The samples miss the measurement by more than its noise \(text)."
    case .residualTooSmall:
      return
        "The samples follow the noise of the measurement: they are nearer to it than the truth "
        + "can be expected to be \(text)."
    }
  }
}
