extension LevelMultiset {
  /// Where a quantile lies among n sorted samples x₀ ≤ … ≤ xₙ₋₁.
  ///
  /// With h = (n − 1)·p and k = ⌊h⌋ the quantile is xₖ + (h − k)·(xₖ₊₁ − xₖ).
  struct Position {
    let lower: Int
    let upper: Int
    let fraction: Double

    init(probability: Double, count: Int) {
      let h = Double(count - 1) * probability
      lower = min(Int(h), count - 1)
      upper = min(lower + 1, count - 1)
      fraction = h - Double(lower)
    }

    func interpolate(_ low: Int, _ high: Int) -> Float {
      Float((Double(low) + fraction * Double(high - low)) / 255)
    }
  }

  /// The quantile of every pixel in image units; NaN for no sample.
  func quantile(_ probability: Double) -> [Float] {
    guard count > 0 else { return Array(repeating: .nan, count: pixelCount) }
    let position = Position(probability: probability, count: count)
    switch Form(count: count) {
    case .sorted: return sortedQuantile(position)
    case .narrow: return Self.countedQuantile(position, counts: narrow)
    case .wide: return Self.countedQuantile(position, counts: wide)
    }
  }

  private func sortedQuantile(_ position: Position) -> [Float] {
    let (lower, upper) = (position.lower * pixelCount, position.upper * pixelCount)
    return (0..<pixelCount).map {
      position.interpolate(Int(planes[lower + $0]), Int(planes[upper + $0]))
    }
  }

  private static func countedQuantile<Count: FixedWidthInteger>(
    _ position: Position, counts: [Count]
  ) -> [Float] {
    stride(from: 0, to: counts.count, by: levelCount).map { start in
      let table = counts[start..<(start + levelCount)]
      return position.interpolate(
        level(ofRank: position.lower, in: table), level(ofRank: position.upper, in: table))
    }
  }

  /// The level of the sample with a rank counted from 0.
  private static func level<Count: FixedWidthInteger>(
    ofRank rank: Int, in table: ArraySlice<Count>
  ) -> Int {
    var before = 0
    for (level, count) in table.enumerated() {
      before += Int(count)
      if rank < before { return level }
    }
    return levelCount - 1
  }
}
