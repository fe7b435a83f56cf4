import Foundation
import Testing

@testable import Statistics

@Suite struct SampleModesTests {
  /// Standard normal numbers, other ones for each seed.
  private struct Numbers {
    private var normals: NormalNumbers
    init(_ seed: Int) { normals = NormalNumbers(seed: UInt64(seed + 1)) }
    mutating func next() -> Float { Float(normals.next()) }
  }

  private func cloud(_ count: Int, _ size: Int, seed: Int, scale: (Int) -> Float = { _ in 1 })
    -> [[Float]]
  {
    var numbers = Numbers(seed)
    return (0..<count).map { _ in (0..<size).map { scale($0) * numbers.next() } }
  }

  private func modes(_ samples: [[Float]]) throws -> SampleModes {
    try SampleModes(samples.flatMap { $0 }, shape: [samples.count, samples[0].count])
  }

  /// 0.7 % of normal sets are split, at worst 2.5 %; of 60 sets of seven kinds 0.4 are expected, and more
  /// than 4 have a probability below 10⁻⁴.
  @Test func normalSetsHaveOneMode() throws {
    var split = 0
    for seed in 0..<60 {
      let (count, size) = [(8, 1), (16, 2), (12, 30), (24, 1), (8, 100), (20, 5), (16, 16)][
        seed % 7]
      let samples = cloud(count, size, seed: seed) { seed % 2 == 0 ? 1 : 1 / Float($0 + 1) }
      if try modes(samples).modes.count > 1 { split += 1 }
    }
    #expect(split <= 4)
  }

  /// Spacings of even numbers are all alike, and those of uniform ones no clusters.
  @Test func flatSetsHaveOneMode() throws {
    #expect(try modes((0..<40).map { [Float($0)] }).modes.count == 1)
    let uneven = (0..<32).map { k -> [Float] in
      let place = Float((k * 37) % 64)
      return [k % 2 == 0 ? place + 0.3 : place]
    }
    #expect(try modes(uneven).modes.count == 1)
  }

  /// Groups 20 deviations apart and more, in few and many dimensions, balanced and not.
  @Test(arguments: [(6, 6, 2), (12, 4, 50), (14, 2, 20), (8, 8, 400)])
  func findsTwoModes(_ first: Int, _ second: Int, _ size: Int) throws {
    var samples = cloud(first + second, size, seed: first + size)
    let offset = 20 * max(1, Float(size).squareRoot() / 4) / Float(size).squareRoot()
    for k in first..<first + second { for i in 0..<size { samples[k][i] += offset } }
    let found = try modes(samples)
    #expect(found.modes.count == 2)
    #expect(found.modes.map(\.members).contains(Array(0..<first)))
    #expect(found.modes.map(\.share).reduce(0, +) == 1)
    #expect(found.separation >= SampleModes.leastSeparation)
    #expect(found.within < 0.5)
  }

  /// What is far off on its own is an outlier; with it, two groups are still two modes.
  @Test func aSampleAloneIsNoMode() throws {
    var samples = cloud(13, 20, seed: 7)
    samples[12][0] += 100
    #expect(try modes(samples).modes.count == 1)
    for k in 6..<12 { samples[k][1] += 100 }
    #expect(try modes(samples).modes.map(\.members) == [Array(0..<6), Array(6..<12)])
  }

  /// Student laws with three degrees of freedom: far samples of heavy tails are seldom two together. With
  /// these seeds no set is split; of sets split in 1 % of cases more than 5 of 100 have a probability of
  /// 5·10⁻⁴.
  @Test func heavyTailsAreSeldomSplit() throws {
    var split = 0
    for seed in 0..<100 {
      let samples = cloud(16, 10, seed: seed)
      let scales = cloud(16, 3, seed: seed + 1000).map {
        (3 / $0.reduce(0) { $0 + $1 * $1 }).squareRoot()
      }
      let heavy = zip(samples, scales).map { sample, scale in sample.map { $0 * scale } }
      if try modes(heavy).modes.count > 1 { split += 1 }
    }
    #expect(split <= 5)
  }

  @Test func findsThreeModes() throws {
    var samples = cloud(18, 10, seed: 3)
    for k in 6..<12 { samples[k][0] += 30 }
    for k in 12..<18 { samples[k][1] += 30 }
    let found = try modes(samples)
    #expect(found.modes.map(\.members) == [Array(0..<6), Array(6..<12), Array(12..<18)])
  }

  @Test func fewSamplesAreNeverSplit() throws {
    let found = try modes([[0], [0.1], [50], [50.1], [50.2]])
    #expect(found.modes.count == 1 && found.modes[0].share == 1)
  }

  @Test func equalSamplesAreOneMode() throws {
    let found = try modes(Array(repeating: [1, 2], count: 8))
    #expect(found.modes == [SampleModes.Mode(members: Array(0..<8), share: 1)])
  }

  /// Two values only: distances inside groups are 0.
  @Test func groupsOfEqualSamples() throws {
    let found = try modes([[1, 2], [1, 2], [1, 2], [1, 2], [9, 2], [9, 2], [9, 2], [9, 2]])
    #expect(found.modes.count == 2)
  }

  @Test func theSameSamplesGiveTheSameModes() throws {
    let samples = cloud(12, 9, seed: 4)
    #expect(try modes(samples) == modes(samples))
  }

  @Test func refusesWhatHasNoDistances() {
    #expect(throws: PrincipalComponentsError.notFinite) {
      try modes([[1], [.infinity], [2]])
    }
    #expect(throws: PrincipalComponentsError.sampleCount(257, limit: 256)) {
      try modes(Array(repeating: [1], count: 257))
    }
  }
}
