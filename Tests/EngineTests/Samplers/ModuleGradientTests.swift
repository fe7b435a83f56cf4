import Tensors
import Testing

@testable import Engine

/// Samplers and modules that were saved without gradient.
@Suite struct ModuleGradientTests {
  private static let shape = ModuleTrialTests.shape

  private func problem(_ body: () throws -> Void) -> UnfitModule.Problem? {
    #expect(throws: UnfitModule.self) { try body() }?.problem
  }

  /// A network without gradient, measured directly.
  private static func blindPrior() throws -> InverseProblem {
    let prior = try ModuleTrialTests.prior(ModuleTrialTests.path("detached"))
    return try problem(prior, Denoising())
  }

  /// An operator without gradient.
  private static func blindOperator() throws -> InverseProblem {
    let module = try ScriptModule(path: ModuleTrialTests.path("detached"))
    return try problem(
      ScriptPriorTests.exact(), ScriptOperator(module, imageShape: shape))
  }

  @Test func guidanceFollowsNetworkAndOperator() throws {
    let guided = DPS(try DPSTests.reverse(), scale: 1)
    #expect(problem { try guided.check(Self.blindPrior()) } == .noGradient)
    #expect(problem { try guided.check(Self.blindOperator()) } == .noGradient)
    let unguided = DPS(try DPSTests.reverse(), conditioning: .vanilla)
    try unguided.check(Self.blindPrior())
    try unguided.check(Self.blindOperator())
  }

  @Test func chainsFollowTheOperatorAlone() throws {
    let direct = try Self.blindPrior()
    let samplers: [any Sampler] = [
      try Self.daps(.langevin), try Self.daps(.hamiltonian(momentum: 0.5)),
      try PnPULA(PnPULATests.settings(iterations: 4), problem: direct),
      try AnnealedLangevin(
        DPSTests.reverse(), start: nil, ladder: .init(levels: 2, factor: 2, noiseVariance: 0.01),
        chain: .coupled, dynamics: .paper, stepSize: .constant(1e-3), stepsPerLevel: 1),
    ]
    for sampler in samplers {
      try sampler.check(direct)
      #expect(problem { try sampler.check(Self.blindOperator()) } == .noGradient, "\(sampler)")
    }
  }

  @Test func metropolisFollowsNothing() throws {
    try Self.daps(.metropolis).check(Self.blindOperator())
  }

  private static func daps(_ algorithm: ConditionalChain.Algorithm) throws -> DAPS {
    try DAPS(
      levels: [10, 1, 0],
      estimation: .init(ProbabilityFlow(.edm(power: 7)), stepCount: 5, sigmaMinimum: 0.01),
      chain: ConditionalChain(algorithm, stepCount: 100, tau: 0.01),
      learningRate: LearningRateDecay(initial: 1e-4, minimumRatio: 0.01))
  }

  private static func problem(
    _ prior: any DiffusionModel & Denoiser, _ measured: any MeasurementOperator
  ) throws -> InverseProblem {
    InverseProblem(
      prior: prior, measurementOperator: measured,
      measurement: try .full(0, shape: [1] + shape), noise: .gaussian(sigma: 0.1))
  }
}
