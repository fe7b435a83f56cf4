import Foundation
import LinearAlgebra
import Tensors
import Testing

@testable import Engine

/// Small exact priors, with everything computed again in plain float64.
enum TestPriors {
  static let shape = [1, 2, 3]
  static let size = 6
  static let alphaBar = try! DiffusionTables(betas: NoiseSchedule.linear.betas(steps: 1000))
    .alphaBar

  static func numbers(_ count: Int, draw: UInt32) -> [Double] {
    NoiseStream(seed: 21, image: 22, sample: draw, purpose: .probe).normals(count).map(Double.init)
  }

  /// F·Fᵀ + 0.05·I: symmetric to the last bit, eigenvalues at least 0.05.
  static func covariance(_ size: Int = size, draw: UInt32 = 1) -> Matrix {
    let factor = Matrix(rows: size, columns: size, elements: numbers(size * size, draw: draw))
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size {
      for j in 0...i {
        let product = (0..<size).reduce(0.0) { $0 + factor[i, $1] * factor[j, $1] }
        matrix[i, j] = product / Double(size) * 0.3 + (i == j ? 0.05 : 0)
        matrix[j, i] = matrix[i, j]
      }
    }
    return matrix
  }

  static func isotropic(std: Double, mean: [Double]) throws -> GaussianPrior {
    try GaussianPrior(
      imageShape: shape, mean: mean, covariance: .isotropic(std: std), alphaBar: alphaBar)
  }

  /// log Σ_k w_k·N(x; √ᾱ·m_k, (ᾱs_k² + 1 − ᾱ)I), the density of noisy images.
  static func logDensity(
    _ x: [Double], _ components: [GaussianMixturePrior.Component], alphaBar: Double
  ) -> Double {
    let logs = components.map { component in
      let variance = alphaBar * component.std * component.std + 1 - alphaBar
      let distance = zip(x, component.mean).reduce(0) {
        $0 + pow($1.0 - alphaBar.squareRoot() * $1.1, 2)
      }
      return log(component.weight) - 0.5 * distance / variance
        - 0.5 * Double(x.count) * log(2 * Double.pi * variance)
    }
    let largest = logs.max()!
    return largest + log(logs.reduce(0) { $0 + exp($1 - largest) })
  }

  /// ε = −√(1−ᾱ)·∇log p by central differences: off by h²/6 of the third derivative and 2⁻⁵²/h of the
  /// value, 10⁻⁸ at most.
  static func epsilon(
    at x: [Double], alphaBar: Double, logDensity: ([Double]) -> Double
  ) -> [Double] {
    let h = 1e-5
    return x.indices.map { index in
      var (ahead, behind) = (x, x)
      ahead[index] += h
      behind[index] -= h
      return -(1 - alphaBar).squareRoot() * (logDensity(ahead) - logDensity(behind)) / (2 * h)
    }
  }
}

@Suite struct GaussianPriorTests {
  private let mean = TestPriors.numbers(6, draw: 2).map { $0 * 0.3 }
  private let x = TestPriors.numbers(12, draw: 3)

  private func prior(_ covariance: GaussianPrior.Covariance) throws -> GaussianPrior {
    try GaussianPrior(
      imageShape: TestPriors.shape, mean: mean, covariance: covariance,
      alphaBar: TestPriors.alphaBar)
  }

  private func predict(_ model: any DiffusionModel, times: [Float]) throws -> [Double] {
    let images = try Tensor(x.map { Float($0) }, shape: [2] + TestPriors.shape)
    return try model.predict(images, times: times).mean.doubles()
  }

  /// Float32 with six terms: 2⁻²⁴·6 of the terms, whose factors stay below 10: 10⁻⁵ of the result.
  @Test(arguments: [0, 1, 100, 500, 999])
  func theDenoiserIsTheScoreOfTheNoisyDensity(t: Int) throws {
    let covariance = TestPriors.covariance()
    let alphaBar = TestPriors.alphaBar[t]
    var noisy = covariance
    for i in noisy.elements.indices { noisy.elements[i] *= alphaBar }
    for i in 0..<6 { noisy[i, i] += 1 - alphaBar }
    let cholesky = try Cholesky(noisy)
    let found = try predict(prior(.full(covariance)), times: [Float(t), Float(t)])
    for row in 0..<2 {
      let own = Array(x[row * 6..<row * 6 + 6])
      let expected = TestPriors.epsilon(at: own, alphaBar: alphaBar) { point in
        let centred = zip(point, mean).map { $0 - alphaBar.squareRoot() * $1 }
        return -0.5 * cholesky.whiten(centred).reduce(0) { $0 + $1 * $1 }
      }
      let allowed = 1e-5 * (1 + expected.reduce(0) { max($0, abs($1)) })
      for (value, target) in zip(found[row * 6..<row * 6 + 6], expected) {
        #expect(abs(value - target) <= allowed)
      }
    }
  }

