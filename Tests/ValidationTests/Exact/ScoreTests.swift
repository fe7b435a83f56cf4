import LinearAlgebra
import Testing

@testable import Validation

@Suite struct ScoreTests {
  private func draws(_ rows: Int, _ columns: Int, key: UInt64, shift: Double = 0) -> Matrix {
    var numbers = RandomNumbers(seed: 5, image: key)
    let elements = (0..<rows * columns).map { _ in numbers.normal() + shift }
    return Matrix(rows: rows, columns: columns, elements: elements)
  }

  /// Draws −1 and 1 of one value: mean 0, unbiased variance 2; 3 and 5 of another: mean 4.
  @Test func moments() {
    let errors = Matrix(rows: 2, columns: 2, elements: [-1, 3, 1, 5]).momentErrors
    #expect(errors.mean == Double(8).squareRoot())
    #expect(errors.spread == Double(2).squareRoot())
  }

  @Test func poolingTakesTheRootMeanSquare() {
    let pooled = DrawScores(pooling: [
      DrawScores(mean: 3, spread: 1, wasserstein: 0, energy: -1, residual: 1),
      DrawScores(mean: 4, spread: 7, wasserstein: 2, energy: 2, residual: 1),
    ])
    #expect(pooled.mean == Double(12.5).squareRoot())
    #expect(pooled.spread == 5)
    #expect(pooled.energy == 0.5)
  }

  /// A translation by s moves every projection by s·θ: over directions √mean(s·θ)².
  @Test func translationsHaveTheirLength() throws {
    let reference = draws(40, 6, key: 1)
    let measure = try SlicedWasserstein(reference)
    #expect(try measure.distance(of: reference) == 0)
    var moved = reference
    for i in moved.elements.indices { moved.elements[i] += 3 }
    // Directions are on the sphere of 6 values: E(s·θ)² = ‖s‖²/6 = 9, over 64 of them ± 9·√(2/64).
    #expect(abs(try measure.distance(of: moved) - 3) < 1.5)
    var twice = reference
    for i in twice.elements.indices { twice.elements[i] += 6 }
    let ratio = try measure.distance(of: twice) / measure.distance(of: moved)
    #expect(abs(ratio - 2) < 1e-12)
  }

  /// In one dimension directions are ±1: {0, 1} against {0, 0, 1, 5}: ((1 − 1)² + (5 − 1)²)/4 = 4.
  @Test func eachDrawStandsForItsShareOfTheReference() throws {
    let measure = try SlicedWasserstein(Matrix(rows: 4, columns: 1, elements: [5, 0, 1, 0]))
    #expect(try measure.distance(of: Matrix(rows: 2, columns: 1, elements: [1, 0])) == 2)
  }

  /// 2·E|X − Y| − E|X − X′| − E|Y − Y′| = 2·1 − 0 − 0, and 2·1 − 2 − 0.
  @Test func energyByHand() throws {
    let ones = try EnergyDistance(Matrix(rows: 2, columns: 1, elements: [1, 1]))
    #expect(try ones.distance(of: Matrix(rows: 2, columns: 1, elements: [0, 0])) == 2)
    #expect(try ones.distance(of: Matrix(rows: 2, columns: 1, elements: [0, 2])) == 0)
  }

  /// Over 30 pairs of sets of 50 draws of one law the mean is 0 within 5 standard errors.
  @Test func energyIsUnbiased() throws {
    let values = try (0..<30).map { pair in
      try EnergyDistance(draws(50, 3, key: UInt64(100 + pair)))
        .distance(of: draws(50, 3, key: UInt64(200 + pair)))
    }
    let mean = values.reduce(0, +) / 30
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 29
    #expect(abs(mean) < 5 * (variance / 30).squareRoot())
    #expect(values.contains { $0 < 0 })
  }

  @Test func scoresOfNoNumbersAreNone() throws {
    var broken = draws(20, 3, key: 1)
    broken[7, 1] = .nan
    #expect(broken.momentErrors.mean.isNaN)
    #expect(try EnergyDistance(draws(20, 3, key: 2)).distance(of: broken).isNaN)
  }

  @Test func coverageByHand() {
    let inside = (0..<19).flatMap { [Float($0), Float($0)] }
    let coverage = TruthCoverage(
      truths: [[5, 30], [1, 17.5], [0, 18]], draws: [inside, inside, inside])
    #expect(abs(coverage.fraction - 0.5) < 1e-15)
    #expect(abs(coverage.standardError - (0.25 / 3).squareRoot()) < 1e-15)
    #expect(TruthCoverage.nominal == 0.9)
  }

  @Test func intervalsOfNoNumbersHoldNothing() {
    var draws = (0..<19).map { Float($0) }
    draws[3] = .nan
    let coverage = TruthCoverage(truths: [[5], [6]], draws: [draws, draws])
    #expect(coverage.fraction == 0 && !coverage.isNominal)
  }
}
