import Testing

@testable import Statistics

@Suite("Quantiles")
struct QuantileTests {
  private let levels = StatisticsOptions(levels: true)
  private let probabilities = [0, 0.001, 0.05, 0.25, 0.31, 0.5, 0.75, 0.9, 0.95, 0.999, 1]

  /// The documented formula on the clamped samples themselves.
  private func exactQuantile(_ probability: Double, of values: [Float]) -> Double {
    let sorted = values.map { min(max(Double($0), 0), 1) }.sorted()
    let h = Double(sorted.count - 1) * probability
    let lower = Int(h)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (h - Double(lower)) * (sorted[upper] - sorted[lower])
  }

  @Test(
    "Quantiles are within 1/510 of those of the sorted samples",
    arguments: [1, 2, 3, 10, 99, 512, 513, 1000])
  func accuracy(count: Int) throws {
    let pixels = 11
    let samples = randomSamples(count, pixels: pixels, seed: UInt64(count) + 70)
    let statistics = try makeStatistics(samples, pixels: pixels, options: levels)
    for probability in probabilities {
      let quantile = try statistics.quantile(probability)
      for pixel in 0..<pixels {
        let exact = exactQuantile(probability, of: samples.map { $0[pixel] })
        #expect(abs(Double(quantile[pixel]) - exact) <= 1.0 / 510 + 1e-7)
      }
    }
  }

  @Test("Sorted levels and counts give the same quantiles")
  func forms() throws {
    let samples = randomSamples(300, pixels: 5, seed: 71)
    var twice = try makeStatistics(samples + samples, pixels: 5, options: levels)
    let table = try #require(twice.levels)
    #expect(table.planes.isEmpty)
    for probability in probabilities {
      for pixel in 0..<5 {
        let values = (samples + samples).map { Float(LevelMultiset.level($0[pixel])) / 255 }
        let difference =
          try Double(twice.quantile(probability)[pixel]) - exactQuantile(probability, of: values)
        #expect(abs(difference) < 2e-7)
      }
    }
    try twice.merge(twice)
    #expect(twice.count == 1200)
  }

  @Test("Quantiles do not fall as the probability grows")
  func monotone() throws {
    for count in [2, 7, 600] {
      let statistics = try makeStatistics(
        randomSamples(count, pixels: 20, seed: 72), pixels: 20, options: levels)
      var last = try statistics.quantile(0)
      for step in 1...1000 {
        let next = try statistics.quantile(Double(step) / 1000)
        #expect(zip(last, next).allSatisfy { $0 <= $1 })
        last = next
      }
    }
  }

  @Test("Probabilities outside [0, 1] are refused", arguments: [-0.01, 1.01, Double.infinity])
  func refused(probability: Double) throws {
    let statistics = try makeStatistics([[0.5]], pixels: 1, options: levels)
    #expect(throws: StatisticsError.probability(probability)) {
      try statistics.quantile(probability)
    }
    #expect(throws: StatisticsError.self) { try statistics.quantile(.nan) }
  }

  @Test("Levels are the nearest of k/255, clamped")
  func levelRounding() {
    for level in 0...255 { #expect(LevelMultiset.level(Float(level) / 255) == UInt8(level)) }
    #expect(LevelMultiset.level(-200) == 0)
    #expect(LevelMultiset.level(-0.0) == 0)
    #expect(LevelMultiset.level(200) == 255)
    #expect(LevelMultiset.level(Float(0.5 / 255).nextDown) == 0)
    #expect(LevelMultiset.level(0.51 / 255) == 1)
    #expect(LevelMultiset.level(254.49 / 255) == 254)
  }

  @Test("Memory per pixel: a byte a sample up to 512 samples, never more than 1024 bytes")
  func memory() {
    #expect(LevelMultiset.bytesPerPixel(count: 512) == 512)
    #expect(LevelMultiset.bytesPerPixel(count: 513) == 512)
    #expect(LevelMultiset.bytesPerPixel(count: 32_768) == 1024)
  }

  @Test("Stored bytes are as announced", arguments: [0, 5, 600, 40_000])
  func announcedBytes(samples: Int) throws {
    var all = ImageStatistics(pixelCount: 3, options: everything)
    for _ in 0..<samples { try all.add([0.25, 0.5, 1], truth: [0, 0, 0]) }
    let stored = all.arrays.dropFirst().reduce(0) { $0 + $1.bytes.count }
    #expect(
      stored
        == ImageStatistics.byteCount(pixelCount: 3, options: everything, samples: samples))
  }
}
