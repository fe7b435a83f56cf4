import Foundation
import Testing

@testable import Statistics

@Suite struct FeatureMomentsTests {
  private func moments(_ rows: [[Double]]) -> FeatureMoments {
    var moments = FeatureMoments(dimension: rows[0].count)
    for row in rows { moments.add(row) }
    return moments
  }

  /// Independent features of standard deviations 1, 2 and 3, 1 have a distance of the means and of
  /// (σ₁ − σ₂)²: here 4 + 25 + (1 − 3)² + (2 − 1)².
  @Test func commutingCovariances() throws {
    let corners = [(-1.0, -1.0), (-1, 1), (1, -1), (1, 1)]
    // With n − 1 = 3 the variance of ±1 is 4/3.
    let root = (4.0 / 3).squareRoot()
    let one = moments(corners.map { [$0.0 / root, 2 * $0.1 / root] })
    let two = moments(corners.map { [2 + 3 * $0.0 / root, 5 + $0.1 / root] })
    let (apart, same) = (try one.frechetDistance(to: two), try one.frechetDistance(to: one))
    #expect(abs(apart - 34) < 1e-10 && abs(same) < 1e-10)
  }

  /// Far from 0 the squares have no digits left for a spread of 1. Features of 10⁹ keep 10⁻⁷ of it, a distance of
  /// that times the 4 + 25 + 4 + 1 of before at most.
  @Test func featuresFarFromZero() throws {
    let corners = [(-1.0, -1.0), (-1, 1), (1, -1), (1, 1)]
    let root = (4.0 / 3).squareRoot()
    let one = moments(corners.map { [1e9 + $0.0 / root, 1e9 + 2 * $0.1 / root] })
    let two = moments(corners.map { [1e9 + 2 + 3 * $0.0 / root, 1e9 + 5 + $0.1 / root] })
    #expect(abs(try one.frechetDistance(to: two) - 34) < 34e-6)
  }

  /// It is symmetric, also for covariances that do not commute and are singular. The root of an eigenvalue that
  /// is 0 but for rounding, 1e-16, is 1e-8; there are six of them.
  @Test func symmetry() throws {
    var generator = SplitMix64(seed: 2)
    let rows = (0..<2).map { _ in (0..<4).map { _ in (0..<6).map { _ in generator.unit() } } }
    let (one, two) = (moments(rows[0]), moments(rows[1]))
    let (forth, back) = (try one.frechetDistance(to: two), try two.frechetDistance(to: one))
    #expect(forth > 0 && abs(forth - back) < 1e-7)
    let nothing = try moments([[1, 2]]).frechetDistance(to: moments([[1, 2]]))
    #expect(nothing.isNaN)
  }
}
