import Tensors

/// Annealed Langevin dynamics after diffusion sampling (Xun, Gupta and Price, NeurIPS 2025).
///
/// A sample of the prior, or of the prior near a rough reconstruction, is drawn by the reverse
/// diffusion; then Langevin dynamics takes it through the posteriors of ever less noisy
/// measurements y_{L−1}, …, y_0 = y. One step is one network evaluation.
public struct AnnealedLangevin: Sampler {
  /// Where the dynamics starts.
  public struct WarmStart: Sendable {
    /// Gives the rough reconstruction.
    public let sampler: any Sampler
    /// How it is made a sample again; `nil`: the dynamics starts from it as it is.
    public let renoising: Renoising?

    public init(_ sampler: any Sampler, renoising: Renoising?) {
      self.sampler = sampler
      self.renoising = renoising
    }
  }

  /// Noising a reconstruction and denoising it without the measurement (Algorithm 3).
  public struct Renoising: Sendable, Equatable {
    /// The step to whose level it is noised.
    public let level: Int
    /// The first reverse step; the last is 0.
    public let firstStep: Int
    /// Whether the noised reconstruction x̃ counts as a measurement of x in the dynamics
    /// (Algorithm 2).
    public let staysMeasured: Bool

    /// As in the paper: the reverse steps are level … 0, and x̃ stays a measurement.
    public static func paper(level: Int) -> Self {
      Self(level: level, firstStep: level, staysMeasured: true)
    }

    /// As in the published code: the step `level` itself is left out, and x̃ is forgotten.
    public static func code(level: Int) -> Self {
      Self(level: level, firstStep: level - 1, staysMeasured: false)
    }

    public init(level: Int, firstStep: Int, staysMeasured: Bool) {
      self.level = level
      self.firstStep = firstStep
      self.staysMeasured = staysMeasured
    }
  }

  /// h, the step size of the dynamics.
  public enum StepSize: Sendable, Equatable {
    case constant(Double)
    /// v_j − v_{j−1} at level j, and that of level 1 at level 0: an option of the published code.
    case ladder
  }

  /// The process the prior is sampled with.
  public let reverse: ReverseProcess
  /// `nil`: the dynamics starts from a sample of the prior (Algorithm 1).
  public let start: WarmStart?
  let ladder: VarianceLadder
  /// How the measurements y_j of the ladder follow from y.
  public let chain: MeasurementChain
  let dynamics: LangevinDynamics
  let stepSize: StepSize
  let stepsPerLevel: Int

  /// - Throws: ``SamplerError/setting(_:)`` if a step or a count is out of range.
  public init(
    _ reverse: ReverseProcess, start: WarmStart?, ladder: VarianceLadder,
    chain: MeasurementChain, dynamics: LangevinDynamics, stepSize: StepSize, stepsPerLevel: Int
  ) throws {
    self.reverse = reverse
    self.start = start
    self.ladder = ladder
    self.chain = chain
    self.dynamics = dynamics
    self.stepSize = stepSize
    self.stepsPerLevel = stepsPerLevel
    try checkSettings()
  }

  static let codeName = "ald with mode code"

  private func checkSettings() throws {
    let steps = 0..<reverse.process.stepCount
    if let renoising = start?.renoising,
      !steps.contains(renoising.level) || !steps.contains(renoising.firstStep)
    {
      throw SamplerError.setting(
        "the process has \(steps.upperBound) steps: a reconstruction cannot be noised to step "
          + "\(renoising.level)")
    }
    if stepSize == .ladder, ladder.levels < 2 {
      throw SamplerError.setting("steps that follow the ladder need at least two levels")
    }
    guard stepsPerLevel >= 1 else {
      throw SamplerError.setting("\(stepsPerLevel) steps a level; at least 1 is needed")
    }
  }
}

// MARK: - Phases

extension AnnealedLangevin {
  /// What a step does.
  private enum Phase {
    case starting
    /// Reverse step `t`.
    case denoising(Int)
    /// Step `step` of the dynamics at level `level`, 0 being the measurement itself.
    case langevin(level: Int, step: Int)
  }

  private var startSteps: Int { start?.sampler.stepCount ?? 0 }

  private var denoisingSteps: Int {
    guard let start else { return reverse.process.stepCount }
    return start.renoising.map { $0.firstStep + 1 } ?? 0
  }

  public var stepCount: Int { startSteps + denoisingSteps + ladder.levels * stepsPerLevel }

  private func phase(_ completed: Int) -> Phase {
    if completed < startSteps { return .starting }
    let index = completed - startSteps
    if index < denoisingSteps { return .denoising(denoisingSteps - 1 - index) }
    let (rung, step) = (index - denoisingSteps).quotientAndRemainder(dividingBy: stepsPerLevel)
    return .langevin(level: ladder.levels - 1 - rung, step: step)
  }

