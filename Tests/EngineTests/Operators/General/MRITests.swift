import Foundation
import LinearAlgebra
import Tensors
import Testing

@testable import Engine

@Suite struct MRITests {
  /// Even and odd sides, masks that are symmetric and that are not, both layouts.
  struct Case: Sendable, CustomTestStringConvertible {
    let shape: [Int], centered: Bool, values: [Float]
    var testDescription: String { "\(shape) centred: \(centered)" }

    func made() throws -> MRI {
      try MRI(
        mask: UndersamplingMask(values: values, height: shape[1], width: shape[2]),
        centered: centered)
    }
  }

  static let cases: [Case] = [[1, 8, 6], [2, 7, 5], [3, 6, 9]].flatMap { shape in
    [true, false].map { centered in
      let stream = NoiseStream(seed: 5, image: 0, purpose: .guidance)
      let values = stream.uniforms(shape[1] * shape[2]).map { $0 < 0.5 ? Float(1) : 0 }
      return Case(shape: shape, centered: centered, values: values)
    }
  }

  /// Sums of at most 2·63 products in float64.
  @Test(arguments: cases) func theAdjointIsExact(test: Case) throws {
    let mri = try test.made()
    for draw in 0..<3 {
      #expect(try mri.dotProductError(imageShape: test.shape, draw: draw) < 1e-13)
    }
    let x = try OperatorChecks.random([2] + test.shape)
    let u = try OperatorChecks.random([2, 2 * test.shape[0]] + test.shape[1...], draw: 1)
    let gradient = try vectorJacobianProduct(at: x, cotangent: u, of: mri.apply).gradient
    for (value, wanted) in zip(try gradient.floats(), try mri.adjoint(u).floats()) {
      #expect(abs(value - wanted) < 1e-5)
    }
  }

  /// In float64, transforms of 54 numbers.
  @Test(arguments: cases) func theNormalOperatorIsTheAdjointOfTheMeasurement(test: Case) throws {
    let mri = try test.made()
    let x = try OperatorChecks.random([2] + test.shape).converted(to: .float64)
    expectSame(try mri.normal(x), try mri.adjoint(mri.apply(x)))
  }

  @Test(arguments: cases) func rowsAreIndependent(test: Case) throws {
    try OperatorChecks.expectRowsAlone(test.made(), test.shape)
    try OperatorChecks.expectBatchSizeIsRounding(test.made(), test.shape, tolerance: 1e-6)
    OperatorChecks.expectShapesChecked(try test.made(), wrong: [1, 4, 4])
  }

  /// The Moore–Penrose conditions A A⁺ A = A and A⁺ A A⁺ = A⁺, with both products symmetric.
  @Test(arguments: cases) func thePseudoInverseIsThatOfMooreAndPenrose(test: Case) throws {
    let mri = try test.made()
    let a = mri.apply
    let inverse = mri.pseudoInverse
    let random = { (shape: [Int], draw: UInt32) in
      try OperatorChecks.random(shape, draw: draw).converted(to: .float64)
    }
    let (x, z) = (try random([1] + test.shape, 1), try random([1] + test.shape, 2))
    let data = [1, 2 * test.shape[0]] + test.shape[1...]
    let (y, w) = (try random(data, 3), try random(data, 4))
    expectSame(try a(inverse(a(x))), try a(x))
    expectSame(try inverse(a(inverse(y))), try inverse(y))
    let dot = OperatorChecks.dot
    #expect(abs(try dot(inverse(a(x)), z) - dot(x, inverse(a(z)))) < 1e-12)
    #expect(abs(try dot(a(inverse(y)), w) - dot(y, a(inverse(w)))) < 1e-12)
  }

  @Test(arguments: cases) func theProximalPointIsThatOfConjugateGradients(test: Case) throws {
    let mri = try test.made()
    let center = try OperatorChecks.random([2] + test.shape).converted(to: .float64)
    let y = try mri.apply(OperatorChecks.random([1] + test.shape, draw: 1).converted(to: .float64))
    let exact = try mri.proximal(center, precision: 3, measurement: y, variance: 0.1)
    let right = try mri.adjoint(y) / 0.1 + center * 3
    let found = try mri.normal(exact) / 0.1 + exact * 3
    expectSame(found, try right.expanded(center.shape), within: 1e-11)
  }

  /// As DiffPIR asks for it at much noise: what is not measured stays as it was, to rounding of the image.
  @Test(arguments: cases) func theProximalPointIsExactWhereTheDataCountMost(test: Case) throws {
    let mri = try test.made()
    let center = try OperatorChecks.random([2] + test.shape)
    let y = try mri.apply(OperatorChecks.random([1] + test.shape, draw: 1))
    let found = try mri.proximal(center, precision: 1e-9, measurement: y, variance: 1)
    let wanted = try mri.proximal(
      center.converted(to: .float64), precision: 1e-9, measurement: y.converted(to: .float64),
      variance: 1)
    expectSame(found, wanted, within: 1e-5)
  }

