import Foundation
import LinearAlgebra
import Tensors
import Testing

@testable import Engine

@Suite struct ExactPosteriorTests {
  static let shape = [1, 8, 8]
  static let size = 64

  /// 0.25·exp(−d²/2·1.5²), with 0.01 more on the diagonal so that it can be inverted.
  static let covariance: Matrix = {
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size {
      for j in 0..<size {
        let (dy, dx) = (Double(i / 8 - j / 8), Double(i % 8 - j % 8))
        matrix[i, j] = 0.25 * exp(-(dy * dy + dx * dx) / 4.5) + (i == j ? 0.01 : 0)
      }
    }
    return matrix
  }()

  static let mean = (0..<size).map { 0.3 * sin(Double($0)) }

  static func numbers(_ count: Int, draw: UInt32) -> [Float] {
    NoiseStream(seed: 31, image: 32, sample: draw, purpose: .probe).normals(count)
  }

  enum Task: String, CaseIterable, Sendable {
    case blur, inpainting, superResolution

    var linear: any LinearOperator {
      get throws {
        switch self {
        case .blur: return try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: shape)
        case .inpainting:
          let values = (0..<size).map { Float($0 % 3 == 0 ? 0 : 1) }
          return try Inpainting(mask: InpaintingMask(values: values, height: 8, width: 8))
        case .superResolution: return try SuperResolution(scaleFactor: 2, imageShape: shape)
        }
      }
    }
  }

  static func problem(
    _ linear: any LinearOperator, model: any DiffusionModel, sigma: Double = 0.2
  ) throws -> InverseProblem {
    let shape = try linear.measurementShape(ofImage: model.imageShape)
    let y = numbers(shape.reduce(1, *), draw: 9).map { 0.5 * $0 }
    return InverseProblem(
      model: model, denoiser: model as? any Denoiser ?? VPDenoiser(model),
      measurementOperator: linear,
      measurement: try Tensor(y, shape: [1] + shape), noise: .gaussian(sigma: sigma))
  }

  static func gaussian() throws -> GaussianPrior {
    try GaussianPrior(
      imageShape: shape, mean: mean, covariance: .full(covariance), alphaBar: TestPriors.alphaBar)
  }

  static func direct(
    _ problem: InverseProblem, _ linear: any LinearOperator
  ) throws -> (mean: [Double], covariance: Matrix) {
    try DirectAlgebra.posterior(
      mean: mean, covariance: covariance,
      forward: try DirectAlgebra.matrix(linear, shape: shape),
      y: try problem.measurement.doubles(), sigma: problem.gaussianSigma(for: "test"))
  }

  /// Both are float64; the covariances' condition is below 10³: 10³·64·2⁻⁵³ of the values.
  @Test(arguments: Task.allCases) func momentsAreThoseOfDirectAlgebra(task: Task) throws {
    let linear = try task.linear
    let problem = try Self.problem(linear, model: Self.gaussian())
    let posterior = try ExactPosterior(problem)
    let expected = try Self.direct(problem, linear)
    let (mean, std) = (posterior.mean, posterior.standardDeviation)
    for pixel in 0..<Self.size {
      #expect(abs(mean[pixel] - expected.mean[pixel]) < 1e-10)
      #expect(abs(std[pixel] - expected.covariance[pixel, pixel].squareRoot()) < 1e-10)
    }
    #expect(posterior.weights == [1])
  }

  // MARK: - Draws

  /// Draws of every pixel and, to see correlations, of six random combinations of pixels.
  private static func check(
    _ rows: [[Double]], _ expected: (mean: [Double], covariance: Matrix)
  ) throws -> MomentCheck {
    let units = (0..<size).map { pixel in (0..<size).map { $0 == pixel ? 1.0 : 0 } }
    let mixed = (0..<6).map { numbers(size, draw: 40 + UInt32($0)).map(Double.init) }
    let draws = Matrix(rows: rows.count, columns: size, elements: rows.flatMap { $0 })
    let directions = units + mixed
    return try MomentCheck(
      directions.map { try draws * $0 },
      means: directions.map { dot($0, expected.mean) },
      variances: directions.map { try dot($0, expected.covariance * $0) })
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private static func draws(
    _ problem: InverseProblem, count: Int = 2000
  ) throws -> [[Double]] {
    let sampler = ExactSampler(try ExactPosterior(problem))
    let noise = try PhiloxNoise(seed: 51, image: 52, samples: Array(0..<count))
    let values = try sampler.sample(problem, noise: noise).x.doubles()
    return (0..<count).map { Array(values[$0 * size..<($0 + 1) * size]) }
  }

  @Test(arguments: Task.allCases) func drawsHaveTheMomentsOfThePosterior(task: Task) throws {
    let linear = try task.linear
    let problem = try Self.problem(linear, model: Self.gaussian())
    let check = try Self.check(Self.draws(problem), try Self.direct(problem, linear))
    #expect(check.passes, "\(check)")
  }

  /// The check has teeth: 2000 draws with 0.8 of the variance, a mean off by 0.2 standard deviations,
  /// or pixels drawn from independent laws are refused.
  @Test func brokenDrawsAreRefused() throws {
    let linear = try Task.blur.linear
    let problem = try Self.problem(linear, model: Self.gaussian())
    let expected = try Self.direct(problem, linear)
    let rows = try Self.draws(problem)
    let std = (0..<Self.size).map { expected.covariance[$0, $0].squareRoot() }
    let shrunk = rows.map { row in
      zip(row, expected.mean).map { $1 + ($0 - $1) * 0.8.squareRoot() }
    }
    let shifted = rows.map { row in zip(row, std).map { $0 + 0.2 * $1 } }
    let scrambled = rows.indices.map { index in
      (0..<Self.size).map { rows[(index + 7 * $0) % rows.count][$0] }
    }
    #expect(try Self.check(rows, expected).passes)
    #expect(try Self.check(shrunk, expected).varianceDeviation > MomentCheck.limit)
    #expect(try Self.check(shifted, expected).meanDeviation > MomentCheck.limit)
    #expect(try Self.check(scrambled, expected).varianceDeviation > MomentCheck.limit)
  }

  @Test func aRowIsTheSameInAnyBatch() throws {
    let problem = try Self.problem(Task.superResolution.linear, model: Self.gaussian())
    let sampler = ExactSampler(try ExactPosterior(problem))
    let batches = try [[0, 1, 2], [1], [9, 1]].map {
      try sampler.sample(problem, noise: PhiloxNoise(seed: 1, image: 2, samples: $0)).x
    }
    let expected = try batches[0].row(1).bits()
    #expect(try batches[1].row(0).bits() == expected)
    #expect(try batches[2].row(1).bits() == expected)
    #expect(try batches[0].row(0).bits() != expected)
  }

  // MARK: - Mixtures

  private static let components = [
    GaussianMixturePrior.Component(weight: 2, mean: mean, std: 0.3),
    .init(weight: 1, mean: mean.map { -$0 }, std: 0.4),
    .init(weight: 1, mean: [Double](repeating: 0.1, count: size), std: 0.35),
  ]

  private static func mixture() throws -> GaussianMixturePrior {
    try GaussianMixturePrior(
      imageShape: shape, components: components, alphaBar: TestPriors.alphaBar)
  }

  private static func isotropic(_ std: Double) -> Matrix {
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size { matrix[i, i] = std * std }
    return matrix
  }

  /// Log-evidences are numbers below 10³ in float64: 10⁻¹² each.
  @Test(arguments: Task.allCases) func weightsAndMomentsOfAMixture(task: Task) throws {
    let linear = try task.linear
    let problem = try Self.problem(linear, model: Self.mixture(), sigma: 0.8)
    let forward = try DirectAlgebra.matrix(linear, shape: Self.shape)
    let y = try problem.measurement.doubles()
    let parts = try Self.components.map { component in
      let covariance = Self.isotropic(component.std)
      let evidence = try DirectAlgebra.logEvidence(
        mean: component.mean, covariance: covariance, forward: forward, y: y, sigma: 0.8)
      let own = try DirectAlgebra.posterior(
        mean: component.mean, covariance: covariance, forward: forward, y: y, sigma: 0.8)
      return (share: component.weight * exp(evidence), own: own)
    }
    let total = parts.reduce(0) { $0 + $1.share }
    let posterior = try ExactPosterior(problem)
    for (weight, part) in zip(posterior.weights, parts) {
      #expect(abs(weight - part.share / total) < 1e-9)
    }
    #expect(posterior.weights.allSatisfy { $0 > 1e-3 }, "every component takes part")
    let (mean, std) = (posterior.mean, posterior.standardDeviation)
    for pixel in 0..<Self.size {
      let first = parts.reduce(0) { $0 + $1.share / total * $1.own.mean[pixel] }
      let second = parts.reduce(0) {
        let own = $1.own.mean[pixel]
        return $0 + $1.share / total * ($1.own.covariance[pixel, pixel] + own * own)
      }
      #expect(abs(mean[pixel] - first) < 1e-9)
      #expect(abs(std[pixel] - (second - first * first).squareRoot()) < 1e-8)
    }
  }

  /// One pixel, integrated on a grid of 10⁻³ over ±6: the rule's error is far below float64's here.
  @Test func aMixtureOfOnePixelIsItsIntegral() throws {
    let components = [
      GaussianMixturePrior.Component(weight: 1, mean: [-0.5], std: 0.2),
      .init(weight: 2, mean: [0.6], std: 0.3),
    ]
    let model = try GaussianMixturePrior(
      imageShape: [1, 1, 1], components: components, alphaBar: TestPriors.alphaBar)
    let problem = InverseProblem(
      prior: model, measurementOperator: Denoising(),
      measurement: try Tensor([Float(0.125)], shape: [1, 1, 1, 1]), noise: .gaussian(sigma: 0.4))
    var (mass, first, second) = (0.0, 0.0, 0.0)
    for step in -6000...6000 {
      let x = Double(step) * 1e-3
      let prior = components.reduce(0) {
        $0 + $1.weight / $1.std * exp(-0.5 * pow((x - $1.mean[0]) / $1.std, 2))
      }
      let density = prior * exp(-0.5 * pow((x - 0.125) / 0.4, 2))
      mass += density
      first += density * x
      second += density * x * x
    }
    let posterior = try ExactPosterior(problem)
    let mean = first / mass
    #expect(abs(posterior.mean[0] - mean) < 1e-9)
    #expect(
      abs(posterior.standardDeviation[0] - (second / mass - mean * mean).squareRoot()) < 1e-9)
  }

  /// Means 1 apart and posterior deviations of 0.01 never mix up; counts are binomial.
  @Test func componentsAreDrawnByTheirPosteriorWeights() throws {
    let components = [
      GaussianMixturePrior.Component(weight: 1, mean: [0.5], std: 0.01),
      .init(weight: 3, mean: [-0.5], std: 0.01),
    ]
    let model = try GaussianMixturePrior(
      imageShape: [1, 1, 1], components: components, alphaBar: TestPriors.alphaBar)
    let problem = InverseProblem(
      prior: model, measurementOperator: Denoising(),
      measurement: try Tensor([Float(0.2)], shape: [1, 1, 1, 1]), noise: .gaussian(sigma: 1))
    let posterior = try ExactPosterior(problem)
    let noise = try PhiloxNoise(seed: 5, image: 6, samples: Array(0..<4000))
    let x = try ExactSampler(posterior).sample(problem, noise: noise).x.floats()
    let share = posterior.weights[0]
    let deviation = Double(x.count { $0 > 0 }) - 4000 * share
    #expect(share > 0.25 && share < 0.5, "y speaks for the rarer component")
    #expect(abs(deviation) < 5 * (4000 * share * (1 - share)).squareRoot())
  }

  // MARK: - Errors

  private struct Squares: MeasurementOperator {
    func measurementShape(ofImage image: [Int]) throws -> [Int] { image }
    func apply(_ x: Tensor) throws -> Tensor { try x.squared() }
    func moved(to device: Device) throws -> Squares { self }
  }

  private struct Silent: DiffusionModel, Denoiser {
    let imageShape = ExactPosteriorTests.shape
    func denoise(_ x: Tensor, sigma: Double) throws -> Tensor { x }
    func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput { ModelOutput(mean: x) }
  }

  @Test func problemsWithoutAClosedFormAreRefused() throws {
    let y = try Tensor.full(0, shape: [1] + Self.shape)
    #expect(throws: ExactPosteriorError.operatorNotLinear) {
      try ExactPosterior(
        InverseProblem(
          prior: Self.gaussian(), measurementOperator: Squares(), measurement: y,
          noise: .gaussian(sigma: 1)))
    }
    #expect(throws: ExactPosteriorError.priorNotGaussian) {
      try ExactPosterior(
        InverseProblem(
          prior: Silent(), measurementOperator: Denoising(), measurement: y,
          noise: .gaussian(sigma: 1)))
    }
  }

  @Test func imagesTooLargeForMatricesAreRefused() throws {
    let model = try GaussianPrior(
      imageShape: [1, 91, 91], mean: [Double](repeating: 0, count: 91 * 91),
      covariance: .isotropic(std: 1), alphaBar: TestPriors.alphaBar)
    #expect(throws: ExactPosteriorError.tooLarge(8281)) {
      try ExactPosterior(Self.problem(Denoising(), model: model))
    }
  }

  /// A missing pixel measured without noise says 0 = 0: no density has that.
  @Test func noiselessRedundantMeasurementsAreRefused() throws {
    #expect(throws: LinearAlgebraError.self) {
      try ExactPosterior(
        Self.problem(Task.inpainting.linear, model: Self.gaussian(), sigma: 0))
    }
  }

  @Test func noiselessMeasurementsAreMet() throws {
    let problem = try Self.problem(Task.superResolution.linear, model: Self.gaussian(), sigma: 0)
    let rows = try Self.draws(problem, count: 3)
    for row in rows {
      let image = try Tensor(row.map { Float($0) }, shape: [1] + Self.shape)
      let y = try problem.measurementOperator.apply(image)
      #expect(try y.distance(to: problem.measurement) < 1e-5)
    }
  }
}
