import LinearAlgebra
import Testing

@Suite struct SymmetricEigenTests {
  /// Of rank 2, so that an eigenvalue is rounding.
  @Test func theFactorGivesTheMatrixBack() throws {
    let root = Matrix(rows: 3, columns: 2, elements: [1, 2, -3, 0.5, 4, 1])
    let matrix = try root * root.transposed
    let factor = try SymmetricEigen(matrix).factor
    for (found, wanted) in zip(try (factor * factor.transposed).elements, matrix.elements) {
      #expect(abs(found - wanted) < 1e-13)
    }
  }

  @Test func whatIsBelowZeroCountsAsZero() throws {
    let factor = try SymmetricEigen(Matrix(rows: 2, columns: 2, elements: [-4, 0, 0, 9])).factor
    #expect(factor.elements.map(abs) == [0, 0, 0, 3])
  }
}
