import Testing

@testable import Statistics

@Suite("Special samples")
struct SpecialSamplesTests {
  @Test(
    "A value that is not finite or above 256 is refused by place, and nothing changes",
    arguments: [
      Float.nan, -Float.nan, .signalingNaN, .infinity, -.infinity, Float(256).nextUp,
      -Float(256).nextUp, .greatestFiniteMagnitude,
    ])
  func refused(bad: Float) throws {
    var statistics = try makeStatistics(
      [[0.5, 0.25, 1]], pixels: 3, options: everything, truth: [0, 0, 0])
    let before = statistics
    let error = #expect(throws: StatisticsError.self) {
      try statistics.add([0.5, bad, 0.5], truth: [0, 0, 0])
    }
    guard case .absurdValue(index: 1, let value) = error else {
      Issue.record("unexpected error \(String(describing: error))")
      return
    }
    #expect(value.bitPattern == bad.bitPattern)
    #expect(statistics == before)
    #expect(statistics.count == 1)
  }

  @Test("±256 and subnormals are allowed")
  func extremes() throws {
    let smallest = Float.leastNonzeroMagnitude
    let statistics = try makeStatistics(
      [[256, -256, smallest], [256, -256, -smallest]], pixels: 3)
    #expect(statistics.mean() == [256, -256, 0])
    #expect(statistics.standardDeviation() == [0, 0, 0])
  }

  @Test("The bound 256 has q² = 2⁶⁴, which carries into the upper word")
  func upperWord() throws {
    let statistics = try makeStatistics([[256], [-256]], pixels: 1)
    #expect(statistics.sums == [PixelSum(sum: 0, squaresLow: 0, squaresHigh: 2)])
    #expect(statistics.mean() == [0])
    #expect(statistics.standardDeviation() == [Float(256 * 2.0.squareRoot())])
  }

  @Test("No sample: mean, std, error and quantiles are NaN")
  func none() throws {
    let statistics = ImageStatistics(pixelCount: 2, options: everything)
    #expect(statistics.count == 0)
    let maps = [
      statistics.mean(), statistics.standardDeviation(), statistics.monteCarloError(),
      try statistics.quantile(0.5), statistics.minimum() ?? [], statistics.maximum() ?? [],
    ]
    for map in maps {
      #expect(map.count == 2)
      #expect(map.allSatisfy { $0.isNaN })
    }
    #expect(statistics.rank?.below == [0, 0])
  }

  @Test("One sample: it is the mean and every quantile; std and error are NaN")
  func one() throws {
    let statistics = try makeStatistics(
      [[0.25, 1]], pixels: 2, options: everything, truth: [0.5, 1])
    #expect(statistics.mean() == [0.25, 1])
    #expect(statistics.standardDeviation().allSatisfy { $0.isNaN })
    #expect(statistics.monteCarloError().allSatisfy { $0.isNaN })
    #expect(try statistics.quantile(0) == [64.0 / 255, 1])
    #expect(try statistics.quantile(0) == statistics.quantile(1))
    #expect(statistics.minimum() == statistics.maximum())
    #expect(statistics.rank?.below == [1, 0])
    #expect(statistics.rank?.equal == [0, 1])
  }

  @Test("Two samples: std is |a − b|/√2 and the error half of |a − b|")
  func two() throws {
    let statistics = try makeStatistics([[0.25], [0.75]], pixels: 1)
    #expect(statistics.mean() == [0.5])
    #expect(statistics.standardDeviation() == [Float(0.5 / 2.0.squareRoot())])
    #expect(statistics.monteCarloError() == [Float(0.25)])
  }

  @Test(
    "Equal samples have a standard deviation of exactly 0",
    arguments: [0, 0.1, 1.0 / 3, 1, -0.7, 255.99999, -256, 1e-9] as [Float])
  func zeroVariance(value: Float) throws {
    for count in [2, 3, 7, 100] {
      let statistics = try makeStatistics(Array(repeating: [value], count: count), pixels: 1)
      #expect(statistics.standardDeviation() == [0])
      #expect(statistics.monteCarloError() == [0])
      #expect(abs(statistics.mean()[0] - value) <= 0x1p-25)
    }
  }

  @Test("A spread of one step beside a mean of 200 is not lost to cancellation")
  func noCancellation() throws {
    let step = Float(200).ulp
    let statistics = try makeStatistics([[200], [200 + step], [200], [200 + step]], pixels: 1)
    let exact = Double(step) * (1.0 / 3).squareRoot()
    #expect(statistics.standardDeviation() == [Float(exact)])
  }

  @Test("n samples mean n updates: no start value enters")
  func samplesMeanUpdates() throws {
    let samples = randomSamples(10, pixels: 5, seed: 1)
    let statistics = try makeStatistics(samples, pixels: 5)
    #expect(statistics.count == 10)
    for pixel in 0..<5 {
      let values = samples.map { Double($0[pixel]) }
      let mean = values.reduce(0, +) / 10
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 9
      // Each value is rounded by at most 2⁻²⁵; that moves mean and std by at most as much each
      // (std by √(10/9) of it), and the result is rounded to a Float near 1.
      #expect(abs(Double(statistics.mean()[pixel]) - mean) <= 0x1p-24)
      #expect(
        abs(Double(statistics.standardDeviation()[pixel]) - variance.squareRoot()) <= 0x1.8p-24)
    }
  }

  @Test("An image without pixels is no special case")
  func empty() throws {
    let statistics = try makeStatistics([[], []], pixels: 0, options: everything, truth: [])
    #expect(statistics.count == 2)
    #expect(statistics.mean().isEmpty)
    #expect(try ImageStatistics(arrays: statistics.arrays) == statistics)
  }

  @Test("Wrong sizes, a missing truth and a bad truth are refused")
  func wrongArguments() throws {
    var statistics = ImageStatistics(pixelCount: 2, options: everything)
    #expect(throws: StatisticsError.pixelCount(expected: 2, found: 1)) {
      try statistics.add([0], truth: [0, 0])
    }
    #expect(throws: StatisticsError.pixelCount(expected: 2, found: 3)) {
      try statistics.add([0, 0], truth: [0, 0, 0])
    }
    #expect(throws: StatisticsError.truthMissing) { try statistics.add([0, 0]) }
    #expect(throws: StatisticsError.absurdTruth(index: 1, value: .infinity)) {
      try statistics.add([0, 0], truth: [0, .infinity])
    }
    #expect(statistics == ImageStatistics(pixelCount: 2, options: everything))
  }
}
