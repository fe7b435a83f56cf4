import Tensors

/// UD2M, the unfolded and distilled few-step sampler (Mbakam, Spence and Pereyra, TMLR 2025).
///
/// N outer times; at each, K iterations of proximal step, noise and network draw x̂0 given y and x_t,
/// then a DDIM step goes to the next time. Each iteration is a step here, so that a run can be
/// stopped after any network evaluation. The prior is meant to be fine-tuned for the measurement;
/// with any other, the variance of the samples is too small (see the documentation).
public struct UD2M: Sampler {
  /// The K iterations at each outer time.
  public let unfolding: UD2MUnfolding
  /// The outer times, falling.
  public let times: [Int]
  let start: UD2MStart
  let ddim: UD2MDDIM
  /// η of the DDIM step.
  public let eta: Double
  let proximalForm: UD2MMeasurement.ProximalForm
  let descent: NormalizedDescent

  /// - Throws: ``SamplerError/setting(_:)`` for times that do not fall inside the process, or no
  ///   iterations.
  public init(
    _ unfolding: UD2MUnfolding, times: [Int], start: UD2MStart, ddim: UD2MDDIM, eta: Double,
    proximalForm: UD2MMeasurement.ProximalForm, descent: NormalizedDescent
  ) throws {
    let falls = zip(times, times.dropFirst()).allSatisfy { $0 > $1 }
    guard let first = times.first, let last = times.last, falls, last >= 0,
      first < unfolding.schedule.stepCount
    else { throw SamplerError.setting("the outer times \(times) do not fall inside the process") }
    guard unfolding.iterations > 0 else {
      throw SamplerError.setting("ud2m needs at least one inner iteration")
    }
    self.unfolding = unfolding
    self.times = times
    self.start = start
    self.ddim = ddim
    self.eta = eta
    self.proximalForm = proximalForm
    self.descent = descent
  }

  /// N·K.
  public var stepCount: Int { times.count * unfolding.iterations }

  public func check(_ problem: InverseProblem) throws { _ = try measurement(problem) }

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    let x = try noise.normalTensor(
      purpose: .initial, step: 0, rowShape: problem.model.imageShape)
    return SamplerState(
      x: try x.sent(to: problem.measurement.device), completedSteps: 0, evaluations: 0)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    try step(state, problem: problem, noise: noise).next
  }

  /// Everything a step computes, for tests against the published code.
  public struct Step: Sendable {
    /// The estimate the iteration started from.
    public let estimate: Tensor
    let iteration: UD2MUnfolding.Step
    /// ε̂, after the last iteration of an outer time.
    public let epsilonHat: Tensor?
    /// The state the next iteration starts from.
    public let next: SamplerState
  }

  /// Takes one inner iteration, and the DDIM step after the last of an outer time.
  ///
  /// Between them `x` of the state is x_t and `x0Hat` the estimate of the inner chain; after the
  /// last, `x0Hat` is x̂0, clipped.
  public func step(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> Step {
    let measurement = try measurement(problem)
    let (n, k) = state.completedSteps.quotientAndRemainder(dividingBy: unfolding.iterations)
    let estimate =
      try k == 0
      ? initialEstimate(state, outer: n, measurement: measurement, noise: noise)
      : state.x0Hat ?? state.x
    let iteration = try unfolding.step(
      k, estimate, xt: state.x, at: times[n], measurement: measurement, model: problem.model
    ) {
      try noise.normalTensor(purpose: .unfolding, step: state.completedSteps, like: state.x)
    }
    let calls = 1 + (k == 0 ? start.evaluations : 0)
    guard k == unfolding.iterations - 1 else {
      let carried = try unfolding.carried(iteration.x, after: k, measurement: measurement)
      return Step(
        estimate: estimate, iteration: iteration, epsilonHat: nil,
        next: state.advanced(x: state.x, x0Hat: carried, evaluations: calls))
    }
    let epsilonHat = try unfolding.epsilonHat(iteration.x, xt: state.x, at: times[n])
    let x0 = try iteration.x.clamped(to: -1...1)
    return Step(
      estimate: estimate, iteration: iteration, epsilonHat: epsilonHat,
      next: state.advanced(
        x: try outerStep(x0, epsilonHat, outer: n, noise: noise), x0Hat: x0, evaluations: calls))
  }

  private func measurement(_ problem: InverseProblem) throws -> UD2MMeasurement {
    try UD2MMeasurement(
      problem.measurementOperator, y: problem.measurement,
      sigma: problem.gaussianSigma(for: "ud2m"), imageShape: problem.model.imageShape,
      form: proximalForm, descent: descent)
  }

  // MARK: - Outer steps

  private func initialEstimate(
    _ state: SamplerState, outer n: Int, measurement: UD2MMeasurement, noise: any NoiseSource
  ) throws -> Tensor {
    let (schedule, t) = (unfolding.schedule, times[n])
    switch start {
    case .v1:
      if n > 0, let previous = state.x0Hat { return previous }
      return try measurement.firstEstimate(imageShape: Array(state.x.shape.dropFirst()))
        .expanded(state.x.shape)
    case .head:
      let (a, s) = (Double(schedule.signal[t]), Double(schedule.noise[t]))
      let sigma = measurement.sigma
      let sum = try measurement.backProjected() * s + state.x * (a * sigma)
      return try sum / (sigma * sigma + s * s).squareRoot()
    case .network(let network):
      // As published: at first noise in place of x_t, and later the time before x_t's.
      let xt =
        try n > 0
        ? state.x : noise.normalTensor(purpose: .initialisation, step: 0, like: state.x)
      return try network(measurement, xt: xt, at: times[max(0, n - 1)], schedule: schedule)
    }
  }

  private func outerStep(
    _ x0: Tensor, _ epsilonHat: Tensor, outer n: Int, noise: any NoiseSource
  ) throws -> Tensor {
    guard n + 1 < times.count else { return x0 }
    let coefficients = ddim.coefficients(
      unfolding.schedule, from: times[n], to: times[n + 1], eta: eta)
    return try coefficients.step(x0: x0, epsilonHat: epsilonHat) { draw in
      try noise.normalTensor(purpose: .outerStep, step: 2 * n + draw, like: x0)
    }
  }
}

extension UD2MDDIM.Coefficients {
  /// The step; `noise` is asked for draw 0 and 1 where they count.
  public func step(
    x0: Tensor, epsilonHat: Tensor, noise: (Int) throws -> Tensor
  ) throws -> Tensor {
    var next = try x0 * signal + epsilonHat * direction
    if first > 0 { next = try next + noise(0) * first }
    if second > 0 { next = try next + noise(1) * second }
    return next
  }
}
