import Testing

@testable import Report

@Suite("Common colour limit")
struct StdColorLimitTests {
  private func limit(_ maps: [[Float]]) throws -> Float {
    var limit = StdColorLimit()
    for map in maps { limit.add(try FloatImage(map, shape: [1, 1, map.count])) }
    return limit.limit
  }

  @Test(
    "The largest value is rounded up to 1, 2 or 5 times a power of ten",
    arguments: [
      (0.11, 0.2), (0.2, 0.2), (0.21, 0.5), (0.5, 0.5), (0.51, 1), (1, 1), (1.01, 2),
      (0.001, 0.001),
      (0.0011, 0.002), (99, 100), (256, 500), (1e-30, 1e-30),
    ] as [(Float, Float)])
  func rounding(largest: Float, expected: Float) throws {
    #expect(try limit([[0, largest]]) == expected)
  }

  @Test("Half a percent of the values may lie above")
  func quantile() throws {
    let values = [Float](repeating: 0.1, count: 199) + [7]
    #expect(try limit([values]) == 0.1)
    #expect(try limit([values.dropLast(2) + [7, 7]]) == 10)
  }

  @Test("The order of the maps does not matter; the largest counts")
  func order() throws {
    #expect(try limit([[0.1], [0.4], [0.2]]) == 0.5)
    #expect(try limit([[0.4], [0.2], [0.1]]) == 0.5)
  }

  @Test("No map, zeros and NaN give 1")
  func nothing() throws {
    #expect(StdColorLimit().limit == 1)
    #expect(try limit([[0, 0], [.nan, .infinity]]) == 1)
    #expect(try limit([[.nan, 0.03]]) == 0.05)
    #expect(try limit([[.leastNonzeroMagnitude]]) >= .leastNonzeroMagnitude)
    #expect(try limit([[.greatestFiniteMagnitude]]) == .greatestFiniteMagnitude)
  }

  @Test("Several channels count by their mean, as they are shown")
  func channels() throws {
    var limit = StdColorLimit()
    limit.add(try FloatImage([0.5, 0.1, 0], shape: [3, 1, 1]))
    #expect(limit.limit == 0.2)
  }
}
