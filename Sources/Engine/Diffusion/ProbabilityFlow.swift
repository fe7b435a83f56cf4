import Tensors

/// The ODE whose solutions have the law of the diffusion process at every time, solved backwards.
///
/// dx/dt = (s'/s)·x − s·σ'·σ·∇log p_σ(x/s), with the score (D(x/s, σ) − x/s)/σ² of a denoiser D.
/// Its end is a sample of x0 given x_t only roughly: one point on the way to the mean and back.
/// Source: Song et al. 2021; Karras et al. 2022, equation 4.
public struct ProbabilityFlow: Sendable, Equatable {
  /// How one step of the ODE is taken.
  public enum Solver: String, Sendable, CaseIterable {
    /// First order, one evaluation of the denoiser a step.
    case euler
    /// Second order, two evaluations a step, but one for a step that ends at noise level 0.
    case heun
  }

  let schedule: NoiseLevelSchedule
  let solver: Solver

  public init(_ schedule: NoiseLevelSchedule, solver: Solver = .euler) {
    self.schedule = schedule
    self.solver = solver
  }

  /// What one step gives.
  public struct Step: Sendable {
    /// The state at the end of the step, with its scale s.
    public let x: Tensor
    /// The denoiser's answer at the start of the step.
    public let denoised: Tensor
    /// Evaluations of the denoiser.
    public let evaluations: Int
  }

  /// Takes one step.
  ///
  /// - Parameters:
  ///   - x: the state at time `start`, [B,C,H,W], with its scale s.
  ///   - end: below `start`.
  public func step(
    _ x: Tensor, from start: Double, to end: Double, denoiser: any Denoiser
  ) throws -> Step {
    let first = try slope(x, at: start, denoiser)
    let reached = try x + first.value * (end - start)
    guard solver == .heun, end > 0 else {
      return Step(x: reached, denoised: first.denoised, evaluations: 1)
    }
    let second = try slope(reached, at: end, denoiser)
    let corrected = try x + (first.value + second.value) * ((end - start) / 2)
    return Step(x: corrected, denoised: first.denoised, evaluations: 2)
  }

  private func slope(
    _ x: Tensor, at t: Double, _ denoiser: any Denoiser
  ) throws -> (value: Tensor, denoised: Tensor) {
    let (sigma, scale) = (schedule.sigma(t), schedule.scaling(t))
    let data = scale == 1 ? x : try x / scale
    let denoised = try denoiser.denoise(data, sigma: sigma)
    let noise = try (data - denoised) * (scale * schedule.sigmaDerivative(t) / sigma)
    let drift = schedule.scalingDerivative(t)
    return (drift == 0 ? noise : try noise + data * drift, denoised)
  }

  /// The states at all times of a grid, the start included.
  public func trajectory(
    _ x: Tensor, times: [Double], denoiser: any Denoiser
  ) throws -> [Tensor] {
    var states = [x]
    for (start, end) in zip(times, times.dropFirst()) {
      states.append(try step(states[states.count - 1], from: start, to: end, denoiser: denoiser).x)
    }
    return states
  }
}