  /// ε = (x − √ᾱ·m)·√(1−ᾱ)/(ᾱs² + 1 − ᾱ): three float32 roundings of numbers below 10.
  @Test func isotropicIsTheClosedFormWithATimeForEachRow() throws {
    let found = try predict(prior(.isotropic(std: 0.4)), times: [0, 700])
    for (index, value) in found.enumerated() {
      let alphaBar = TestPriors.alphaBar[index < 6 ? 0 : 700]
      let expected =
        (x[index] - alphaBar.squareRoot() * mean[index % 6]) * (1 - alphaBar).squareRoot()
        / (alphaBar * 0.16 + 1 - alphaBar)
      #expect(abs(value - expected) <= 5e-6)
    }
  }

  @Test func aFullMatrixMayBeIsotropic() throws {
    var matrix = Matrix(rows: 6, columns: 6)
    for i in 0..<6 { matrix[i, i] = 0.4 * 0.4 }
    let full = try predict(prior(.full(matrix)), times: [3, 700])
    let isotropic = try predict(prior(.isotropic(std: 0.4)), times: [3, 700])
    for (a, b) in zip(full, isotropic) { #expect(abs(a - b) <= 1e-5) }
    let covariance = try prior(.isotropic(std: 0.4)).covarianceMatrix
    for (a, b) in zip(covariance.elements, matrix.elements) { #expect(abs(a - b) <= 1e-15) }
  }

  /// ε is affine in x with a symmetric matrix, so its Jacobian applied to c is ε(c) − ε(0).
  @Test func gradientsFlowThroughTheDenoiser() throws {
    let model = try prior(.full(TestPriors.covariance()))
    let apply = { (x: Tensor) in try model.predict(x, times: [300]).mean }
    let shape = [1] + TestPriors.shape
    let point = try Tensor(x.prefix(6).map { Float($0) }, shape: shape)
    let cotangent = try Tensor(x.suffix(6).map { Float($0) }, shape: shape)
    let found = try vectorJacobianProduct(at: point, cotangent: cotangent, of: apply)
    let expected = try apply(cotangent) - apply(Tensor.full(0, shape: shape))
    #expect(try found.gradient.distance(to: expected) <= 1e-5)
  }

  @Test func partsThatDoNotFitAreNamed() throws {
    #expect(throws: GaussianPriorError.meanSize(expected: 6, found: 5)) {
      try GaussianPrior(
        imageShape: TestPriors.shape, mean: [0, 0, 0, 0, 0], covariance: .isotropic(std: 1),
        alphaBar: TestPriors.alphaBar)
    }
    #expect(throws: GaussianPriorError.covarianceSize(expected: 6, found: [5, 6])) {
      try prior(.full(Matrix(rows: 5, columns: 6)))
    }
    var negative = TestPriors.covariance()
    negative[0, 0] = -1
    #expect(throws: GaussianPriorError.self) { try prior(.full(negative)) }
    var skew = TestPriors.covariance()
    skew[1, 4] += 0.01
    #expect(throws: GaussianPriorError.notSymmetric(row: 4, column: 1)) { try prior(.full(skew)) }
    var nan = TestPriors.covariance()
    nan[2, 2] = .nan
    let error = #expect(throws: GaussianPriorError.self) { try prior(.full(nan)) }
    #expect(error?.description == "entry [2, 2] of the covariance is nan; all must be finite")
    var infinite = TestPriors.covariance()
    infinite[1, 0] = .infinity
    #expect(throws: GaussianPriorError.notFinite(row: 1, column: 0, value: .infinity)) {
      try prior(.full(infinite))
    }
  }

  @Test(arguments: [-1, 1000, 0.5, .nan, .infinity] as [Float])
  func onlyWholeStepsOfTheProcessAreTimes(time: Float) throws {
    let model = try prior(.isotropic(std: 1))
    #expect(throws: GaussianPriorError.self) { _ = try predict(model, times: [0, time]) }
  }

  @Test func theTextsNameWhatIsWanted() {
    #expect(
      "\(GaussianPriorError.timeOutOfRange(0.5, steps: 10))"
        == "diffusion time 0.5 is not a whole step in 0…9")
    #expect("\(GaussianPriorError.notSymmetric(row: 4, column: 1))".contains("[4, 1] and [1, 4]"))
  }
}

