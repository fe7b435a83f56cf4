import Foundation
import Tensors
import Testing

@testable import Engine

/// LATINO's kernel against its law on scalar Gaussians, which is an AR(1) chain.
@Suite struct LATINOTests {
  /// N(μ, s²) for every pixel.
  struct Prior: DiffusionModel, Denoiser {
    let imageShape = [1, 64, 64]
    let mean: Double
    let std: Double

    func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput { ModelOutput(mean: x) }

    func denoise(_ x: Tensor, sigma: Double) throws -> Tensor {
      let kappa = std * std / (std * std + sigma * sigma)
      return try x * kappa + (1 - kappa) * mean
    }
  }

  /// One problem in all pixels of all rows: 8192 chains.
  struct Setting: Sendable {
    let (mean, std, a, sigma, y, delta): (Double, Double, Double, Double, Double, Double)

    var problem: InverseProblem {
      get throws {
        let shape = [1, 64, 64]
        let kernel = try ConvolutionKernel([a], height: 1, width: 1)
        return InverseProblem(
          prior: Prior(mean: mean, std: std),
          measurementOperator: try CircularConvolution(kernel: kernel, imageShape: shape),
          measurement: try Tensor.full(y, shape: [1] + shape), noise: .gaussian(sigma: sigma))
      }
    }

    /// Mean and variance of u (after the prior) and of x (after the proximal step).
    func law(ratio: Double, kappa: Double) -> (u: (Double, Double), x: (Double, Double)) {
      let level = ratio * delta
      let p = 1 / (1 / delta + a * a / (sigma * sigma))
      let b = a * y / (sigma * sigma)
      let multiplier = kappa * p / delta
      let m = (kappa * p * b + (1 - kappa) * mean) / (1 - multiplier)
      let v = kappa * kappa * level / (1 - multiplier * multiplier)
      let q = p / delta
      return ((m, v), (p * b + q * m, q * q * v))
    }

    func meanKappa(ratio: Double) -> Double { std * std / (std * std + ratio * delta) }
    func flowKappa(ratio: Double) -> Double { std / (std * std + ratio * delta).squareRoot() }
  }

  static let settings = [
    Setting(mean: 0.5, std: 1, a: 1, sigma: 0.5, y: 1.2, delta: 0.1),
    Setting(mean: -0.3, std: 0.6, a: 0.7, sigma: 0.3, y: 0.4, delta: 0.05),
  ]

  private func moments(_ x: Tensor) throws -> (mean: Double, variance: Double, count: Double) {
    let values = try x.doubles()
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1), n)
  }

  /// Chains forget their start by a factor of 0.8 a step: 1e-8 after 80. Bars are four standard
  /// errors of independent chains.
  private func agrees(_ x: Tensor, _ law: (Double, Double)) throws -> Bool {
    let found = try moments(x)
    return abs(found.mean - law.0) < 4 * (law.1 / found.count).squareRoot()
      && abs(found.variance - law.1) < 4 * law.1 * (2 / found.count).squareRoot()
  }

  private func run(
    _ setting: Setting, ratio: Double, transport: LATINO.Transport = .denoiser
  ) throws -> SamplerState {
    let sampler = try LATINO(
      iterations: 80, delta: setting.delta, noiseRatio: ratio, transport: transport)
    return try sampler.sample(
      setting.problem, noise: PhiloxNoise(seed: 5, image: 1, samples: [0, 1]))
  }

  @Test(arguments: settings.indices, [1.0, 2.0])
  func lawOfTheMeanDenoiser(index: Int, ratio: Double) throws {
    let setting = Self.settings[index]
    let state = try run(setting, ratio: ratio)
    let law = setting.law(ratio: ratio, kappa: setting.meanKappa(ratio: ratio))
    let u = try #require(state.x0Hat)
    #expect(try agrees(u, law.u))
    #expect(try agrees(state.x, law.x))
    #expect(state.evaluations == 80)
    // A kernel with the wrong noise is told apart.
    let wrong = setting.law(ratio: 3 - ratio, kappa: setting.meanKappa(ratio: 3 - ratio))
    #expect(try !agrees(u, wrong.u))
  }

  /// The ODE is solved to 4e-4 of a deviation in 16 steps, far below the bars.
  @Test func lawOfTheFlow() throws {
    let setting = Self.settings[0]
    let state = try run(setting, ratio: 2, transport: .flow(steps: 16))
    let law = setting.law(ratio: 2, kappa: setting.flowKappa(ratio: 2))
    #expect(try agrees(try #require(state.x0Hat), law.u))
    #expect(try agrees(state.x, law.x))
    #expect(state.evaluations == 80 * 31)
  }

  /// As δ → 0 with noise 2δ and the flow, the law is the posterior's.
  @Test func smallStepsHaveThePosterior() {
    let wide = Self.settings[0]
    let setting = Setting(
      mean: wide.mean, std: wide.std, a: wide.a, sigma: wide.sigma, y: wide.y, delta: 1e-6)
    let law = setting.law(ratio: 2, kappa: setting.flowKappa(ratio: 2))
    let precision = 1 + 4.0
    #expect(abs(law.u.0 - (0.5 + 1.2 * 4) / precision) < 1e-4)
    #expect(abs(law.u.1 - 1 / precision) < 1e-4)
  }

  /// The table of the paper's toy problem.
  @Test func publishedToyProblem() {
    let (s, sigma) = (1.0, 0.05)
    let rho = s * sigma / (s * s + sigma * sigma).squareRoot()
    let toy = Setting(mean: 10, std: s, a: 0.1, sigma: sigma, y: 1.03, delta: rho * rho)
    for (ratio, kappa, mean, variance) in [
      (1.0, toy.meanKappa(ratio: 1), 10.23952, 0.10117),
      (1, toy.flowKappa(ratio: 1), 10.26639, 0.11259),
      (2, toy.flowKappa(ratio: 2), 10.23958, 0.20239),
      (2, toy.meanKappa(ratio: 2), 10.19934, 0.16818),
    ] {
      let law = toy.law(ratio: ratio, kappa: kappa)
      #expect(abs(law.u.0 - mean) < 1e-5)
      #expect(abs(law.u.1 - variance) < 1e-5)
    }
  }

  /// The published gradient form is made for JPEG alone: any other operator that is not linear is refused.
  @Test func anOperatorThatIsNotLinearIsRefused() throws {
    let clip = try HighDynamicRange(scale: 2)
    let y = try Tensor.full(0.1, shape: [1, 3, 8, 8])
    #expect(throws: SamplerError.notLinear(sampler: "latino")) {
      _ = try UD2MMeasurement(
        clip, y: y, sigma: 0.1, imageShape: [3, 8, 8], form: .exact, descent: .published,
        sampler: "latino")
    }
  }
}
