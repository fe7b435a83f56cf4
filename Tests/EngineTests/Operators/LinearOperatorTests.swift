import Tensors
import Testing

@testable import Engine

/// What every linear operator must do, on odd and unequal sizes.
@Suite struct LinearOperatorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let imageShape: [Int]
    let linear: any LinearOperator

    var testDescription: String { "\(name) \(imageShape)" }
  }

  static let cases: [Case] = {
    do {
      return try [
        Case(name: "denoising", imageShape: [2, 5, 7], linear: Denoising()),
        Case(name: "inpainting", imageShape: [3, 13, 17], linear: mask(13, 17)),
        blur(9, 1, [3, 16, 21]), blur(61, 3, [1, 31, 37]), blur(9, 3, [2, 5, 5]),
        blur(1, 1, [1, 3, 2]), superResolution(4, [3, 30, 34]), superResolution(2, [1, 27, 9]),
        superResolution(3, [2, 7, 11]), superResolution(4, [1, 1, 3]),
        superResolution(1, [1, 4, 6]),
        superResolution(3, [1, 9, 15], .average), superResolution(16, [3, 32, 16], .average),
        superResolution(4, [2, 12, 20], .gaussian(intensity: 2)),
        superResolution(2, [1, 2, 6], .gaussian(intensity: 0.01)),
        separable(.uniform(size: 7), [3, 9, 4]),
        separable(.anisotropic(size: 9, intensities: (20, 1)), [1, 11, 16]),
        kernel(61, 61, [3, 40, 34]), kernel(4, 7, [2, 9, 5]), kernel(1, 1, [1, 1, 1]),
        kernel(8, 3, [1, 5, 2]), circular(5, 5, [3, 12, 9]), circular(4, 3, [1, 6, 7]),
      ]
    } catch { fatalError("\(error)") }
  }()

  private static func mask(_ height: Int, _ width: Int) throws -> Inpainting {
    try Inpainting(
      mask: .draw(.random(missing: 0.4...0.6), height: height, width: width, seed: 1, image: 1))
  }

  private static func blur(_ size: Int, _ intensity: Double, _ shape: [Int]) throws -> Case {
    Case(
      name: "blur \(size)/\(intensity)", imageShape: shape,
      linear: try GaussianBlur(kernelSize: size, intensity: intensity, imageShape: shape))
  }

  private static func superResolution(
    _ factor: Int, _ shape: [Int], _ filter: SuperResolution.Filter = .bicubic
  ) throws -> Case {
    Case(
      name: "super-resolution ×\(factor) \(filter)", imageShape: shape,
      linear: try SuperResolution(scaleFactor: factor, filter: filter, imageShape: shape))
  }

  private static func separable(_ kernel: SeparableKernel, _ shape: [Int]) throws -> Case {
    Case(
      name: "separable blur", imageShape: shape,
      linear: try SeparableBlur(
        vertical: kernel.vertical, horizontal: kernel.horizontal, imageShape: shape))
  }

  private static func kernel(_ height: Int, _ width: Int, _ shape: [Int]) throws -> Case {
    Case(
      name: "kernel blur \(height)×\(width)", imageShape: shape,
      linear: try KernelBlur(kernel: .random(height, width), imageShape: shape))
  }

  private static func circular(_ height: Int, _ width: Int, _ shape: [Int]) throws -> Case {
    Case(
      name: "circular blur \(height)×\(width)", imageShape: shape,
      linear: try CircularBlur(kernel: .random(height, width), imageShape: shape))
  }

  private func random(_ shape: [Int], step: UInt32 = 0) throws -> Tensor {
    let stream = NoiseStream(seed: 1, image: 2, purpose: .probe, step: step)
    return try Tensor(stream.normals(shape.reduce(1, *)), shape: shape)
  }

  /// Sums of at most 61² products in float64: 61²·2⁻⁵³ is 4e-13.
  /// A transform of n pixels adds a few times log₂ n roundings, below 1e-14.
  @Test(arguments: cases)
  func adjointIsExact(of test: Case) throws {
    for draw in 0..<3 {
      #expect(try test.linear.dotProductError(imageShape: test.imageShape, draw: draw) < 1e-12)
    }
  }

  @Test(arguments: cases)
  func gradientIsTheAdjoint(of test: Case) throws {
    let x = try random([2] + test.imageShape)
    let u = try random([2] + test.linear.measurementShape(ofImage: test.imageShape), step: 1)
    let gradient = try vectorJacobianProduct(at: x, cotangent: u) {
      try test.linear.apply($0) * 1
    }.gradient
    let expected = try test.linear.adjoint(u).floats()
    for (value, wanted) in zip(try gradient.floats(), expected) {
      #expect(abs(value - wanted) < 1e-5)
    }
  }

  /// As for the adjoint, in float64.
  @Test(arguments: cases)
  func theNormalOperatorIsTheAdjointOfTheMeasurement(of test: Case) throws {
    let x = try random([2] + test.imageShape).converted(to: .float64)
    let expected = try test.linear.adjoint(test.linear.apply(x))
    #expect(try test.linear.normal(x).distance(to: expected) < 1e-12)
  }

  /// A product of n terms is wrong by at most n·2⁻²⁴ of the sum of their moduli. Weights of a row sum to at
  /// most 2 along an axis of A or Aᵀ, the image below 5: of AᵀA x to 16·5, after products over twice both sides, of
  /// Aᵀy to 4·5, after one over both. Transforms are far better than that.
  @Test(arguments: cases)
  func theTermsOfTheGradientAreThoseInFloat64(of test: Case) throws {
    let x = try random([2] + test.imageShape)
    let y = try random([1] + test.linear.measurementShape(ofImage: test.imageShape), step: 1)
    let sides = Double(test.imageShape[1] + test.imageShape[2])
    let tolerance = 2 * (16 * 5 * 2 * sides + 4 * 5 * sides) * 0x1p-24
    for limit in [nil, 0.5] {
      let loss = MeasurementLoss(test.linear, measurement: y, gradientLimit: limit)
      let exact = MeasurementLoss(
        test.linear, measurement: try y.converted(to: .float64), gradientLimit: limit)
      let expected = try exact.gradient(at: x.converted(to: .float64)).gradient
      let sum = try Tensor.weightedSum(loss.gradientTerms(at: x))
      #expect(try sum.distance(to: expected) < tolerance)
    }
  }

  @Test(arguments: cases)
  func measurementsHaveTheirPromisedShape(of test: Case) throws {
    let x = try random([3] + test.imageShape)
    let shape = try test.linear.measurementShape(ofImage: test.imageShape)
    #expect(try test.linear.apply(x).shape == [3] + shape)
    #expect(try test.linear.adjoint(random([3] + shape)).shape == [3] + test.imageShape)
  }

  @Test(arguments: cases)
  func rowsIgnoreTheirNeighbours(of test: Case) throws {
    let row = try random([1] + test.imageShape)
    func firstRow(beside neighbour: Tensor) throws -> [Float] {
      let y = try test.linear.apply(Tensor.concatenated([row, neighbour], along: 0))
      return try y.sliced(0..<1, along: 0).floats()
    }
    let other = try random([1] + test.imageShape, step: 5)
    let bad = try Tensor.full(.nan, shape: [1] + test.imageShape)
    #expect(try firstRow(beside: other) == firstRow(beside: other * 1e6))
    #expect(try firstRow(beside: other) == firstRow(beside: bad))
  }

  @Test(arguments: cases)
  func batchSizeCostsRoundingOnly(of test: Case) throws {
    let batch = try random([5] + test.imageShape)
    let together = try test.linear.apply(batch).sliced(3..<4, along: 0).floats()
    let alone = try test.linear.apply(batch.sliced(3..<4, along: 0)).floats()
    for (left, right) in zip(together, alone) { #expect(abs(left - right) < 1e-5) }
  }

  @Test(arguments: cases)
  func movingKeepsTheNumbers(of test: Case) throws {
    let x = try random([1] + test.imageShape)
    #expect(
      try test.linear.moved(to: .cpu).apply(x).floats() == test.linear.apply(x).floats())
  }

  @Test(arguments: cases)
  func otherShapesAreRefused(of test: Case) throws {
    guard !(test.linear is Denoising) else { return }
    let (channels, height, width) = (test.imageShape[0], test.imageShape[1], test.imageShape[2])
    for shape in [[channels, height + 1, width], [channels, height, width + 1]] {
      #expect(throws: OperatorError.self) { _ = try test.linear.apply(random([1] + shape)) }
      #expect(throws: OperatorError.self) {
        _ = try test.linear.measurementShape(ofImage: shape)
      }
    }
    #expect(throws: OperatorError.self) { _ = try test.linear.apply(random(test.imageShape)) }
    #expect(throws: OperatorError.self) { _ = try test.linear.adjoint(random([1, 1, 99, 99])) }
  }

  /// The published transpose of super-resolution is no adjoint: the test must see it.
  @Test func aWrongAdjointIsSeen() throws {
    struct Wrong: LinearOperator {
      let right: SuperResolution
      func measurementShape(ofImage image: [Int]) throws -> [Int] {
        try right.measurementShape(ofImage: image)
      }
      func apply(_ x: Tensor) throws -> Tensor { try right.apply(x) }
      func adjoint(_ y: Tensor) throws -> Tensor { try right.repeated(y) }
      func moved(to device: Device) throws -> Wrong { self }
    }
    let shape = [1, 16, 16]
    let wrong = Wrong(right: try SuperResolution(scaleFactor: 4, imageShape: shape))
    #expect(try wrong.dotProductError(imageShape: shape) > 1e-3)
  }
}
