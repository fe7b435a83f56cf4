import Testing

@testable import Statistics

@Suite("Stored statistics")
struct StoredStatisticsTests {
  private static let pixels = 6

  /// Statistics of random samples; large even counts are two equal halves, to save time.
  private func make(count: Int, options: StatisticsOptions = everything) throws -> ImageStatistics {
    if count > 1_000 {
      var half = try make(count: count / 2, options: options)
      try half.merge(half)
      return half
    }
    let samples = randomSamples(count, pixels: Self.pixels, seed: UInt64(count) + 40)
    return try makeStatistics(
      samples, pixels: Self.pixels, options: options, truth: samples.first ?? [])
  }

  @Test("Arrays rebuild the statistics", arguments: [0, 1, 2, 17, 512, 513, 32_768])
  func roundTrip(count: Int) throws {
    for options in Self.allOptions {
      let statistics = try make(count: count, options: options)
      let arrays = statistics.arrays
      #expect(try ImageStatistics(arrays: arrays) == statistics)
      #expect(try ImageStatistics(arrays: arrays.reversed()) == statistics)
      #expect(
        try ImageStatistics(arrays: arrays, pixelCount: Self.pixels, options: options).arrays
          == arrays)
    }
  }

  @Test("Rebuilt statistics go on as if never stored")
  func continued() throws {
    let samples = randomSamples(30, pixels: Self.pixels, seed: 3)
    let whole = try makeStatistics(
      samples, pixels: Self.pixels, options: everything, truth: samples[0])
    var stored = try makeStatistics(
      Array(samples[..<11]), pixels: Self.pixels, options: everything, truth: samples[0])
    stored = try ImageStatistics(arrays: stored.arrays)
    for sample in samples[11...] { try stored.add(sample, truth: samples[0]) }
    #expect(stored.arrays == whole.arrays)
  }

  @Test("Stored numbers are little-endian words at documented places")
  func layout() throws {
    let statistics = try makeStatistics(
      [[0.5, 256], [0.25, 256]], pixels: 2, options: StatisticsOptions(levels: true))
    let names = statistics.arrays.map(\.name)
    #expect(names == ["count", "sum", "sum_squares", "level_planes"])
    #expect(statistics.array("count")?.bytes == [2, 0, 0, 0, 0, 0, 0, 0])
    // 0.75·2²⁴ = 0xC0_0000 and 512·2²⁴ = 2³³.
    #expect(
      statistics.array("sum")?.bytes == [0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0])
    // (0.25 + 0.0625)·2⁴⁸ = 0x5000_0000_0000 and 2·2⁶⁴.
    let squares: [UInt8] = [0, 0, 0, 0, 0, 0x50, 0, 0] + Array(repeating: 0, count: 16)
    #expect(statistics.array("sum_squares")?.bytes == squares + [2, 0, 0, 0, 0, 0, 0, 0])
    #expect(statistics.array("level_planes")?.shape == [2, 2])
    #expect(statistics.array("level_planes")?.bytes == [64, 255, 128, 255])
  }

  @Test("Any missing, doubled or foreign array is named")
  func names() throws {
    for count in [5, 600] {
      let arrays = try make(count: count).arrays
      for (index, array) in arrays.enumerated() {
        var fewer = arrays
        fewer.remove(at: index)
        #expect(throws: StatisticsError.arrayMissing(name: array.name)) {
          try rebuilt(fewer)
        }
        #expect(throws: StatisticsError.arrayUnexpected(name: array.name)) {
          try rebuilt(arrays + [array])
        }
      }
      let foreign = StatisticsArray(name: "weights", elementType: .f32, shape: [0], bytes: [])
      #expect(throws: StatisticsError.arrayUnexpected(name: "weights")) {
        try ImageStatistics(arrays: arrays + [foreign])
      }
    }
    #expect(throws: StatisticsError.arrayMissing(name: "sum")) { try ImageStatistics(arrays: []) }
  }

  @Test("Any wrong type, shape or byte count is refused")
  func layouts() throws {
    for count in [5, 600] {
      let arrays = try make(count: count).arrays
      for (index, array) in arrays.enumerated() {
        for broken in Self.broken(array) {
          var changed = arrays
          changed[index] = broken
          let error = #expect(throws: StatisticsError.self) { try rebuilt(changed) }
          guard case .arrayLayout(array.name, _, _) = error else {
            Issue.record("\(array.name) gave \(String(describing: error))")
            continue
          }
          #expect(throws: StatisticsError.self) { try ImageStatistics(arrays: changed) }
        }
      }
    }
  }

  @Test(
    "Impossible values are refused",
    arguments: [
      ("count", 0, [0, 0, 0, 0, 0, 0, 0, 0x80]),
      ("count", 0, [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]),
      ("count", 0, [0, 0, 0, 0x80, 0, 0, 0, 0]),
      ("sum", 1, [0, 0, 0, 0, 0, 0, 0, 0x80]),
      ("sum", 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
      ("sum_squares", 3, [0, 0, 0, 0, 0, 0, 0, 0x80]),
      ("sum_squares", 3, [6, 0, 0, 0, 0, 0, 0, 0]),
      ("minimum", 2, [0, 0, 0xC0, 0x7F]),
      ("minimum", 2, [0, 0, 0x80, 0xFF]),
      ("minimum", 2, [0, 0, 0x80, 0x7F]),
      ("maximum", 2, [0, 0, 0xC0, 0xFF]),
      ("maximum", 2, [1, 0, 0x80, 0x43]),
      ("below_truth", 3, [0xFF, 0xFF, 0xFF, 0xFF]),
      ("below_truth", 3, [0xFF, 0xFF, 0xFF, 0x7F]),
      ("equal_truth", 3, [6, 0, 0, 0]),
      ("equal_truth", 3, [0, 0, 0, 0x80]),
    ] as [(String, Int, [UInt8])])
  func values(name: String, index: Int, bytes: [UInt8]) throws {
    let arrays = try make(count: 5).arrays.map { array in
      array.name == name ? Self.replacing(array, at: index, with: bytes) : array
    }
    let error = #expect(throws: StatisticsError.self) { try rebuilt(arrays) }
    guard case .arrayValue = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("A sum of squares too small for its sum is refused: no negative variance")
  func cauchySchwarz() throws {
    let arrays = try make(count: 5).arrays.map { array in
      array.name != "sum_squares"
        ? array
        : StatisticsArray(
          name: array.name, elementType: array.elementType, shape: array.shape,
          bytes: Array(repeating: 0, count: array.bytes.count))
    }
    #expect(throws: StatisticsError.self) { try rebuilt(arrays) }
  }

  @Test("Levels that are not sorted are refused")
  func unsorted() throws {
    let arrays = try make(count: 5).arrays.map { array in
      array.name != "level_planes"
        ? array : Self.replacing(array, at: 4 * Self.pixels + 2, with: [0])
    }
    let error = StatisticsError.arrayValue(
      name: "level_planes", index: 4 * Self.pixels + 2, reason: "the levels are not sorted")
    #expect(throws: error) { try rebuilt(arrays) }
  }

  @Test("Counts that are negative or do not add up are refused", arguments: [600, 32_768])
  func counts(count: Int) throws {
    let statistics = try make(count: count)
    let array = try #require(statistics.array("level_counts"))
    let size = array.elementType.byteCount
    let minusOne = [UInt8](repeating: 0xFF, count: size)
    let changes = [
      Self.replacing(array, at: 0, with: minusOne),
      Self.replacing(array, at: 256, with: Array(repeating: 0x11, count: size)),
    ]
    for changed in changes {
      let arrays = statistics.arrays.map { $0.name == array.name ? changed : $0 }
      let error = #expect(throws: StatisticsError.self) { try rebuilt(arrays) }
      guard case .arrayValue(name: "level_counts", _, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("The form of the levels must be the one of the count")
  func form() throws {
    let few = try make(count: 5)
    let many = try make(count: 600)
    let arrays =
      few.arrays.filter { $0.name != "level_planes" } + [try #require(many.array("level_counts"))]
    #expect(throws: StatisticsError.arrayMissing(name: "level_planes")) { try rebuilt(arrays) }
  }

  @Test("Random bytes never crash")
  func fuzz() throws {
    var generator = SplitMix64(seed: 9)
    let arrays = try make(count: 3).arrays
    for _ in 0..<3_000 {
      let changed = arrays.map { array in
        var bytes = array.bytes
        for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
          bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8(
            truncatingIfNeeded: generator.next())
        }
        return StatisticsArray(
          name: array.name, elementType: array.elementType, shape: array.shape, bytes: bytes)
      }
      guard let statistics = try? ImageStatistics(arrays: changed) else { continue }
      #expect(statistics.standardDeviation().allSatisfy { $0.isNaN || $0 >= 0 })
      _ = try statistics.quantile(0.3)
      var sum = statistics
      try sum.merge(statistics)
      #expect(sum.count == 2 * statistics.count)
    }
  }

  private func rebuilt(_ arrays: [StatisticsArray]) throws -> ImageStatistics {
    try ImageStatistics(arrays: arrays, pixelCount: Self.pixels, options: everything)
  }

  private static let allOptions = (0..<8).map { bits in
    StatisticsOptions(levels: bits & 1 != 0, extrema: bits & 2 != 0, truthRank: bits & 4 != 0)
  }

  /// The array with another type, other shapes, and too few and too many bytes.
  private static func broken(_ array: StatisticsArray) -> [StatisticsArray] {
    let (name, type, shape) = (array.name, array.elementType, array.shape)
    let otherType: StatisticsArray.Element = type == .f32 ? .i32 : .f32
    let shapes = [shape + [1], [], [-1] + shape, [.max, .max], Array(shape.dropLast()) + [3]]
    return shapes.map { .init(name: name, elementType: type, shape: $0, bytes: array.bytes) } + [
      .init(name: name, elementType: otherType, shape: shape, bytes: array.bytes),
      .init(name: name, elementType: type, shape: shape, bytes: array.bytes.dropLast()),
      .init(name: name, elementType: type, shape: shape, bytes: array.bytes + [0]),
      .init(name: name, elementType: type, shape: shape, bytes: []),
    ]
  }

  /// The array with the number at an index replaced.
  private static func replacing(
    _ array: StatisticsArray, at index: Int, with number: [UInt8]
  ) -> StatisticsArray {
    var bytes = array.bytes
    let start = index * array.elementType.byteCount
    bytes.replaceSubrange(start..<(start + number.count), with: number)
    return StatisticsArray(
      name: array.name, elementType: array.elementType, shape: array.shape, bytes: bytes)
  }
}
