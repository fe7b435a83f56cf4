import Tensors

/// The inner chain of UD2M: K times proximal step, noise, network.
///
/// Source: `HQS_models.run_unfolded_loop` of the published code.
public struct UD2MUnfolding: Sendable {
  /// a_t, s_t and σ_t of the process, by step.
  public let schedule: UD2MSchedule
  /// K.
  public let iterations: Int
  let scalars: UD2MScalars
  /// λ in place of exp(LambdaSIG), where it is not a learned one.
  public let fixedLambda: Double?
  /// Whether noise is added before the network.
  public let perturbs: Bool
  /// What the network gives.
  public let meanType: MeanType
  /// Factor from steps of the process to the times the network is told.
  public let timeScale: Double

  public init(
    schedule: UD2MSchedule, iterations: Int, scalars: UD2MScalars,
    fixedLambda: Double? = nil, perturbs: Bool, meanType: MeanType = .epsilon,
    timeScale: Double = 1
  ) {
    self.schedule = schedule
    self.iterations = iterations
    self.scalars = scalars
    self.fixedLambda = fixedLambda
    self.perturbs = perturbs
    self.meanType = meanType
    self.timeScale = timeScale
  }

  /// Everything an iteration computes.
  public struct Step: Sendable {
    /// The proximal point.
    public let z: Tensor
    /// What the network sees.
    public let zeta: Tensor
    /// The noise it finds there.
    public let epsilon: Tensor
    /// The new estimate, not clipped.
    public let x: Tensor
  }

  /// The numbers of iteration `k` at the outer time `t`.
  public func numbers(_ k: Int, at t: Int, measurement: UD2MMeasurement) -> UD2MIteration {
    UD2MIteration(
      scalars, iteration: k,
      level: schedule.innerLevel(sigma: measurement.scheduleSigma, at: t),
      scalesRho: measurement.isInpainting, perturbs: perturbs, lastTime: schedule.stepCount - 1)
  }

  /// Takes iteration `k` of K.
  ///
  /// - Parameters:
  ///   - x: the estimate it starts from.
  ///   - xt: x_t of the outer time `t`.
  ///   - noise: standard normal like `x`; asked for only where noise is added.
  public func step(
    _ k: Int, _ x: Tensor, xt: Tensor, at t: Int, measurement: UD2MMeasurement,
    model: any DiffusionModel, noise: () throws -> Tensor
  ) throws -> Step {
    let numbers = numbers(k, at: t, measurement: measurement)
    let z = try measurement.proximal(
      x, observation(xt, at: t), lambda: fixedLambda ?? Double(numbers.lambda),
      rho: Double(numbers.rho))
    let time = numbers.networkTime
    let (a, s) = (Double(schedule.signal[time]), Double(schedule.noise[time]))
    let zeta = perturbs ? try z * a + noise() * s : z
    let epsilon = try self.epsilon(zeta, at: time, model: model)
    return Step(z: z, zeta: zeta, epsilon: epsilon, x: try (zeta - epsilon * s) / a)
  }

  private func observation(_ xt: Tensor, at t: Int) -> UD2MObservation {
    UD2MObservation(
      xt: xt, signal: Double(schedule.signal[t]), sigma: Double(schedule.sigma[t]))
  }

  private func epsilon(
    _ zeta: Tensor, at time: Int, model: any DiffusionModel
  ) throws -> Tensor {
    let told = Float(Double(time) * timeScale)
    let times = [Float](repeating: told, count: zeta.shape[0])
    let output = try model.predict(zeta, times: times).mean
    let (a, s) = (Double(schedule.signal[time]), Double(schedule.noise[time]))
    switch meanType {
    case .epsilon: return output
    case .startX: return try (zeta - output * a) / s
    case .previousX:
      throw SamplerError.setting("a network that gives x_{t−1} (previous_x) cannot denoise")
    }
  }

  /// What iteration `k` hands to the next: with measured pixels put back, except in the last two.
  public func carried(_ x: Tensor, after k: Int, measurement: UD2MMeasurement) throws -> Tensor {
    k < iterations - 2 ? try measurement.reinserted(x) : x
  }

  /// ε̂ = (x_t − a_t·x)/s_t.
  public func epsilonHat(_ x: Tensor, xt: Tensor, at t: Int) throws -> Tensor {
    try (xt - x * Double(schedule.signal[t])) / Double(schedule.noise[t])
  }
}
