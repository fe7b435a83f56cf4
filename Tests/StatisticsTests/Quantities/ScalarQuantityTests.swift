import Testing

@testable import Statistics

@Suite struct ScalarQuantityTests {
  private let image: [Float] = [0, 0.5, 1, 0.25, 0.75, 0.5]
  private let shape = [1, 2, 3]

  private func value(_ kind: ScalarQuantity.Kind) -> Double {
    ScalarQuantity("q", kind).value(of: image, shape: shape)
  }

  @Test func valuesByHand() throws {
    let left = try #require(PixelRegion(mask: [1, 0, 0, 1, 0, 0], pixelCount: 6))
    let right = try #require(PixelRegion(mask: [0, 0, 1, 0, 0, 1], pixelCount: 6))
    #expect(value(.mean(PixelRegion(all: 6))) == 0.5)
    #expect(value(.mean(left)) == 0.125)
    #expect(value(.contrast(right, background: left)) == 0.625)
    // Rows: 0.5 + 0.5, 0.5 + 0.25; columns: 0.25, 0.25, 0.5.
    #expect(value(.totalVariation) == 2.75 / 6)
    #expect(value(.fraction(PixelRegion(all: 6), in: 0.5..<1)) == 0.5)
    #expect(abs(value(.norm) - (2.125 / 6).squareRoot()) < 1e-15)
    #expect(value(.projection(signs: [1, 1, 1, -1, -1, -1])) == 0)
    #expect(value(.distance(to: image)) == 0)
    #expect(abs(value(.distance(to: image.map { $0 + 0.5 })) - 0.5) < 1e-15)
  }

  @Test func aMaskCountsInEveryChannel() throws {
    let region = try #require(PixelRegion(mask: [0, 1], pixelCount: 6))
    #expect(region.indices == [1, 3, 5])
    #expect(PixelRegion(mask: [0, 0], pixelCount: 6) == nil)
  }

  @Test func diagnosticsFollowFromTheImageAlone() {
    let shape = [3, 8, 8]
    let truth = [Float](repeating: 0.5, count: 192)
    func set(_ key: UInt64) -> [Double?] {
      QuantitySet(derived: [], imageKey: key, shape: shape, truth: truth)
        .values(of: (0..<192).map { Float($0) / 192 }, partner: truth, shape: shape)
    }
    #expect(set(1) == set(1))
    #expect(set(1) != set(2))
    let names = QuantitySet(derived: [], imageKey: 1, shape: shape, truth: truth).names
    #expect(Set(names).count == set(1).count && names.allSatisfy(QuantitySet.isReserved))
    #expect(QuantitySet(derived: [], imageKey: 1, shape: shape, truth: nil).names.isEmpty)
  }

  @Test func momentsAndQuantilesByHand() {
    let moments = ScalarMoments([4, 1, 3, 2])
    #expect(moments.mean == 2.5)
    #expect(abs(moments.standardDeviation - (5.0 / 3).squareRoot()) < 1e-15)
    #expect(moments.quantile(0.5) == 2.5 && moments.quantile(1) == 4 && moments.quantile(0) == 1)
    #expect(ScalarMoments([]).mean.isNaN && ScalarMoments([]).quantile(0.5).isNaN)
  }
}
