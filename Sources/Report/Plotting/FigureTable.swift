extension Figure {
  private static let header = [
    "series", "shape", "x", "x_low", "x_high", "y", "y_low", "y_high",
  ]

  /// The numbers that are drawn, as comma-separated text: a header and a row a point.
  ///
  /// Fields as in `metrics.csv`; ranges that a point does not have are empty.
  public var csv: String {
    let records = series.flatMap { series in
      series.points.map { Self.record($0, of: series) }
    }
    return CSV.text([Self.header] + records)
  }

  /// The middle of a band is no datum: its field is empty.
  private static func record(_ point: Point, of series: Series) -> [String] {
    let numbers = [
      point.x, point.xRange?.lowerBound, point.xRange?.upperBound,
      series.shape == .band ? nil : point.y,
      point.yRange?.lowerBound, point.yRange?.upperBound,
    ]
    return [series.name ?? "", series.shape.rawValue] + numbers.map(CSV.field)
  }
}
