import Tensors
import Testing

@testable import Engine

@Suite struct PseudoInverseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    let linear: any PseudoInvertible
    var testDescription: String { name }
  }

  /// Operators without singular values near the cut.
  static let exact: [Case] = {
    do {
      let mask = try InpaintingMask.draw(
        .random(missing: 0.4...0.6), height: 9, width: 7, seed: 1, image: 1)
      return [
        Case(name: "denoising", shape: [2, 5, 7], linear: Denoising()),
        Case(name: "inpainting", shape: [2, 9, 7], linear: try Inpainting(mask: mask)),
        try superResolution(4, .bicubic, [2, 16, 24]), try superResolution(2, .bicubic, [1, 9, 6]),
        try superResolution(4, .average, [3, 8, 12]),
        try superResolution(2, .gaussian(intensity: 0.8), [1, 12, 8]),
        Case(
          name: "sharp blur", shape: [2, 8, 11],
          linear: try GaussianBlur(kernelSize: 3, intensity: 0.5, imageShape: [2, 8, 11])),
        Case(
          name: "circular blur", shape: [2, 6, 9],
          linear: try CircularBlur(kernel: .random(3, 2), imageShape: [2, 6, 9])),
      ]
    } catch { fatalError("\(error)") }
  }()

  private static func superResolution(
    _ factor: Int, _ filter: SuperResolution.Filter, _ shape: [Int]
  ) throws -> Case {
    Case(
      name: "×\(factor) \(filter)", shape: shape,
      linear: try SuperResolution(scaleFactor: factor, filter: filter, imageShape: shape))
  }

  private func random(_ shape: [Int], step: UInt32 = 0) throws -> Tensor {
    let stream = NoiseStream(seed: 1, image: 2, purpose: .probe, step: step)
    return try Tensor(
      stream.normals(shape.reduce(1, *)).map { Double($0) }, shape: shape)
  }

  private func expectEqual(_ left: Tensor, _ right: Tensor, _ tolerance: Double) throws {
    for (a, b) in zip(try left.doubles(), try right.doubles()) { #expect(abs(a - b) < tolerance) }
  }

  /// The four equations of Penrose, on random vectors; no singular value is below 3 % of the largest, so
  /// rounding grows by less than 40 in each product.
  @Test(arguments: exact)
  func thePenroseEquationsHold(of test: Case) throws {
    let a = test.linear
    let (x, u) = (
      try random([2] + test.shape),
      try random([2] + a.measurementShape(ofImage: test.shape), step: 1)
    )
    try expectEqual(a.apply(a.pseudoInverse(a.apply(x))), a.apply(x), 1e-9)
    try expectEqual(a.pseudoInverse(a.apply(a.pseudoInverse(u))), a.pseudoInverse(u), 1e-9)
    let (x2, u2) = (try random([2] + test.shape, step: 2), try random(u.shape, step: 3))
    let inImages = try (a.pseudoInverse(a.apply(x)) * x2).doubles().reduce(0, +)
    let mirrored = try (x * a.pseudoInverse(a.apply(x2))).doubles().reduce(0, +)
    #expect(abs(inImages - mirrored) < 1e-7)
    let inMeasurements = try (a.apply(a.pseudoInverse(u)) * u2).doubles().reduce(0, +)
    let reflected = try (u * a.apply(a.pseudoInverse(u2))).doubles().reduce(0, +)
    #expect(abs(inMeasurements - reflected) < 1e-7)
  }

  @Test(arguments: exact)
  func projectedImagesHaveTheMeasurement(of test: Case) throws {
    let a = test.linear
    let y = try a.apply(random([1] + test.shape, step: 7))
    let projected = try a.project(random([1] + test.shape), onto: y)
    try expectEqual(a.apply(projected), y, 1e-9)
    try expectEqual(a.project(projected, onto: y), projected, 1e-9)
  }

  /// A zero gradient of the function the proximal point minimises, also where the pseudo-inverse is cut.
  @Test(arguments: exact + wide)
  func proximalPointsAreStationary(of test: Case) throws {
    let a = test.linear
    let (c, precision, variance) = (try random([2] + test.shape), 0.7, 0.03)
    let y = try random([2] + a.measurementShape(ofImage: test.shape), step: 1)
    let z = try a.proximal(c, precision: precision, measurement: y, variance: variance)
    let slope = try a.adjoint(a.apply(z) - y) / variance + (z - c) * precision
    #expect(try slope.absolute().doubles().allSatisfy { $0 < 1e-8 })
  }

  static let wide: [Case] = {
    do {
      return [
        Case(
          name: "wide blur", shape: [2, 20, 17],
          linear: try GaussianBlur(kernelSize: 31, intensity: 3, imageShape: [2, 20, 17])),
        Case(
          name: "uniform blur", shape: [1, 20, 17],
          linear: try SeparableBlur(
            vertical: SeparableKernel.uniform(size: 9).vertical,
            horizontal: SeparableKernel.uniform(size: 5).horizontal, imageShape: [1, 20, 17])),
      ]
    } catch { fatalError("\(error)") }
  }()

  /// Noise in y grows by at most 1/cut: singular values below the cut are not inverted.
  @Test(arguments: wide)
  func theCutLimitsNoise(of test: Case) throws {
    let u = try random([1] + test.shape)
    let norm = { (t: Tensor) in try t.squared().doubles().reduce(0, +).squareRoot() }
    let largest = try test.linear.operatorNorm(imageShape: test.shape, tolerance: 1e-12)
    let gain = try norm(test.linear.pseudoInverse(u)) / norm(u)
    #expect(gain < 1 / (pseudoInverseCut * largest) * 1.001 && gain > 1)
  }

  @Test func theInverseOfAveragesRepeats() throws {
    let small = try SuperResolution(scaleFactor: 3, filter: .average, imageShape: [1, 6, 9])
    let y = try random([1, 1, 2, 3])
    try expectEqual(small.pseudoInverse(y), small.repeated(y), 1e-12)
    try expectEqual(
      small.publishedProjection(random([1, 1, 6, 9]), onto: y),
      small.project(random([1, 1, 6, 9]), onto: y), 1e-12)
  }

  /// Blurs keep a constant image, the largest singular vector away from borders; averages of s² pixels
  /// have the norm 1/s.
  @Test func knownNorms() throws {
    let cases: [(any LinearOperator, [Int], Double, Double)] = [
      (
        try SuperResolution(scaleFactor: 4, filter: .average, imageShape: [1, 16, 12]),
        [1, 16, 12], 0.25, 1e-9
      ),
      (
        try SuperResolution(scaleFactor: 16, filter: .average, imageShape: [1, 16, 32]),
        [1, 16, 32], 1.0 / 16, 1e-9
      ),
      (try SuperResolution(scaleFactor: 4, imageShape: [1, 32, 32]), [1, 32, 32], 0.25, 1e-4),
      (try CircularBlur(kernel: .random(5, 7), imageShape: [1, 16, 12]), [1, 16, 12], 1, 1e-4),
    ]
    for (linear, shape, norm, tolerance) in cases {
      let found = try linear.operatorNorm(imageShape: shape, iterations: 2000, tolerance: 1e-12)
      #expect(abs(found - norm) < tolerance)
    }
    let blur = try KernelBlur(kernel: .random(7, 7), imageShape: [1, 64, 64])
    let norm = try blur.operatorNorm(imageShape: [1, 64, 64])
    #expect(norm > 0.999 && norm < 1.1)
  }

  @Test func factorsThatDoNotDivideAreRefused() {
    for filter in [SuperResolution.Filter.average, .gaussian(intensity: 1)] {
      #expect(throws: OperatorError.indivisible(length: 30, factor: 4)) {
        _ = try SuperResolution(scaleFactor: 4, filter: filter, imageShape: [3, 32, 30])
      }
    }
    #expect(throws: OperatorError.blurIntensity(0)) {
      _ = try SuperResolution(
        scaleFactor: 2, filter: .gaussian(intensity: 0), imageShape: [1, 4, 4])
    }
  }
}
