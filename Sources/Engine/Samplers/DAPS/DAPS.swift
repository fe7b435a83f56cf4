import Tensors

/// Decoupled annealing posterior sampling (Zhang et al., CVPR 2025).
///
/// For every noise level σ_k, falling to 0: an ODE takes x_t to an estimate x̂0; a Markov chain
/// started there draws x0 given x_t and y, with p(x0 | x_t) taken as N(x̂0, σ_k²); and noise of level
/// σ_{k+1} makes the next x_t of it. The last x0 is the sample. No gradient runs through the network.
///
/// One step of the sampler is one step of the ODE, or a few steps of the chain, so that it can be
/// stopped soon also where the network is large; or the whole chain, where it is drawn at once.
public struct DAPS: Sampler {
  /// How x̂0 is found.
  public struct Estimation: Sendable, Equatable {
    let flow: ProbabilityFlow
    /// Steps n of the ODE.
    public let stepCount: Int
    /// Where the grid `main` ends, and the grid `legacy` makes its last step to 0.
    public let sigmaMinimum: Double
    let grid: NoiseGrid

    public init(
      _ flow: ProbabilityFlow, stepCount: Int, sigmaMinimum: Double, grid: NoiseGrid = .main
    ) {
      self.flow = flow
      self.stepCount = stepCount
      self.sigmaMinimum = sigmaMinimum
      self.grid = grid
    }

    /// The times of the ODE from noise level σ.
    func times(from sigma: Double) -> [Double] {
      flow.schedule.odeTimes(from: sigma, to: sigmaMinimum, steps: stepCount, grid: grid)
    }
  }

  /// σ_0 > … > σ_{K−1} > 0, and 0.
  public let levels: [Double]
  /// The ODE that gives x̂0 at every noise level.
  public let estimation: Estimation
  let chain: ConditionalChain
  let learningRate: LearningRateDecay
  /// The chain where all its steps are one draw.
  private let closedForm: ClosedFormChain?

  /// - Parameter closedForm: the same chain for the operator of the problem, to be drawn at once; `nil` for
  ///   chains step by step.
  /// - Throws: ``SamplerError/setting(_:)`` if the levels do not fall to 0, or not from above where
  ///   the ODE ends.
  public init(
    levels: [Double], estimation: Estimation, chain: ConditionalChain,
    learningRate: LearningRateDecay, closedForm: ClosedFormChain? = nil
  ) throws(SamplerError) {
    guard levels.count > 1, levels.last == 0, zip(levels, levels.dropFirst()).allSatisfy(>) else {
      throw .setting("the noise levels of daps must fall, the last being 0")
    }
    guard levels[levels.count - 2] > estimation.sigmaMinimum else {
      throw .setting(
        "the lowest noise level of daps, \(levels[levels.count - 2]), is not above "
          + "\(estimation.sigmaMinimum), where its ODE ends")
    }
    guard estimation.stepCount > 0, chain.stepCount > 0 else {
      throw .setting("daps needs at least one step of its ODE and of its chain")
    }
    self.levels = levels
    self.estimation = estimation
    self.chain = chain
    self.learningRate = learningRate
    self.closedForm = closedForm
  }
}

// MARK: - Steps

extension DAPS {
  /// The number K of annealing levels.
  public var levelCount: Int { levels.count - 1 }

  /// Steps of the chain between two chances to stop.
  var blockLength: Int { chain.stepEvaluations > 0 ? 1 : min(10, chain.stepCount) }

  /// Steps of the sampler in each annealing level.
  public var levelLength: Int {
    estimation.stepCount
      + (closedForm == nil ? (chain.stepCount + blockLength - 1) / blockLength : 1)
  }

  public var stepCount: Int { levelCount * levelLength }

