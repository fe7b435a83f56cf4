import Foundation
import LinearAlgebra
import Testing

@Suite struct SingularValuesTests {
  @Test(arguments: [(3, 3), (5, 2), (2, 7), (1, 4), (4, 1)])
  func productsGiveTheMatrixBack(rows: Int, columns: Int) throws {
    let values = (0..<rows * columns).map { cos(Double($0 * $0 + 3 * $0)) }
    let matrix = Matrix(rows: rows, columns: columns, elements: values.map { Double($0) })
    let found = try SingularValues(matrix)
    #expect(found.values.count == min(rows, columns))
    #expect(found.values == found.values.sorted(by: >))
    var scaled = found.left
    for row in 0..<rows {
      for column in found.values.indices { scaled[row, column] *= found.values[column] }
    }
    for (left, right) in zip(try (scaled * found.right).elements, matrix.elements) {
      #expect(abs(left - right) < 1e-13)
    }
    let square = try found.left.transposed * found.left
    for row in found.values.indices {
      for column in found.values.indices {
        #expect(abs(square[row, column] - (row == column ? 1 : 0)) < 1e-13)
      }
    }
  }

  @Test func aDiagonalMatrix() throws {
    let found = try SingularValues(Matrix(rows: 2, columns: 2, elements: [0, 3, -4, 0]))
    #expect(abs(found.values[0] - 4) < 1e-14 && abs(found.values[1] - 3) < 1e-14)
  }
}