  /// ‖A‖² is 1 where k and −k are both measured, ½ where only one of them is anywhere.
  @Test func theNormIsKnown() throws {
    func norm(_ values: [Float]) throws -> Double {
      try MRI(mask: UndersamplingMask(values: values, height: 1, width: 5), centered: false)
        .operatorNorm(imageShape: [1, 1, 5])
    }
    #expect(abs(try norm([0, 1, 0, 0, 1]) - 1) < 1e-6)
    #expect(abs(try norm([1, 0, 0, 0, 0]) - 1) < 1e-6)
    #expect(abs(try norm([0, 1, 1, 0, 0]) - 0.5.squareRoot()) < 1e-6)
    for test in Self.cases {
      #expect(try test.made().operatorNorm(imageShape: test.shape) <= 1 + 1e-12)
    }
  }

  /// V·g(S)·Vᵀ against LAPACK's decomposition of the dense matrix, for a smooth g that tells 0, √½ and 1
  /// apart; float64, sums of up to 162 products.
  @Test(arguments: cases) func theSpectrumIsThatOfTheMatrix(test: Case) throws {
    let mri = try test.made()
    let pixels = test.shape.reduce(1, *)
    let units = (0..<pixels * pixels).map { $0 % (pixels + 1) == 0 ? 1.0 : 0 }
    let images = try Tensor(units, shape: [pixels] + test.shape)
    let rows = try mri.apply(images)
    let dense = Matrix(rows: pixels, columns: 2 * pixels, elements: try rows.doubles()).transposed
    let singular = try SingularValues(dense)
    let known = [0, 0.5.squareRoot(), 1]
    #expect(singular.values.allSatisfy { s in known.contains { abs($0 - s) < 1e-12 } })
    var scaled = singular.right
    for (i, s) in singular.values.enumerated() {
      for j in 0..<pixels { scaled[i, j] *= cos(5 * s) }
    }
    let wanted = try singular.right.transposed * scaled
    let found = try mri.spectrum().scaled(images) { cos(5 * $0) }
    expectSame(found, try Tensor(wanted.elements, shape: [pixels] + test.shape))
  }

  /// A constant image has one frequency, 0, of √(H·W) times its value.
  @Test(arguments: [true, false]) func frequencyZeroIsWhereItIsSaidToBe(centered: Bool) throws {
    let mask = try UndersamplingMask(
      values: [Float](repeating: 1, count: 24), height: 4, width: 6)
    let y = try MRI(mask: mask, centered: centered)
      .apply(Tensor.full(0.5, shape: [1, 1, 4, 6], type: .float64)).doubles()
    let place = centered ? 2 * 6 + 3 : 0
    for (index, value) in y.enumerated() {
      #expect(abs(value - (index == place ? 0.5 * 24.0.squareRoot() : 0)) < 1e-14)
    }
  }

  @Test func whatIsNotMeasuredIsZero() throws {
    let test = Self.cases[0]
    let noisy = try OperatorChecks.random([1, 2, 8, 6])
    let found = try test.made().restricted(noisy).floats()
    let expected = zip(try noisy.floats(), test.values + test.values).map { $0 * $1 }
    #expect(found == expected)
  }

  private func expectSame(_ left: Tensor, _ right: Tensor, within tolerance: Double = 1e-12) {
    let pairs = try? zip(left.doubles(), right.doubles()).map { abs($0 - $1) }
    #expect(left.shape == right.shape)
    #expect((pairs?.max() ?? .infinity) < tolerance)
  }
}

@Suite struct UndersamplingMaskTests {
  @Test(arguments: [(64, 4.0, 0.08), (65, 4.0, 0.1), (32, 1.0, 0.5), (7, 7.0, 0.0)])
  func asManyColumnsAsAskedFor(width: Int, acceleration: Double, fraction: Double) throws {
    let mask = try UndersamplingMask.cartesian(
      height: 3, width: width, acceleration: acceleration, centerFraction: fraction, seed: 1)
    let line = Array(mask.values[..<width])
    #expect(line.count { $0 == 1 } == Int((Double(width) / acceleration).rounded()))
    #expect(mask.values == line + line + line)
    let center = Int((Double(width) * fraction).rounded())
    let first = width / 2 - center / 2
    #expect(line[first..<first + center].allSatisfy { $0 == 1 })
  }

  @Test func anotherSeedGivesOtherColumnsAndAnotherLayoutTheSame() throws {
    func line(_ seed: UInt64, centered: Bool = true) throws -> [Float] {
      try UndersamplingMask.cartesian(
        height: 1, width: 64, acceleration: 4, centerFraction: 0.1, centered: centered, seed: seed
      ).values
    }
    #expect(try line(1) == line(1))
    #expect(try line(1) != line(2))
    #expect(try line(1, centered: false) == Array(line(1)[32...] + line(1)[..<32]))
  }

  @Test(arguments: [(0.5, 0.0), (4, 0.3), (1000, 0), (.nan, 0), (4, -0.1)])
  func whatCannotBeIsRefused(acceleration: Double, fraction: Double) {
    #expect(throws: MRIError.self) {
      _ = try UndersamplingMask.cartesian(
        height: 4, width: 64, acceleration: acceleration, centerFraction: fraction, seed: 0)
    }
  }
}