@Suite struct GaussianMixturePriorTests {
  typealias Component = GaussianMixturePrior.Component

  private let components = [
    Component(weight: 1, mean: TestPriors.numbers(6, draw: 4), std: 0.3),
    Component(weight: 3, mean: TestPriors.numbers(6, draw: 5).map { $0 * 0.5 }, std: 0.6),
    Component(weight: 0.5, mean: [Double](repeating: -0.8, count: 6), std: 0.1),
  ]

  private func mixture(_ components: [Component]) throws -> GaussianMixturePrior {
    try GaussianMixturePrior(
      imageShape: TestPriors.shape, components: components, alphaBar: TestPriors.alphaBar)
  }

  @Test func weightsAddUpToOne() throws {
    let weights = try mixture(components).components.map(\.weight)
    for (weight, expected) in zip(weights, [1 / 4.5, 3 / 4.5, 0.5 / 4.5]) {
      #expect(abs(weight - expected) < 1e-15)
    }
  }

  /// Their sum is infinite. Multiplied by a power of two, weights are the same to the bit.
  @Test func largeWeightsAddUpToOne() throws {
    let scaled = { (factor: Double) in
      try mixture(
        components.map { Component(weight: $0.weight * factor, mean: $0.mean, std: $0.std) }
      ).components
    }
    #expect(try scaled(0x1p1022) == scaled(1))
    #expect(try scaled(0x1p-1000) == scaled(1))
  }

  @Test(arguments: [0, 100, 999]) func oneComponentIsAGaussian(t: Int) throws {
    let mean = components[0].mean
    let images = try Tensor(
      TestPriors.numbers(12, draw: 6).map { Float($0) }, shape: [2] + TestPriors.shape)
    let one = try mixture([Component(weight: 7, mean: mean, std: 0.4)])
    let gaussian = try TestPriors.isotropic(std: 0.4, mean: mean)
    let times = [Float(t), Float(t)]
    let found = try one.predict(images, times: times).mean
    let expected = try gaussian.predict(images, times: times).mean
    #expect(try found.distance(to: expected) <= 1e-5 * (1 + expected.largest()))
  }

  /// At each time x is drawn near each component and between two of them. Log-densities are numbers
  /// below 10³, good to 10³·2⁻²⁴ = 6·10⁻⁵ in float32; so are the shares of the components.
  @Test(arguments: [0, 1, 30, 200, 999]) func theDenoiserIsTheScoreOfTheMixture(t: Int) throws {
    let alphaBar = TestPriors.alphaBar[t]
    let prior = try mixture(components)
    let means =
      components.map(\.mean) + [zip(components[0].mean, components[1].mean).map { ($0 + $1) / 2 }]
    for (index, mean) in means.enumerated() {
      let own = zip(mean, TestPriors.numbers(6, draw: UInt32(10 + index))).map {
        Double(Float($0 * alphaBar.squareRoot() + 0.1 * $1))
      }
      let image = try Tensor(own.map { Float($0) }, shape: [1] + TestPriors.shape)
      let found = try prior.predict(image, times: [Float(t)]).mean.doubles()
      let expected = TestPriors.epsilon(at: own, alphaBar: alphaBar) {
        TestPriors.logDensity($0, prior.components, alphaBar: alphaBar)
      }
      let allowed = 1e-4 * (1 + expected.reduce(0) { max($0, abs($1)) })
      for (value, target) in zip(found, expected) { #expect(abs(value - target) <= allowed) }
    }
  }

  @Test func farAwayNothingOverflows() throws {
    let far = try Tensor.full(1e4, shape: [1] + TestPriors.shape)
    let found = try mixture(components).predict(far, times: [0]).mean.floats()
    #expect(found.allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test(arguments: [
    (Component(weight: 0, mean: [0, 0, 0, 0, 0, 0], std: 1), "weight"),
    (Component(weight: .nan, mean: [0, 0, 0, 0, 0, 0], std: 1), "weight"),
    (Component(weight: 1, mean: [0, 0, 0, 0, 0, 0], std: 0), "std"),
    (Component(weight: 1, mean: [0, 0, 0, 0, 0, 0], std: .infinity), "std"),
    (Component(weight: 1, mean: [0], std: 1), "mean"),
  ]) func badComponentsAreNamed(component: Component, word: String) {
    do {
      _ = try mixture([components[0], component])
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix("component 1 of the mixture: "))
      #expect("\(error)".contains(word))
    }
  }

  @Test func aMixtureOfNothingIsRefused() {
    #expect(throws: GaussianPriorError.self) { try mixture([]) }
  }
}
