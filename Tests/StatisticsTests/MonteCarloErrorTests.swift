import Testing

@testable import Statistics

@Suite struct MonteCarloErrorTests {
  private func statistics(_ samples: [[Float]]) throws -> ImageStatistics {
    var statistics = ImageStatistics(pixelCount: samples.first?.count ?? 3)
    for sample in samples { try statistics.add(sample) }
    return statistics
  }

  @Test func fewSamplesAndNoPixelsHaveNone() throws {
    #expect(try statistics([]).monteCarloErrorOfMean().isNaN)
    #expect(try statistics([[0, 1]]).monteCarloErrorOfMean().isNaN)
    #expect(try statistics([[], []]).monteCarloErrorOfMean().isNaN)
    #expect(try statistics([[0.5, 1], [0.5, 1]]).monteCarloErrorOfMean() == 0)
  }

  /// Variances ½ and 0 of two samples: √((½/2 + 0/2)/2). Exact up to the roundings of two roots.
  @Test func itIsTheRootMeanSquareOverPixels() throws {
    let error = try statistics([[0, 0.25], [1, 0.25]]).monteCarloErrorOfMean()
    #expect(abs(error - 0.125.squareRoot()) < 4 * error.ulp)
  }

  /// It is at least the mean of the map, and the root of the map's mean square; the map is rounded
  /// to `Float`, which is 2⁻²⁴ relative a pixel.
  @Test func itGoesWithTheMap() throws {
    let statistics = try statistics((0..<9).map { sample in (0..<50).map { pixel(sample, $0) } })
    let map: [Double] = statistics.monteCarloError().map { Double($0) }
    let mean: Double = map.reduce(0, +) / 50
    let meanSquare: Double = map.map { $0 * $0 }.reduce(0, +) / 50
    let error = statistics.monteCarloErrorOfMean()
    #expect(abs(error / meanSquare.squareRoot() - 1) < 0x1p-23)
    #expect(error > 1.1 * mean)
  }

  private func pixel(_ sample: Int, _ place: Int) -> Float {
    let luck = Float((sample * 37 + place * 11) % 23) / 23
    return luck * Float(place) / 50
  }

  @Test func theOrderOfSamplesDoesNotMatter() throws {
    let samples = (0..<7).map { sample in (0..<5).map { pixel(sample, $0) } }
    var merged = try statistics(Array(samples[4...]))
    try merged.merge(statistics(Array(samples[..<4].reversed())))
    #expect(try merged.monteCarloErrorOfMean() == statistics(samples).monteCarloErrorOfMean())
  }
}
