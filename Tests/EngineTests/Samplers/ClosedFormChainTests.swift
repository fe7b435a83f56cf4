import Foundation
import Tensors
import Testing

@testable import Engine

/// A chain in one draw has the law of the chain step by step: the same mean and the same covariance, found
/// without chance, as the end of a chain is linear in its noise.
@Suite struct ClosedFormChainTests {
  static let shape = [2, 8, 12]
  static let size = 192
  static let steps = 5

  struct Setting {
    let chain: ConditionalChain
    let problem: InverseProblem
    let sigma = 0.3
    let rate = 3e-3

    init(_ operation: any MeasurementOperator, _ chain: ConditionalChain) throws {
      self.chain = chain
      problem = try DAPSTests.problem(
        operation, denoiser: DPSTests.gaussian(shape: ClosedFormChainTests.shape))
    }

    /// Where the chain starts, and what noisy x it belongs to.
    func images(rows: Int) throws -> (estimate: Tensor, noisy: Tensor) {
      let image = { (draw: UInt32, size: Float) in
        try Tensor(
          ExactPosteriorTests.numbers(ClosedFormChainTests.size, draw: draw).map { $0 * size },
          shape: [1] + ClosedFormChainTests.shape
        ).expanded([rows] + ClosedFormChainTests.shape).contiguous()
      }
      return (try image(3, 0.5), try image(4, 0.6))
    }

    func stepByStep(_ noise: RecordedNoise) throws -> Tensor {
      let (estimate, noisy) = try images(rows: noise.rowCount)
      var state = try chain.start(
        estimate: estimate, noisy: noisy, sigma: sigma, level: 0, denoiser: problem.denoiser,
        noise: noise)
      for step in 0..<chain.stepCount {
        state = try chain.step(state, problem: problem, rate: rate, draw: step, noise: noise)
      }
      return state.x
    }

    func atOnce(_ noise: RecordedNoise) throws -> Tensor {
      let (estimate, noisy) = try images(rows: noise.rowCount)
      let place = try chain.atRest(
        estimate: estimate, noisy: noisy, sigma: sigma, denoiser: problem.denoiser)
      let closedForm = try #require(try ClosedFormChain(chain, problem.measurementOperator))
      return try closedForm.end(
        from: place, problem: problem, rate: rate, draw: 0, noise: noise)
    }
  }

  /// Mean and covariance of what `run` makes of the draws of `purposes`: row 0 has no noise, and each other
  /// row a one in one value of one draw.
  static func law(
    _ purposes: [NoisePurpose], run: (RecordedNoise) throws -> Tensor
  ) throws -> (mean: [Double], covariance: [Double]) {
    let rows = 1 + purposes.count * size
    var arrays: [NoisePurpose: [[Float]]] = [:]
    for (draw, purpose) in purposes.enumerated() {
      var values = [Float](repeating: 0, count: rows * size)
      for pixel in 0..<size { values[(1 + draw * size + pixel) * size + pixel] = 1 }
      arrays[purpose, default: []].append(values)
    }
    let noise = RecordedNoise(rowCount: rows, arrays: arrays)
    let ends = try run(noise).reshaped([rows, size])
    for purpose in Set(purposes) { #expect(noise.remaining(purpose) == 0) }
    let mean = try ends.sliced(0..<1, along: 0)
    let away = try (ends - mean).converted(to: .float64)
    return (try mean.doubles(), try away.transposed().matrixProduct(away).doubles())
  }

  static let algorithms: [ConditionalChain.Algorithm] = [
    .langevin, .hamiltonian(momentum: 0.6),
  ]

  /// Values are of the size of 1 and keep 2⁻²⁴; 5 steps round some ten times each, so that ends are off by 10⁻⁵ at
  /// most. Variances are 0.02 at most, sums of products that are off by 10⁻⁵ relative.
  @Test(arguments: ConditionalChain.PriorScore.allCases.filter { $0 != .exact })
  func oneDrawHasTheLawOfTheSteps(score: ConditionalChain.PriorScore) throws {
    for (name, operation) in try SpectralOperatorTests.operators() {
      for algorithm in Self.algorithms {
        let chain = ConditionalChain(
          algorithm, stepCount: Self.steps, tau: 0.1, priorScore: score, leastSigma: 0.2)
        try compare(Setting(operation, chain), "\(name), \(algorithm)")
      }
    }
  }

  private func compare(_ setting: Setting, _ name: String) throws {
    let velocities = [NoisePurpose](
      repeating: .velocity, count: setting.chain.algorithm == .langevin ? 0 : 1)
    let kicks = [NoisePurpose](repeating: .langevin, count: Self.steps)
    let steps = try Self.law(velocities + kicks, run: setting.stepByStep)
    let once = try Self.law([.langevin], run: setting.atOnce)
    #expect(Self.distance(steps.mean, once.mean) < 1e-5, "\(name)")
    #expect(Self.distance(steps.covariance, once.covariance) < 2e-7, "\(name)")
    let start = try setting.images(rows: 1).estimate.doubles()
    #expect(Self.distance(start, once.mean) > 0.1, "\(name): the mean moves")
    #expect((once.covariance.max() ?? 0) > 0.005, "\(name): there is spread")
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .nan : .nan
  }

  // MARK: - Where it cannot be

  @Test func otherChainsAreTakenStepByStep() throws {
    let blur = try GaussianBlur(kernelSize: 5, intensity: 1, imageShape: Self.shape)
    let free = ConditionalChain(stepCount: 7, tau: 0.1)
    #expect(try ClosedFormChain(free, blur) != nil)
    let others = [
      ConditionalChain(stepCount: 7, tau: 0.1, gradientLimit: 1),
      ConditionalChain(stepCount: 7, tau: 0.1, priorScore: .exact),
      ConditionalChain(.metropolis, stepCount: 7, tau: 0.1),
    ]
    for chain in others { #expect(try ClosedFormChain(chain, blur) == nil) }
    let phases = try PhaseRetrieval(inputRange: .zeroToOne, imageShape: Self.shape)
    #expect(try ClosedFormChain(free, phases) == nil)
  }
}
