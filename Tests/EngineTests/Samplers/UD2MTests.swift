import Foundation
import Tensors
import Testing

@testable import Engine

@Suite struct UD2MTests {
  static let shape = [2, 16, 16]

  static func operators() throws -> [(String, any MeasurementOperator)] {
    let blur = { (side: Int) in
      try CircularConvolution(kernel: .gaussian(size: side), imageShape: shape)
    }
    let uniform = NoiseStream(seed: 4, image: 1, purpose: .mask).uniforms(256)
    let mask = try InpaintingMask.kept(rate: 0.4, uniform: uniform, height: 16, width: 16)
    return try [
      ("deblur", blur(5)), ("sr", CircularSuperResolution(blur: blur(3), factor: 4)),
      ("inpainting", ClippedInpainting(mask: mask)), ("dps inpainting", Inpainting(mask: mask)),
      ("linear", SuperResolution(scaleFactor: 2, imageShape: shape)),
      ("not linear", Tanh()),
    ]
  }

  /// Squashes each pixel: not linear, measurements like images.
  struct Tanh: OwnAdjoint {
    func measurementShape(ofImage image: [Int]) throws -> [Int] { image }
    func apply(_ x: Tensor) throws -> Tensor { try x.hyperbolicTangent() }
    func moved(to device: Device) throws -> Tanh { self }
  }

  static func problem(_ chosen: any MeasurementOperator) throws -> InverseProblem {
    let prior = try GaussianPrior(
      imageShape: shape, mean: [Double](repeating: 0.1, count: shape.reduce(1, *)),
      covariance: .isotropic(std: 0.4), alphaBar: TestPriors.alphaBar)
    let truth = try TestNetworks.images([7], shape: shape) * 0.4
    return InverseProblem(
      prior: prior, measurementOperator: chosen, measurement: try chosen.apply(truth),
      noise: .gaussian(sigma: 0.1))
  }

  static func sampler(
    start: UD2MStart = .v1, ddim: UD2MDDIM = .published, iterations: Int = 2
  ) throws -> UD2M {
    let schedule = try UD2MSchedule()
    return try UD2M(
      unfolding(iterations: iterations), times: schedule.outerTimes(3), start: start, ddim: ddim,
      eta: 0.8, proximalForm: .published, descent: NormalizedDescent(iterations: 5, step: 0.01))
  }

  private static func unfolding(iterations: Int) throws -> UD2MUnfolding {
    UD2MUnfolding(
      schedule: try UD2MSchedule(), iterations: iterations, scalars: UD2MScalars(), perturbs: true)
  }

  /// The noise of samples, not a number in one row.
  struct Poisoned: NoiseSource {
    let inner: PhiloxNoise
    let row: Int
    var rowCount: Int { inner.rowCount }

    func normal(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
      var values = try inner.normal(purpose: purpose, step: step, rowShape: rowShape)
      let size = rowShape.reduce(1, *)
      for index in row * size..<(row + 1) * size { values[index] = .nan }
      return values
    }

    func uniform(purpose: NoisePurpose, step: Int, rowShape: [Int]) throws -> [Float] {
      try inner.uniform(purpose: purpose, step: step, rowShape: rowShape)
    }
  }

  private static func samplers() throws -> [any Sampler] {
    try [
      sampler(), sampler(start: .head, ddim: .textbook),
      LATINO(iterations: 3, delta: 0.02, noiseRatio: 1, transport: .denoiser),
      LATINO(iterations: 2, delta: 0.02, noiseRatio: 1, transport: .flow(steps: 3)),
    ]
  }

