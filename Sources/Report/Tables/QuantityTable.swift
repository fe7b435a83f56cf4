import Statistics

/// Statistics of the scalar quantities of images, as the text of `quantities.csv`: a row an image and quantity.
struct QuantityTable {
  private let quantiles: [Double]
  private var rows: [[String]]

  /// - Parameter quantiles: levels of the quantile columns.
  init(quantiles: [Double]) {
    self.quantiles = quantiles
    rows = [
      ["image", "quantity", "samples", "mean", "std", "mcse"]
        + quantiles.map(ImageResult.name(ofQuantile:)) + ["truth", "samples_below_truth"]
    ]
  }

  /// Whether there is nothing to tell.
  var isEmpty: Bool { rows.count < 2 }

  /// The text in UTF-8; numbers have six significant digits, an unknown one is an empty field.
  var csv: String { CSV.text(rows) }

  /// Adds the rows of an image.
  mutating func add(_ result: ImageResult) {
    let part = result.part
    let truths = result.truthQuantities.reduce(into: [:]) { $0[$1.name] = $1.value }
    for name in part.quantityNames {
      let samples = part.values(ofQuantity: name) ?? []
      rows.append([part.image.name, name] + fields(samples, truth: truths[name]))
    }
  }

  /// Adds the rows of a table of the same columns.
  mutating func append(_ other: QuantityTable) { rows += other.rows.dropFirst() }

  private func fields(_ samples: [Double], truth: Double?) -> [String] {
    let moments = ScalarMoments(samples)
    return ["\(samples.count)", text(moments.mean), text(moments.standardDeviation)]
      + [text(moments.monteCarloError)] + quantiles.map { text(moments.quantile($0)) }
      + [truth.map(text) ?? "", truth.map { truth in "\(samples.count { $0 < truth })" } ?? ""]
  }

  private func text(_ value: Double) -> String {
    value.isNaN ? "" : NumberText.short(value, digits: 6)
  }
}
