import Foundation
import Statistics
import Testing

@Suite struct PrincipalComponentsTests {
  /// Samples ±√(K−1)/… whose covariance is known: mean + Σ_j deviation_j·c_kj·direction_j with
  /// columns c_j of mean 0 and squares adding up to K − 1, orthogonal to each other.
  static func samples(
    _ directions: [[Double]], _ deviations: [Double], count: Int, mean: Double = 0.25
  ) -> [[Float]] {
    let height = (2 * Double(count - 1) / Double(count)).squareRoot()
    return (0..<count).map { k in
      var values = [Double](repeating: mean, count: directions[0].count)
      for (j, direction) in directions.enumerated() {
        let wave = height * cos(2 * Double.pi * Double((j + 1) * k) / Double(count))
        for i in values.indices { values[i] += deviations[j] * wave * direction[i] }
      }
      return values.map { Float($0) }
    }
  }

  /// Two orthogonal directions of norm 1: a step and a comb, the largest value of the comb negative.
  static func directions(_ size: Int) -> [[Double]] {
    let step = [Double](repeating: 1 / Double(size).squareRoot(), count: size)
    var comb = (0..<size).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    if size % 2 == 1 { comb[size - 1] = 0 }
    let length = comb.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return [step, comb.map { $0 / length }]
  }

  /// Float32 samples around 1 are rounded by 6e-8; sums of N of them by √N times that.
  @Test(arguments: [(9, 50), (40, 6), (12, 12), (7, 17)])
  func findsAKnownCovariance(count: Int, size: Int) throws {
    let known = Self.directions(size)
    let found = try PrincipalComponents(
      Self.samples(known, [0.5, 0.2], count: count), count: 5)
    #expect(found.modes.count >= 2)
    #expect(found.mean.allSatisfy { abs($0 - 0.25) < 1e-6 })
    for (mode, (direction, deviation)) in zip(found.modes, zip(known, [0.5, 0.2])) {
      #expect(abs(mode.deviation - deviation) < 1e-6)
      #expect(abs(mode.explained - deviation * deviation / 0.29) < 1e-5)
      let product = Self.product(mode.direction, direction.map { Float($0) })
      #expect(abs(abs(product) - 1) < 1e-6)
    }
    #expect(abs(found.totalVariance - 0.29) < 1e-6)
    #expect(found.modes.dropFirst(2).allSatisfy { $0.deviation < 1e-6 })
  }

  private static func wave(_ k: Int, _ i: Int) -> Float {
    let angle = Double(k * k + 3 * i)
    return Float(sin(angle) + cos(Double(k * i)))
  }

  private static func product(_ left: [Float], _ right: [Float]) -> Double {
    var sum = 0.0
    for (a, b) in zip(left, right) { sum += Double(a) * Double(b) }
    return sum
  }

  @Test func modesAreOrthonormalAndAddUp() throws {
    let samples = (0..<11).map { k in (0..<30).map { i in Self.wave(k, i) } }
    let found = try PrincipalComponents(samples, count: 20)
    #expect(found.modes.count == 10)
    let explained = found.modes.reduce(0.0) { $0 + $1.explained }
    #expect(abs(explained - 1) < 1e-12)
    for (i, mode) in found.modes.enumerated() {
      for (j, other) in found.modes.enumerated() {
        let product = Self.product(mode.direction, other.direction)
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-6)
      }
    }
    let deviations = found.modes.map { $0.deviation }
    #expect(deviations == deviations.sorted(by: >))
  }

  /// Mirrored samples have the same covariance, so the same modes, signs included.
  @Test func signsDoNotDependOnTheSamplesSigns() throws {
    let samples = Self.samples(Self.directions(20), [0.5, 0.2], count: 9, mean: 0)
    let mirrored = samples.map { $0.map { -$0 } }
    let (one, other) = (
      try PrincipalComponents(samples, count: 2), try PrincipalComponents(mirrored, count: 2)
    )
    for (left, right) in zip(one.modes, other.modes) {
      #expect(zip(left.direction, right.direction).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test func theLargestValueIsPositive() throws {
    let spike: [Double] = [0.1, -0.9, 0.2, 0.3]
    let length = spike.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let samples = Self.samples([spike.map { $0 / length }], [0.4], count: 6)
    let mode = try #require(try PrincipalComponents(samples, count: 1).modes.first)
    #expect(mode.direction[1] > 0)
  }

  @Test func equalSamplesHaveNoModes() throws {
    let found = try PrincipalComponents([[1, 2, 3], [1, 2, 3]], count: 2)
    #expect(found.modes.isEmpty)
    #expect(found.totalVariance == 0)
    #expect(found.mean == [1, 2, 3])
  }

  @Test func bothFormsGiveTheSameBits() throws {
    let samples = Self.samples(Self.directions(21), [0.5, 0.2], count: 5)
    let nested = try PrincipalComponents(samples, count: 3)
    let flat = try PrincipalComponents(samples.flatMap { $0 }, shape: [5, 1, 3, 7], count: 3)
    #expect(nested.modes == flat.modes)
  }

  @Test func refusesWhatHasNoCovariance() {
    #expect(throws: PrincipalComponentsError.sampleCount(1, limit: 1024)) {
      try PrincipalComponents([[1, 2]], count: 1)
    }
    #expect(throws: PrincipalComponentsError.unequalSizes) {
      try PrincipalComponents([[1, 2], [1]], count: 1)
    }
    #expect(throws: PrincipalComponentsError.notFinite) {
      try PrincipalComponents([[1, 2], [1, .nan]], count: 1)
    }
    #expect(throws: PrincipalComponentsError.shape([2, 3], values: 5)) {
      try PrincipalComponents([1, 2, 3, 4, 5], shape: [2, 3], count: 1)
    }
  }
}
