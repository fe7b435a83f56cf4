import Tensors

/// Diffusion posterior sampling (Chung et al., ICLR 2023): a reverse diffusion whose every step is
/// pulled towards the measurement.
///
/// With x' a step of the reverse process from x_t, guidance subtracts scale·∇_{x_t} d(x̂0(x_t)), d
/// being a distance between y and A(x̂0); the gradient runs through the network and the clipping of
/// x̂0. A projection then moves the result towards images with the measurement y_t, which is y
/// noised to the level of the step. Distances are those of each sample: the published code takes
/// them over the whole batch, which ties the strength of guidance to the batch size.
public struct DPS: Sampler {
  let reverse: ReverseProcess
  let conditioning: Conditioning

  public init(_ reverse: ReverseProcess, conditioning: Conditioning) {
    self.reverse = reverse
    self.conditioning = conditioning
  }

  /// Conditioning `ps` with the plain norm.
  ///
  /// - Parameter scale: step size of the guidance; 0.3 to 1 in the published configurations.
  public init(_ reverse: ReverseProcess, scale: Double) {
    self.init(reverse, conditioning: .ps(Guidance(scale: scale)))
  }

  public var stepCount: Int { reverse.process.stepCount }

  public func check(_ problem: InverseProblem) throws { try conditioning.check(problem) }

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    try check(problem)
    let x = try noise.normalTensor(
      purpose: .initial, step: 0, rowShape: problem.model.imageShape)
    let device = problem.measurement.device
    return SamplerState(x: try x.sent(to: device), completedSteps: 0, evaluations: 0)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let t = stepCount - 1 - state.completedSteps
    let drawn = try stepNoise(state.x, at: t, problem: problem, from: noise)
    let step = try step(state.x, at: t, problem: problem, noise: drawn)
    return state.advanced(x: step.next, x0Hat: step.x0Hat, evaluations: 1)
  }
}

// MARK: - One step

extension DPS {
  /// The random numbers of one step.
  public struct StepNoise: Sendable {
    /// Of the reverse step: standard normal, in the shape of x.
    public var step: Tensor
    /// For y_t: standard normal, a row for each row of x in the shape of y; for projections only.
    public var measurement: Tensor?
    /// The perturbations of x̂0: uniform in [0, 1), in the shape of x; for `ps+` only.
    public var perturbations: [Tensor]

    public init(step: Tensor, measurement: Tensor? = nil, perturbations: [Tensor] = []) {
      self.step = step
      self.measurement = measurement
      self.perturbations = perturbations
    }
  }

  /// Everything one step computes, for tests against the published code.
  public struct Step: Sendable {
    /// E[x0 | x_t] after clipping, [B,C,H,W].
    public let x0Hat: Tensor
    /// x' before conditioning.
    public let proposal: Tensor
    /// The gradient of the distance, not scaled; `nil` without guidance.
    public let gradient: Tensor?
    /// The distance of each sample, [B]; `nil` without guidance.
    public let distance: Tensor?
    /// x_{t−1}.
    public let next: Tensor
  }

  /// Takes the step from x_t to x_{t−1}.
  public func step(
    _ x: Tensor, at t: Int, problem: InverseProblem, noise: StepNoise
  ) throws -> Step {
    let (estimate, pull) = try estimate(x, at: t, problem: problem, noise: noise)
    let proposal = try reverse.step(estimate, x: x, at: t, noise: noise.step)
    var next = proposal
    if let pull, let scale = conditioning.guidance?.scale {
      next = try next - pull.gradient * scale
    }
    if let projection = conditioning.projection, let drawn = noise.measurement {
      let target = try noisyMeasurement(problem.measurement, at: t, noise: drawn)
      next = try projection.project(next, onto: target, of: problem, sampler: conditioning.name)
    }
    return Step(
      x0Hat: estimate.x0Hat, proposal: proposal, gradient: pull?.gradient,
      distance: pull?.distance, next: next)
  }

  private func estimate(
    _ x: Tensor, at t: Int, problem: InverseProblem, noise: StepNoise
  ) throws -> (ReverseProcess.Estimate, (distance: Tensor, gradient: Tensor)?) {
    guard let guidance = conditioning.guidance else {
      return (try reverse.estimate(of: x, at: t, model: problem.model), nil)
    }
    let pull = try valueAndGradient(at: x) { x in
      let estimate = try reverse.estimate(of: x, at: t, model: problem.model)
      let distance = try guidance.distance(
        estimate.x0Hat, problem: problem, perturbations: noise.perturbations)
      return (distance, try estimate.detached())
    }
    return (pull.extra, (pull.value, pull.gradient))
  }

  /// y_t = √ᾱ_t·y + √(1 − ᾱ_t)·noise.
  public func noisyMeasurement(_ y: Tensor, at t: Int, noise: Tensor) throws -> Tensor {
    try reverse.process.noised(y, to: t, noise: noise)
  }

  private func stepNoise(
    _ x: Tensor, at t: Int, problem: InverseProblem, from noise: any NoiseSource
  ) throws -> StepNoise {
    var drawn = StepNoise(step: try noise.normalTensor(purpose: .step, step: t, like: x))
    if conditioning.projection != nil {
      drawn.measurement = try noise.normalTensor(
        purpose: .noisyMeasurement, step: t, like: problem.measurement)
    }
    let count = conditioning.guidance?.perturbations ?? 0
    drawn.perturbations = try (0..<count).map {
      try noise.uniformTensor(purpose: .guidance, step: t * count + $0, like: x)
    }
    return drawn
  }
}
