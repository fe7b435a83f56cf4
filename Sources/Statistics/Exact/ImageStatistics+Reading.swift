extension ImageStatistics {
  /// Rebuilds statistics from `arrays` of any origin; the names tell what was kept.
  ///
  /// - Throws: `arrayMissing`, `arrayUnexpected`, `arrayLayout`, `arrayValue`.
  public init(arrays: [StatisticsArray]) throws(StatisticsError) {
    let names = Set(arrays.map(\.name))
    guard let sum = arrays.first(where: { $0.name == Name.sum }) else {
      throw .arrayMissing(name: Name.sum)
    }
    let options = StatisticsOptions(
      levels: names.contains(Name.planes) || names.contains(Name.counts),
      extrema: names.contains(Name.minimum) || names.contains(Name.maximum),
      truthRank: names.contains(Name.below) || names.contains(Name.equal))
    let pixelCount = sum.bytes.count / MemoryLayout<Int64>.size
    try self.init(arrays: arrays, pixelCount: pixelCount, options: options)
  }

  /// Rebuilds statistics from `arrays` of any origin, of which size and options are known.
  ///
  /// Type, shape and size of every array are checked, and that its values are possible.
  ///
  /// - Throws: `arrayMissing`, `arrayUnexpected`, `arrayLayout`, `arrayValue`.
  public init(
    arrays: [StatisticsArray], pixelCount: Int, options: StatisticsOptions
  ) throws(StatisticsError) {
    var reader = ArrayReader(arrays: arrays, pixelCount: pixelCount)
    self.pixelCount = pixelCount
    self.options = options
    count = try reader.readCount()
    sums = try reader.readSums()
    levels = options.levels ? try reader.readLevels() : nil
    extrema = options.extrema ? try reader.readExtrema() : nil
    rank = options.truthRank ? try reader.readRank() : nil
    try reader.finish()
  }
}

/// Takes arrays by name, checks them, and knows which were not asked for.
private struct ArrayReader {
  private typealias Name = ImageStatistics.Name

  private var remaining: [StatisticsArray]
  private let pixelCount: Int
  private var count = 0

  init(arrays: [StatisticsArray], pixelCount: Int) {
    remaining = arrays
    self.pixelCount = pixelCount
  }

  mutating func readCount() throws(StatisticsError) -> Int {
    let numbers = try take(Int64.self, Name.count, shape: [1])
    guard (0...Int64(PixelSum.maximumCount)).contains(numbers[0]) else {
      throw .arrayValue(
        name: Name.count, index: 0, reason: "0 to \(PixelSum.maximumCount) samples are possible")
    }
    count = Int(numbers[0])
    return count
  }

  mutating func readSums() throws(StatisticsError) -> [PixelSum] {
    let sum = try take(Int64.self, Name.sum, shape: [pixelCount])
    let squares = try take(UInt64.self, Name.squares, shape: [pixelCount, 2])
    var sums = Array(repeating: PixelSum(), count: pixelCount)
    for pixel in 0..<pixelCount {
      sums[pixel].sum = sum[pixel]
      sums[pixel].squaresLow = squares[2 * pixel]
      sums[pixel].squaresHigh = squares[2 * pixel + 1]
      if let reason = sums[pixel].contradiction(count: count) {
        throw .arrayValue(name: Name.sum, index: pixel, reason: reason)
      }
    }
    return sums
  }

  mutating func readExtrema() throws(StatisticsError) -> PixelExtrema {
    var extrema = PixelExtrema(pixelCount: 0)
    extrema.minimum = try take(Float.self, Name.minimum, shape: [pixelCount])
    extrema.maximum = try take(Float.self, Name.maximum, shape: [pixelCount])
    for pixel in 0..<pixelCount {
      let (low, high) = (extrema.minimum[pixel], extrema.maximum[pixel])
      guard count == 0 ? low == .infinity && high == -.infinity : isOrdered(low, high) else {
        throw .arrayValue(
          name: Name.minimum, index: pixel,
          reason: "no \(count) samples have the extrema \(low) and \(high)")
      }
    }
    return extrema
  }

  private func isOrdered(_ low: Float, _ high: Float) -> Bool {
    let limit = FixedPoint.magnitudeLimit
    let isNegativeZero = low.bitPattern == 0x8000_0000 || high.bitPattern == 0x8000_0000
    return -limit <= low && low <= high && high <= limit && !isNegativeZero
  }

  mutating func readRank() throws(StatisticsError) -> TruthRank {
    var rank = TruthRank(pixelCount: 0)
    rank.below = try take(Int32.self, Name.below, shape: [pixelCount])
    rank.equal = try take(Int32.self, Name.equal, shape: [pixelCount])
    for pixel in 0..<pixelCount {
      let (below, equal) = (Int(rank.below[pixel]), Int(rank.equal[pixel]))
      guard below >= 0, equal >= 0, below + equal <= count else {
        throw .arrayValue(
          name: Name.below, index: pixel,
          reason: "of \(count) samples, \(below) below and \(equal) equal is impossible")
      }
    }
    return rank
  }

  mutating func finish() throws(StatisticsError) {
    if let surplus = remaining.first { throw .arrayUnexpected(name: surplus.name) }
  }

  private mutating func take<Number: StatisticsNumber>(
    _ type: Number.Type, _ name: String, shape: [Int]
  ) throws(StatisticsError) -> [Number] {
    guard let index = remaining.firstIndex(where: { $0.name == name }) else {
      throw .arrayMissing(name: name)
    }
    return try remaining.remove(at: index).numbers(type, shape: shape)
  }
}

// MARK: - Levels

extension ArrayReader {
  mutating func readLevels() throws(StatisticsError) -> LevelMultiset {
    switch LevelMultiset.Form(count: count) {
    case .sorted:
      let planes = try take(UInt8.self, Name.planes, shape: [count, pixelCount])
      try checkOrder(planes)
      return levels(planes: planes)
    case .narrow: return levels(narrow: try readCounts(Int16.self))
    case .wide: return levels(wide: try readCounts(Int32.self))
    }
  }

  private func levels(
    planes: [UInt8] = [], narrow: [Int16] = [], wide: [Int32] = []
  ) -> LevelMultiset {
    LevelMultiset(
      pixelCount: pixelCount, count: count, planes: planes, narrow: narrow, wide: wide)
  }

  private func checkOrder(_ planes: [UInt8]) throws(StatisticsError) {
    for index in 0..<max(planes.count - pixelCount, 0)
    where planes[index] > planes[index + pixelCount] {
      throw .arrayValue(
        name: Name.planes, index: index + pixelCount, reason: "the levels are not sorted")
    }
  }

  private mutating func readCounts<Count: StatisticsNumber & FixedWidthInteger>(
    _ type: Count.Type
  ) throws(StatisticsError) -> [Count] {
    let size = LevelMultiset.levelCount
    let counts = try take(type, Name.counts, shape: [pixelCount, size])
    for pixel in 0..<pixelCount {
      let table = counts[(pixel * size)..<((pixel + 1) * size)]
      guard table.allSatisfy({ $0 >= 0 }), table.reduce(0, { $0 + Int($1) }) == count else {
        throw .arrayValue(
          name: Name.counts, index: pixel * size,
          reason: "the 256 counts do not add up to \(count) samples")
      }
    }
    return counts
  }
}