  @Test func aNeighbourChangesNoBit() throws {
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0, 1, 2])
    for (name, chosen) in try Self.operators() {
      let problem = try Self.problem(chosen)
      for sampler in try Self.samplers() {
        let clean = try sampler.sample(problem, noise: noise).x
        let spoilt = try sampler.sample(problem, noise: Poisoned(inner: noise, row: 1)).x
        for row in [0, 2] {
          #expect(try clean.row(row).bits() == spoilt.row(row).bits(), "\(name)")
        }
        #expect(try spoilt.row(1).floats().contains { $0.isNaN }, "\(name)")
      }
    }
  }

  /// Each step loses some ulps of numbers up to a few units; a dozen steps stay below 1e-4.
  @Test func aBatchOfOneIsARowOfEight() throws {
    let whole = try PhiloxNoise(seed: 1, image: 2, samples: Array(0..<8))
    let single = try PhiloxNoise(seed: 1, image: 2, samples: [5])
    for (name, chosen) in try Self.operators() {
      let problem = try Self.problem(chosen)
      for sampler in try Self.samplers() {
        let batch = try sampler.sample(problem, noise: whole).x.row(5).floats()
        let alone = try sampler.sample(problem, noise: single).x.floats()
        let difference = zip(batch, alone).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference < 1e-4, "\(name)")
      }
    }
  }

  @Test func statesTellWhereTheyAre() throws {
    let problem = try Self.problem(Self.operators()[0].1)
    let sampler = try Self.sampler()
    let noise = try PhiloxNoise(seed: 1, image: 2, samples: [0])
    #expect(sampler.stepCount == 6)
    var seen: [SamplerState] = []
    let last = try sampler.sample(problem, noise: noise, observe: { seen.append($0) })
    #expect(seen.map(\.evaluations) == Array(0...6))
    #expect(seen.dropFirst().allSatisfy { $0.x0Hat != nil })
    // x_t stays as it is inside the inner chain.
    #expect(try seen[0].x.bits() == seen[1].x.bits())
    #expect(try seen[1].x.bits() != seen[2].x.bits())
    #expect(try last.x.bits() == last.x0Hat?.bits())
    #expect(try last.x.floats().allSatisfy { abs($0) <= 1 })
    var calls = 0
    #expect(throws: SamplingStopped.self) {
      try sampler.sample(
        problem, noise: noise,
        shouldStop: {
          calls += 1
          return calls > 2
        })
    }
  }

  /// Known pixels come back after all but the last two iterations.
  @Test(arguments: [1, 2, 3, 4])
  func pixelsArePutBack(iterations: Int) throws {
    let (_, chosen) = try Self.operators()[2]
    let problem = try Self.problem(chosen)
    let measurement = try UD2MMeasurement(
      chosen, y: problem.measurement, sigma: 0.1, imageShape: Self.shape)
    let unfolding = try Self.unfolding(iterations: iterations)
    let x = try TestNetworks.images([3], shape: Self.shape)
    guard case .inpainting(let mask) = measurement.task else { throw CancellationError() }
    for k in 0..<iterations {
      let carried = try unfolding.carried(x, after: k, measurement: measurement)
      let putBack = try (carried - measurement.y) * mask
      let isBack = try putBack.floats().allSatisfy { $0 == 0 }
      #expect(isBack == (k < iterations - 2))
      #expect(try ((carried - x) * (mask * -1 + 1)).floats().allSatisfy { $0 == 0 })
    }
  }

  /// Textbook DDIM with η = 1 adds the variance of the reverse step that keeps the marginal:
  /// direction² + first² = s_p² whatever η; the published one adds e²·s_p² to that.
  @Test(arguments: [0, 0.3, 0.8, 1])
  func coefficientsKeepTheMarginal(eta: Double) throws {
    let schedule = try UD2MSchedule()
    for (t, next) in [(999, 444), (444, 111), (39, 3)] {
      let variance = Double(schedule.noise[next]) * Double(schedule.noise[next])
      let textbook = UD2MDDIM.textbook.coefficients(schedule, from: t, to: next, eta: eta)
      let published = UD2MDDIM.published.coefficients(schedule, from: t, to: next, eta: eta)
      for step in [textbook, published] {
        let sum = step.direction * step.direction + step.first * step.first
        #expect(abs(sum - variance) < 1e-6)
      }
      #expect(textbook.second == 0)
      #expect(abs(published.second - published.first * variance.squareRoot()) < 1e-9)
    }
  }

  /// The gradient of the three terms vanishes at the proximal point.
  @Test func proximalPointsAreStationary() throws {
    for (name, chosen) in try Self.operators().prefix(5) where name != "not linear" {
      let problem = try Self.problem(chosen)
      let measurement = try UD2MMeasurement(
        chosen, y: problem.measurement, sigma: 0.1, imageShape: Self.shape, form: .exact)
      let (x, xt) = (
        try TestNetworks.images([1, 2], shape: Self.shape),
        try TestNetworks.images([3, 4], shape: Self.shape)
      )
      let (a, sigma, lambda, rho) = (0.9, 0.4, 0.3, 0.2)
      let z = try measurement.proximal(
        x, UD2MObservation(xt: xt, signal: a, sigma: sigma), lambda: lambda, rho: rho)
      let data = try dataGradient(measurement, z, variance: lambda * 0.01)
      let gradient = try data + (z - x) / (rho * rho) + (z - xt / a) / (sigma * sigma)
      // Single terms are up to 5/0.003; conjugate gradients stop at 1e-6 of that.
      let largest = try gradient.floats().map { abs($0) }.max() ?? .infinity
      #expect(largest < 2e-2, "\(name)")
    }
  }

  private func dataGradient(
    _ measurement: UD2MMeasurement, _ z: Tensor, variance: Double
  ) throws -> Tensor {
    switch measurement.task {
    case .inpainting(let mask): return try (z - measurement.y) * mask / variance
    case .deblurring(let linear), .linear(let linear):
      return try linear.adjoint(linear.apply(z) - measurement.y) / variance
    case .superResolution(let small):
      return try small.adjoint(small.apply(z) - measurement.y) / variance
    case .selfAdjoint: throw CancellationError()
    }
  }

  @Test func refusesWhatItCannotTake() throws {
    let unfolding = try Self.unfolding(iterations: 3)
    for times in [[], [444, 999], [1000], [5, 5]] {
      #expect(throws: SamplerError.self) {
        try UD2M(
          unfolding, times: times, start: .v1, ddim: .published, eta: 0.8,
          proximalForm: .published, descent: .published)
      }
    }
    for (iterations, delta) in [(0, 1.0), (1, 0)] {
      #expect(throws: SamplerError.self) {
        try LATINO(iterations: iterations, delta: delta, noiseRatio: 1, transport: .denoiser)
      }
    }
    #expect(throws: OperatorError.scaleFactor(3)) {
      try CircularSuperResolution(
        blur: CircularConvolution(kernel: .uniform(size: 3), imageShape: [1, 8, 8]), factor: 3)
    }
  }

  /// Beyond [−1, 1] too, so that samplers which follow it come back.
  @Test func theGradientOfClippedInpaintingIsTheMask() throws {
    let inpainting = try ClippedInpainting(
      mask: InpaintingMask(values: [1, 0, 1, 1], height: 2, width: 2))
    let x = try Tensor([0.5, 3, -1.5, 2] as [Float], shape: [1, 1, 2, 2])
    let ones = try Tensor.full(1, shape: x.shape)
    let found = try vectorJacobianProduct(at: x, cotangent: ones, of: inpainting.apply)
    #expect(try found.value.floats() == [0.5, -1, -1, 1])
    #expect(try found.gradient.floats() == [1, 0, 1, 1])
  }

  // MARK: - Super-resolution

  @Test(arguments: [1, 2, 4])
  func superResolutionIsLinearWithItsAdjoint(factor: Int) throws {
    for kernel in try [ConvolutionKernel.gaussian(size: 3), .bicubic(factor: 2)] {
      let small = try CircularSuperResolution(
        blur: CircularConvolution(kernel: kernel, imageShape: [2, 8, 12]), factor: factor)
      #expect(try small.dotProductError(imageShape: [2, 8, 12]) < 1e-12)
      #expect(try small.measurementShape(ofImage: [2, 8, 12]) == [2, 8 / factor, 12 / factor])
    }
  }

  /// As DiffPIR asks for it at much noise.
  @Test func exactProximalPointIsExactWhereTheDataCountMost() throws {
    let small = try CircularSuperResolution(
      blur: CircularConvolution(kernel: .bicubic(factor: 2), imageShape: [1, 8, 12]), factor: 2)
    let c = try TestNetworks.images([1], shape: [1, 8, 12])
    let y = try TestNetworks.images([2], shape: [1, 4, 6])
    let found = try small.proximal(c, precision: 1e-9, measurement: y, variance: 1).doubles()
    let wanted = try small.proximal(
      c.converted(to: .float64), precision: 1e-9, measurement: y.converted(to: .float64),
      variance: 1
    ).doubles()
    for (value, exact) in zip(found, wanted) { #expect(abs(value - exact) < 1e-4) }
  }

  @Test func exactProximalPointIsThatOfConjugateGradients() throws {
    let small = try CircularSuperResolution(
      blur: CircularConvolution(kernel: .bicubic(factor: 2), imageShape: [1, 8, 12]), factor: 2)
    let double = { (rows: Int, shape: [Int]) in
      try TestNetworks.images([rows], shape: shape).converted(to: .float64)
    }
    let (c, y) = (try double(1, [1, 8, 12]), try double(2, [1, 4, 6]))
    let z = try small.proximal(c, precision: 3, measurement: y, variance: 0.02)
    let gradient = try small.adjoint(small.apply(z) - y) / 0.02 + (z - c) * 3
    #expect(try gradient.doubles().allSatisfy { abs($0) < 1e-10 })
  }
}
