// The arrays, with N = pixelCount and n = count:
//
//   count              i64 [1]       n
//   sum                i64 [N]       Σq
//   sum_squares        u64 [N, 2]    Σq² as its lower and its upper 64 bits
//   level_planes       u8  [n, N]    sorted along the first dimension; for n ≤ 512
//   level_counts       i16 [N, 256]  for 512 < n ≤ 32767, i32 [N, 256] above
//   minimum, maximum   f32 [N]       +∞ and −∞ for n = 0
//   below_truth        i32 [N]
//   equal_truth        i32 [N]

extension ImageStatistics {
  /// The statistics as named arrays; equal statistics have equal arrays, byte by byte.
  public var arrays: [StatisticsArray] {
    sumArrays + (levels.map { [$0.array] } ?? []) + extremaArrays + rankArrays
  }

  private var sumArrays: [StatisticsArray] {
    let squares = sums.flatMap { [$0.squaresLow, $0.squaresHigh] }
    return [
      StatisticsArray(name: Name.count, shape: [1], numbers: [Int64(count)]),
      StatisticsArray(name: Name.sum, shape: [pixelCount], numbers: sums.map(\.sum)),
      StatisticsArray(name: Name.squares, shape: [pixelCount, 2], numbers: squares),
    ]
  }

  private var extremaArrays: [StatisticsArray] {
    guard let extrema else { return [] }
    return [
      StatisticsArray(name: Name.minimum, shape: [pixelCount], numbers: extrema.minimum),
      StatisticsArray(name: Name.maximum, shape: [pixelCount], numbers: extrema.maximum),
    ]
  }

  private var rankArrays: [StatisticsArray] {
    guard let rank else { return [] }
    return [
      StatisticsArray(name: Name.below, shape: [pixelCount], numbers: rank.below),
      StatisticsArray(name: Name.equal, shape: [pixelCount], numbers: rank.equal),
    ]
  }

  enum Name {
    static let count = "count"
    static let sum = "sum"
    static let squares = "sum_squares"
    static let planes = "level_planes"
    static let counts = "level_counts"
    static let minimum = "minimum"
    static let maximum = "maximum"
    static let below = "below_truth"
    static let equal = "equal_truth"
  }
}

extension LevelMultiset {
  fileprivate typealias Name = ImageStatistics.Name

  var array: StatisticsArray {
    let counted = [pixelCount, Self.levelCount]
    switch Form(count: count) {
    case .sorted:
      return StatisticsArray(name: Name.planes, shape: [count, pixelCount], numbers: planes)
    case .narrow: return StatisticsArray(name: Name.counts, shape: counted, numbers: narrow)
    case .wide: return StatisticsArray(name: Name.counts, shape: counted, numbers: wide)
    }
  }
}