  public func check(_ problem: InverseProblem) throws {
    if chain.needsGradient { try problem.measurementOperator.checkGradient() }
    if chain.asksLeastSigma {
      try problem.checkLevel(chain.leastSigma, setting: "mcmc.prior_sigma_min")
    }
  }

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    let x = try noise.normalTensor(
      purpose: .initial, step: 0, rowShape: problem.denoiser.imageShape)
    return SamplerState(
      x: try x.sent(to: problem.measurement.device) * levels[0], completedSteps: 0, evaluations: 0)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let (level, phase) = state.completedSteps.quotientAndRemainder(dividingBy: levelLength)
    if phase < estimation.stepCount {
      return try estimate(state, level: level, step: phase, problem.denoiser)
    }
    if let closedForm {
      return try leap(state, level: level, closedForm, problem: problem, noise: noise)
    }
    return try walk(
      state, level: level, block: phase - estimation.stepCount, problem: problem, noise: noise)
  }

  /// One step of the ODE; x_t stays as it is.
  private func estimate(
    _ state: SamplerState, level: Int, step: Int, _ denoiser: any Denoiser
  ) throws -> SamplerState {
    let (flow, times) = (estimation.flow, estimation.times(from: levels[level]))
    let x = try state.carried["flow"] ?? state.x * flow.schedule.scaling(times[0])
    let taken = try flow.step(x, from: times[step], to: times[step + 1], denoiser: denoiser)
    guard step + 1 == estimation.stepCount else {
      return state.advanced(
        x: state.x, x0Hat: taken.denoised, evaluations: taken.evaluations,
        carried: ["flow": taken.x])
    }
    let estimate = try taken.x / flow.schedule.scaling(times[step + 1])
    return state.advanced(x: state.x, x0Hat: estimate, evaluations: taken.evaluations)
  }

  /// The whole chain, and the next x_t.
  private func leap(
    _ state: SamplerState, level: Int, _ closedForm: ClosedFormChain, problem: InverseProblem,
    noise: any NoiseSource
  ) throws -> SamplerState {
    let place = try chain.atRest(
      estimate: state.x0Hat ?? state.x, noisy: state.x, sigma: levels[level],
      denoiser: problem.denoiser)
    let x0 = try closedForm.end(
      from: place, problem: problem, rate: rate(level), draw: level, noise: noise)
    return state.advanced(
      x: try renoised(x0, level: level, noise), x0Hat: x0, evaluations: chain.startEvaluations)
  }

  /// Some steps of the chain, and at its end the next x_t.
  private func walk(
    _ state: SamplerState, level: Int, block: Int, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    var (place, evaluations) = try chainState(state, level: level, problem, noise)
    let steps = block * blockLength..<min((block + 1) * blockLength, chain.stepCount)
    for step in steps {
      place = try chain.step(
        place, problem: problem, rate: rate(level), draw: level * chain.stepCount + step,
        noise: noise)
      evaluations += chain.stepEvaluations
    }
    guard steps.upperBound == chain.stepCount else {
      return state.advanced(
        x: state.x, x0Hat: place.x, evaluations: evaluations, carried: place.tensors)
    }
    let next = try renoised(place.x, level: level, noise)
    return state.advanced(x: next, x0Hat: place.x, evaluations: evaluations)
  }

  private func rate(_ level: Int) -> Double { learningRate.rate(level: level, of: levelCount) }

  private func chainState(
    _ state: SamplerState, level: Int, _ problem: InverseProblem, _ noise: any NoiseSource
  ) throws -> (ConditionalChain.State, evaluations: Int) {
    if let place = ConditionalChain.State(state.carried, sigma: levels[level]) {
      return (place, 0)
    }
    let place = try chain.start(
      estimate: state.x0Hat ?? state.x, noisy: state.x, sigma: levels[level], level: level,
      denoiser: problem.denoiser, noise: noise)
    return (place, chain.startEvaluations)
  }

  /// x0 with noise of the level after `level`; as it is after the last.
  private func renoised(_ x0: Tensor, level: Int, _ noise: any NoiseSource) throws -> Tensor {
    let sigma = levels[level + 1]
    guard sigma > 0 else { return x0 }
    return try x0 + noise.normalTensor(purpose: .forward, step: level, like: x0) * sigma
  }
}
