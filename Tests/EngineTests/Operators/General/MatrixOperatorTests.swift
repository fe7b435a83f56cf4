import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct MatrixOperatorTests {
  static let shape = [2, 3, 5]

  /// 7 × 30.
  static func dense(_ type: ScalarType = .float64) throws -> Tensor {
    try OperatorChecks.random([7, 30], draw: 11).converted(to: type)
  }

  static func sparse() throws -> SparseMatrix {
    let values = try dense().doubles()
    let kept = values.indices.filter { $0 % 3 != 0 }
    let starts = (0...7).map { row in Int64(kept.count { $0 < row * 30 }) }
    return try SparseMatrix(
      SparseRows(
        starts: starts, columns: kept.map { Int32($0 % 30) },
        values: .double(kept.map { values[$0] }), columnCount: 30))
  }

  static let operators: [MatrixOperator] = {
    do {
      return try [
        MatrixOperator(.dense(dense()), imageShape: shape),
        MatrixOperator(.dense(dense(.float32)), imageShape: shape, measurementShape: [1, 7, 1]),
        MatrixOperator(.sparse(sparse()), imageShape: shape),
      ]
    } catch { fatalError("\(error)") }
  }()

  /// 30 products in float64: 30·2⁻⁵³ is 3e-15.
  @Test(arguments: operators.indices) func theAdjointIsExact(index: Int) throws {
    let matrix = Self.operators[index]
    for draw in 0..<5 {
      #expect(try matrix.dotProductError(imageShape: Self.shape, draw: draw) < 1e-12)
    }
  }

  /// 3 rows of norms 5, 5 and 13 in 4 pixels: far from a projection of norm 1. The nearest image with the
  /// measurement differs by a combination of rows; conjugate gradients stop at a residual of 1e-5.
  @Test func aProjectionMeetsTheMeasurementAndMovesAlongTheRowsOnly() throws {
    let rows: [Double] = [3, 4, 0, 0, 0, 0, 3, -4, 5, 0, 12, 0]
    let matrix = try MatrixOperator(
      .dense(Tensor(rows, shape: [3, 4])), imageShape: [1, 2, 2])
    let x = try Tensor([0.5, -0.25, 1, 0], shape: [1, 1, 2, 2])
    let y = try Tensor([1.0, -2, 0.5], shape: [1, 1, 1, 3])
    let z = try matrix.project(x, onto: y)
    for (found, wanted) in zip(try matrix.apply(z).doubles(), try y.doubles()) {
      #expect(abs(found - wanted) < 2e-4)
    }
    // What no row sees: the vector orthogonal to all three.
    let unseen = [4.0, -3, -5.0 / 3, -1.25]
    let moved = zip(try z.doubles(), try x.doubles()).map { $0 - $1 }
    #expect(abs(zip(moved, unseen).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-9)
  }

  /// Two rows are alike and one is empty, so no image has a noisy measurement: the nearest one has their mean,
  /// and what the empty row says counts for nothing.
  @Test(arguments: [ScalarType.float32, .float64])
  func aProjectionWithDependentRowsIsTheNearestImage(type: ScalarType) throws {
    let rows: [Double] = [3, 4, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 12]
    let matrix = try MatrixOperator(
      .dense(Tensor(rows, shape: [4, 4])), imageShape: [1, 2, 2])
    let x = try Tensor([0.5, -0.25, 1, 0], shape: [1, 1, 2, 2]).converted(to: type)
    let y = try Tensor([1.0, 2, -7, 6.69], shape: [1, 1, 1, 4]).converted(to: type)
    let z = try matrix.project(x, onto: y).doubles()
    // x + r·(1.5 − ⟨r, x⟩)/25 with r = (3, 4), and x + s·(6.69 − ⟨s, x⟩)/169 with s = (5, 12).
    for (found, wanted) in zip(z, [0.62, -0.09, 1.05, 0.12]) {
      #expect(abs(found - wanted) < 1e-4)
    }
  }

  /// 100 rows of the cosine transform of 256 values, which are orthonormal.
  private static func cosines() throws -> MatrixOperator {
    let values = (0..<100 * 256).map { index -> Float in
      let frequency = Double(index / 256 + 1) * .pi / 256
      return Float(cos((Double(index % 256) + 0.5) * frequency) / 128.0.squareRoot())
    }
    return try MatrixOperator(
      .dense(Tensor(values, shape: [100, 256])), imageShape: [1, 16, 16])
  }

  /// c + Aᵀ(y − A c)/(1 + precision) for orthonormal rows, also of a measurement that is small against A c: the
  /// null space stays as it was, to rounding of 256 products in float32.
  @Test(arguments: [1e-9, 1e-6], [0, 0.01, 1])
  func aProximalPointWhereTheDataCountMostIsExact(precision: Double, contrast: Double) throws {
    let matrix = try Self.cosines()
    let center = try OperatorChecks.random([2, 1, 16, 16])
    let y = try matrix.apply(OperatorChecks.random([1, 1, 16, 16], draw: 1) * contrast)
    let wanted = try center + matrix.adjoint(y - matrix.apply(center)) / (1 + precision)
    let found = try matrix.proximal(center, precision: precision, measurement: y, variance: 1)
    #expect(try found.distance(to: wanted) < 3e-5)
  }

  /// Of a diagonal matrix, whose 16 different values fall from 1 to 10⁻³, every value of the proximal point is known. The
  /// center fits the data, as those of a sampler's last steps do. The unit is the deviation 1/√(a²/variance + precision).
  @Test(arguments: [1e-3, 1e-2], [1, 1e4])
  func aProximalPointNearTheDataIsExactWhereTheySayLittle(sigma: Double, precision: Double) throws {
    let values = (0..<256).map { pow(10, -3 * Double($0 % 16) / 15) }
    let rows = (0..<256).flatMap { row in (0..<256).map { $0 == row ? Float(values[row]) : 0 } }
    let matrix = try MatrixOperator(
      .dense(Tensor(rows, shape: [256, 256])), imageShape: [1, 16, 16])
    let center = try OperatorChecks.random([1, 1, 16, 16])
    let y = try matrix.apply(center) + OperatorChecks.random([1, 1, 1, 256], draw: 1) * sigma
    let found = try matrix.proximal(
      center, precision: precision, measurement: y, variance: sigma * sigma
    ).doubles()
    let (c, measured) = (try center.doubles(), try y.doubles())
    let errors = values.enumerated().map { index, value in
      let curvature = value * value / (sigma * sigma) + precision
      let shift = value * (measured[index] - value * c[index]) / (sigma * sigma) / curvature
      return abs(found[index] - c[index] - shift) * curvature.squareRoot()
    }
    #expect((errors.max() ?? 1) < 1e-2)
  }

  /// Rows that stand twice, with measurements as far above as below A c: c is the proximal point, whatever the precision.
  @Test(arguments: [1e-10, 1e-6, 1])
  func contradictingMeasurementsMoveNoProximalPoint(precision: Double) throws {
    let rows = try OperatorChecks.random([100, 256], draw: 5)
    let matrix = try MatrixOperator(
      .dense(.concatenated([rows, rows], along: 0)), imageShape: [1, 16, 16])
    let center = try OperatorChecks.random([2, 1, 16, 16])
    let off = try OperatorChecks.random([1, 1, 1, 100], draw: 6)
    let y = try matrix.apply(center) + .concatenated([off, off * -1], along: 3)
    let found = try matrix.proximal(center, precision: precision, measurement: y, variance: 1)
    #expect(try found.distance(to: center) < 1e-5)
  }

  /// Rows that stand twice in the matrix, with measurements that contradict each other: what is nearest already
  /// stays, though the residual is not 0.
  @Test func aProjectionOfAProjectionIsTheSame() throws {
    let rows = try OperatorChecks.random([100, 256], draw: 5)
    let matrix = try MatrixOperator(
      .dense(.concatenated([rows, rows, rows], along: 0)), imageShape: [1, 16, 16])
    let y = try OperatorChecks.random([1, 1, 1, 300], draw: 6)
    let once = try matrix.project(OperatorChecks.random([2, 1, 16, 16]), onto: y)
    #expect(try matrix.project(once, onto: y).distance(to: once) < 1e-3)
  }

  @Test(arguments: operators.indices) func theGradientIsTheAdjoint(index: Int) throws {
    let matrix = Self.operators[index]
    let u = try OperatorChecks.random([2] + matrix.measurementShape, draw: 1)
    let x = try OperatorChecks.random([2] + Self.shape, draw: 2)
    let gradient = try vectorJacobianProduct(at: x, cotangent: u, of: matrix.apply).gradient
    for (value, wanted) in zip(try gradient.floats(), try matrix.adjoint(u).floats()) {
      #expect(abs(value - wanted) < 1e-5)
    }
    // And that of the adjoint is the operator.
    let back = try vectorJacobianProduct(at: u, cotangent: x, of: matrix.adjoint).gradient
    for (value, wanted) in zip(try back.floats(), try matrix.apply(x).floats()) {
      #expect(abs(value - wanted) < 1e-5)
    }
  }

  @Test(arguments: operators.indices) func rowsAreIndependent(index: Int) throws {
    let matrix = Self.operators[index]
    try OperatorChecks.expectRowsAlone(matrix, Self.shape)
    try OperatorChecks.expectBatchSizeIsRounding(matrix, Self.shape, tolerance: 1e-6)
    OperatorChecks.expectShapesChecked(matrix, wrong: [2, 5, 3])
  }

  /// Columns follow the image in the order channel, row, column.
  @Test func columnsAreTheValuesOfTheImage() throws {
    for column in [0, 4, 5, 15, 29] {
      var image = [Float](repeating: 0, count: 30)
      image[column] = 1
      let y = try Self.operators[0].apply(Tensor(image, shape: [1] + Self.shape))
      let expected = try Self.dense(.float32).selected([column], along: 1).floats()
      #expect(y.shape == [1, 1, 1, 7])
      #expect(try y.floats() == expected)
    }
  }

  @Test func sparseAndDenseAgree() throws {
    let sparse = try Self.sparse()
    let identity = try Tensor(
      (0..<900).map { $0 % 31 == 0 ? 1.0 : 0 }, shape: [30, 30])
    let matrix = try sparse.apply(identity).transposed().contiguous()
    let dense = try MatrixOperator(.dense(matrix), imageShape: Self.shape)
    let x = try OperatorChecks.random([3] + Self.shape).converted(to: .float64)
    let difference = try Self.operators[2].apply(x) - dense.apply(x)
    #expect(try difference.absolute().maximum(over: [0, 1, 2, 3]).doubles()[0] < 1e-13)
  }

  @Test func theNormIsTheLargestSingularValue() throws {
    let diagonal = try Tensor([3.0, 0, 0, 0, -4, 0], shape: [2, 3])
    let matrix = try MatrixOperator(.dense(diagonal), imageShape: [1, 1, 3])
    #expect(abs(try matrix.operatorNorm(imageShape: [1, 1, 3]) - 4) < 1e-6)
    #expect(
      abs(
        try MatrixOperator(.sparse(Self.sparse().scaled(by: 2)), imageShape: Self.shape)
          .operatorNorm(imageShape: Self.shape)
          - 2 * Self.operators[2].operatorNorm(imageShape: Self.shape)) < 1e-4)
  }

  @Test func matricesThatDoNotFitAreRefused() throws {
    let matrix = MatrixOperator.Matrix.dense(try Self.dense())
    #expect(throws: MatrixError.columns(rows: 7, columns: 30, image: [1, 5, 5])) {
      _ = try MatrixOperator(matrix, imageShape: [1, 5, 5])
    }
    #expect(throws: MatrixError.rows(7, measurement: [1, 2, 4])) {
      _ = try MatrixOperator(matrix, imageShape: Self.shape, measurementShape: [1, 2, 4])
    }
    #expect(throws: MatrixError.notAMatrix(shape: [30])) {
      _ = try MatrixOperator(.dense(Tensor.full(0, shape: [30])), imageShape: Self.shape)
    }
  }
}