  /// How many samplers are nested inside.
  private var depth: Int {
    guard let start else { return 0 }
    return 1 + ((start.sampler as? AnnealedLangevin)?.depth ?? 0)
  }

  /// Our own noise: a start draws what it would draw alone, so ours stands 2²⁴ steps above it.
  private func own(_ noise: any NoiseSource) -> any NoiseSource {
    depth == 0 ? noise : ShiftedNoise(noise, by: depth << 24)
  }

  public func check(_ problem: InverseProblem) throws {
    switch dynamics.transpose {
    case .adjoint: try problem.measurementOperator.checkGradient()
    case .published: _ = try problem.publishedTranspose(for: Self.codeName)
    }
    if case .sigma(let sigma) = dynamics.scoreLevel {
      try problem.checkLevel(sigma, setting: "score_level")
    }
    try start?.sampler.check(problem)
  }

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    try check(problem)
    if let start { return try start.sampler.start(problem, noise: noise) }
    let x = try noise.normalTensor(purpose: .initial, step: 0, rowShape: problem.model.imageShape)
    return SamplerState(
      x: try x.sent(to: problem.measurement.device), completedSteps: 0, evaluations: 0)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    switch phase(state.completedSteps) {
    case .starting:
      guard let start else { return state }
      return try start.sampler.advance(state, problem: problem, noise: noise)
    case .denoising(let t):
      let entered = try state.completedSteps == startSteps ? renoised(state, own(noise)) : state
      return try denoised(entered, at: t, problem: problem, noise: own(noise))
    case .langevin(let level, let step):
      return try moved(state, level: level, step: step, problem: problem, noise: own(noise))
    }
  }
}

// MARK: - Denoising

extension AnnealedLangevin {
  private static let anchor = "ald.image"
  private static let offset = "ald.offset"

  /// The start's result at the level of the renoising; without a start, the state itself.
  private func renoised(_ state: SamplerState, _ noise: any NoiseSource) throws -> SamplerState {
    guard let renoising = start?.renoising else { return state }
    let z = try noise.normalTensor(purpose: .noiseToLevel, step: 0, like: state.x)
    let x = try reverse.process.noised(state.x, to: renoising.level, noise: z)
    let alphaBar = reverse.process.tables.alphaBar[renoising.level]
    return SamplerState(
      x: x, x0Hat: state.x0Hat, completedSteps: state.completedSteps,
      evaluations: state.evaluations,
      carried: renoising.staysMeasured ? [Self.anchor: try x / alphaBar.squareRoot()] : [:])
  }

  private func denoised(
    _ state: SamplerState, at t: Int, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let estimate = try reverse.estimate(of: state.x, at: t, model: problem.model)
    let z = try noise.normalTensor(purpose: .step, step: t, like: state.x)
    return state.advanced(
      x: try reverse.step(estimate, x: state.x, at: t, noise: z), x0Hat: estimate.x0Hat,
      evaluations: 1, carried: state.carried)
  }
}

// MARK: - Dynamics

extension AnnealedLangevin {
  private func moved(
    _ state: SamplerState, level: Int, step: Int, problem: InverseProblem,
    noise: any NoiseSource
  ) throws -> SamplerState {
    let rung = ladder.levels - 1 - level
    let image = imageMeasurement(state)
    let before = state.carried[Self.offset]
    let offset =
      try step > 0
      ? before
      : chain.offset(
        of: level, ladder: ladder, above: rung == 0 ? nil : before,
        measurement: problem.measurement, noise: noise)
    let y = try measurement(problem.measurement, offset)
    let z = try noise.normalTensor(
      purpose: .langevin, step: rung * stepsPerLevel + step, like: state.x)
    let taken = try dynamics.step(
      state.x, problem: problem, reverse: reverse, measurement: y,
      variance: ladder.variances[level], image: image, stepSize: size(at: level), noise: z)
    let carried = [Self.anchor: image?.image, Self.offset: offset].compactMapValues { $0 }
    return state.advanced(x: taken.next, x0Hat: taken.x0Hat, evaluations: 1, carried: carried)
  }

  private func measurement(_ y: Tensor, _ offset: Tensor?) throws -> Tensor {
    guard let offset else { return y }
    return try (y.converted(to: .float64) + offset).converted(to: y.scalarType)
  }

  private func imageMeasurement(
    _ state: SamplerState
  ) -> LangevinDynamics.ImageMeasurement? {
    guard let renoising = start?.renoising, let image = state.carried[Self.anchor] else {
      return nil
    }
    let sigma = reverse.process.tables.sigma[renoising.level]
    return .init(image: image, variance: sigma * sigma)
  }

  private func size(at level: Int) -> Double {
    switch stepSize {
    case .constant(let size): size
    case .ladder: ladder.increment(max(1, level))
    }
  }
}
