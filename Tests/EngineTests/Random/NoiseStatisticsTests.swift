import Foundation
import Testing

@testable import Engine

/// The law of the numbers. Bounds are five standard errors of the statistic for independent draws,
/// and the 0.1 % point of the Kolmogorov–Smirnov statistic; seeds are fixed, so nothing is by luck.
@Suite struct NoiseStatisticsTests {
  static let count = 100_000
  static let normals = NoiseStream(seed: 11, image: 12, purpose: .initial).normals(count)
  static let uniforms = NoiseStream(seed: 11, image: 12, purpose: .guidance).uniforms(count)

  /// The largest distance between the empirical distribution and `law`, times √n.
  private func kolmogorovSmirnov(_ values: [Float], _ law: (Double) -> Double) -> Double {
    let n = Double(values.count)
    let distances = values.sorted().enumerated().map { index, value in
      let expected = law(Double(value))
      return max(expected - Double(index) / n, Double(index + 1) / n - expected)
    }
    return distances.max()! * n.squareRoot()
  }

  private func correlation(_ left: [Float], _ right: [Float]) -> Double {
    zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) } / Double(left.count)
  }

  /// E z, E z², E z³, E z⁴ are 0, 1, 0, 3 with variances 1, 2, 15, 96 of the single term.
  @Test(arguments: zip(1...4, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]))
  func momentsOfNormals(power: Int, expected: (mean: Double, variance: Double)) {
    let moment =
      Self.normals.reduce(0) { $0 + pow(Double($1), Double(power)) } / Double(Self.count)
    let standardError = (expected.variance / Double(Self.count)).squareRoot()
    #expect(abs(moment - expected.mean) < 5 * standardError)
  }

  @Test func normalsFollowTheNormalDistribution() {
    let statistic = kolmogorovSmirnov(Self.normals) { 0.5 * erfc(-$0 / 2.squareRoot()) }
    #expect(statistic < 1.95)
  }

  /// One in 370 beyond 3, one in 15787 beyond 4 on average.
  @Test(arguments: [1.0, 2, 3, 4])
  func tailsOfNormals(limit: Double) {
    let expected = Double(Self.count) * erfc(limit / 2.squareRoot())
    let found = Double(Self.normals.count { abs(Double($0)) > limit })
    #expect(abs(found - expected) < 5 * expected.squareRoot())
  }

  @Test func uniformsFollowTheUniformDistribution() {
    #expect(Self.uniforms.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(kolmogorovSmirnov(Self.uniforms) { $0 } < 1.95)
  }

  /// Lags inside a pair (8), between pairs, and between groups (32).
  @Test(arguments: [1, 2, 8, 16, 24, 32, 64])
  func elementsOfAStreamAreUncorrelated(lag: Int) {
    let (head, tail) = (Array(Self.normals.dropLast(lag)), Array(Self.normals.dropFirst(lag)))
    let bound = 5 / Double(head.count).squareRoot()
    #expect(abs(correlation(head, tail)) < bound)
    let squares = correlation(head.map { $0 * $0 - 1 }, tail.map { $0 * $0 - 1 })
    #expect(abs(squares) < 2 * bound)
  }

  @Test func neighbouringStreamsAreUncorrelated() {
    let base = NoiseStream(seed: 11, image: 12, sample: 0, purpose: .step)
    let neighbours = [
      NoiseStream(seed: 12, image: 12, purpose: .step),
      NoiseStream(seed: 11, image: 13, purpose: .step),
      NoiseStream(seed: 11, image: 12, sample: 1, purpose: .step),
      NoiseStream(seed: 11, image: 12, purpose: .langevin),
      NoiseStream(seed: 11, image: 12, purpose: .step, step: 1),
      NoiseStream(seed: 11, image: 12, purpose: .step, attempt: 1),
    ]
    let reference = base.normals(20_000)
    for neighbour in neighbours {
      #expect(abs(correlation(reference, neighbour.normals(20_000))) < 5 / 20_000.squareRoot())
    }
  }

  /// The first elements of many samples are as good as the elements of one.
  @Test func acrossSamplesNormalsFollowTheNormalDistribution() {
    let values = (0..<4000).map {
      NoiseStream(seed: 1, image: 1, sample: UInt32($0), purpose: .initial).normals(1)[0]
    }
    #expect(kolmogorovSmirnov(values) { 0.5 * erfc(-$0 / 2.squareRoot()) } < 1.95)
  }
}

extension Int {
  fileprivate func squareRoot() -> Double { Double(self).squareRoot() }
}
