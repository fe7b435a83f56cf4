import Foundation
import Tensors

/// What the network's mean output is.
public enum MeanType: String, Sendable, CaseIterable {
  case epsilon
  case startX = "start_x"
  case previousX = "previous_x"
}

/// Where the variance of a reverse step comes from.
public enum VarianceType: String, Sendable, CaseIterable {
  /// Interpolated between β and the posterior variance by the network.
  case learnedRange = "learned_range"
  /// The network's output is the log-variance.
  case learned
  /// The posterior variance β(1−ᾱ_prev)/(1−ᾱ).
  case fixedSmall = "fixed_small"
  /// β.
  case fixedLarge = "fixed_large"
}

/// How a step moves from x_t to x_{t−1}.
public enum StepRule: Sendable, Equatable {
  /// Ancestral sampling (Ho et al. 2020).
  case ddpm
  /// Song et al. 2021: deterministic for `eta` 0, as noisy as DDPM for 1.
  case ddim(eta: Double)
}

/// One reverse step of a diffusion process, as guided-diffusion's `GaussianDiffusion` takes it.
///
/// Every reduction is per image: unlike in the published code, no image depends on its batch.
public struct ReverseProcess: Sendable {
  /// The kept steps of the process, with ᾱ of them.
  public let process: DiffusionProcess
  var meanType: MeanType
  var varianceType: VarianceType
  var rule: StepRule
  /// Whether estimates of x0 are clamped to [−1,1].
  public var clipsDenoised: Bool
  /// Whether estimates of x0 are first multiplied by their 95 % quantile, as DPS's option does.
  public var dynamicThreshold: Bool

  public init(
    _ process: DiffusionProcess, meanType: MeanType, varianceType: VarianceType,
    rule: StepRule = .ddpm, clipsDenoised: Bool, dynamicThreshold: Bool = false
  ) {
    self.process = process
    self.meanType = meanType
    self.varianceType = varianceType
    self.rule = rule
    self.clipsDenoised = clipsDenoised
    self.dynamicThreshold = dynamicThreshold
  }

  /// The reverse distribution at one step.
  public struct Estimate: Sendable {
    /// Mean of p(x_{t−1} | x_t), [B,C,H,W].
    public let mean: Tensor
    /// log of its variance: [B,C,H,W], or one number in the shape [1].
    public let logVariance: Tensor
    /// E[x0 | x_t] after clipping, [B,C,H,W].
    public let x0Hat: Tensor
  }

  /// Turns a network's output at `x` into the reverse distribution of step `t`.
  ///
  /// - Parameter t: a step of the kept ones; 0 is the last.
  /// - Throws: ``ReverseProcessError`` if the variance type needs what the network does not give.
  public func estimate(_ output: ModelOutput, x: Tensor, at t: Int) throws -> Estimate {
    let c1 = process.tables.posteriorMeanCoefficientX0[t]
    let c2 = process.tables.posteriorMeanCoefficientXt[t]
    let x0Hat = try processed(denoised(output.mean, x: x, at: t))
    let mean = try meanType == .previousX ? output.mean : x0Hat * c1 + x * c2
    let logVariance = try logVariance(output, at: t, device: x.device)
    return Estimate(mean: mean, logVariance: logVariance, x0Hat: x0Hat)
  }

  private func denoised(_ output: Tensor, x: Tensor, at t: Int) throws -> Tensor {
    let tables = process.tables
    switch meanType {
    case .startX: return output
    case .epsilon: return try x * tables.sqrtReciprocalAlphaBar[t] - output * tables.sigma[t]
    case .previousX:
      let c1 = tables.posteriorMeanCoefficientX0[t]
      return try output * (1 / c1) - x * (tables.posteriorMeanCoefficientXt[t] / c1)
    }
  }

  private func processed(_ x0: Tensor) throws -> Tensor {
    var result = x0
    if dynamicThreshold {
      let batch = x0.shape[0]
      let threshold = try x0.absolute().reshaped([batch, -1]).quantile(0.95, along: 1)
      result = try (x0 * threshold.reshaped([batch, 1, 1, 1])).clamped(to: -1...1)
    }
    return clipsDenoised ? try result.clamped(to: -1...1) : result
  }

  private func logVariance(_ output: ModelOutput, at t: Int, device: Device) throws -> Tensor {
    let constant = { (value: Double) in try Tensor.full(value, shape: [1], device: device) }
    let tables = process.tables
    switch varianceType {
    case .fixedSmall: return try constant(log(tables.posteriorVariance[t]))
    case .fixedLarge:
      return try constant(log(t == 0 ? tables.posteriorVariance[1] : tables.beta[t]))
    case .learned: return try variance(of: output)
    case .learnedRange:
      let (low, high) = (tables.posteriorLogVarianceClipped[t], log(tables.beta[t]))
      return try variance(of: output) * (0.5 * (high - low)) + 0.5 * (high + low)
    }
  }

  private func variance(of output: ModelOutput) throws -> Tensor {
    guard let values = output.variance else {
      throw ReverseProcessError.networkGivesNoVariance(varianceType)
    }
    return values
  }
}

// MARK: - Steps

extension ReverseProcess {
  /// Draws x_{t−1}.
  ///
  /// - Parameter noise: standard normal, in the shape of `x`; not used at t = 0.
  public func step(_ estimate: Estimate, x: Tensor, at t: Int, noise: Tensor) throws -> Tensor {
    switch rule {
    case .ddpm:
      guard t > 0 else { return estimate.mean }
      return try estimate.mean + (estimate.logVariance * 0.5).exponential() * noise
    case .ddim(let eta):
      return try implicitStep(estimate, x: x, at: t, eta: eta, noise: noise)
    }
  }

  private func implicitStep(
    _ estimate: Estimate, x: Tensor, at t: Int, eta: Double, noise: Tensor
  ) throws -> Tensor {
    let tables = process.tables
    let (alphaBar, previous) = (tables.alphaBar[t], tables.alphaBarPrevious[t])
    let epsilon = try (x * tables.sqrtReciprocalAlphaBar[t] - estimate.x0Hat) / tables.sigma[t]
    let sigma = eta * sqrt((1 - previous) / (1 - alphaBar)) * sqrt(1 - alphaBar / previous)
    let mean =
      try estimate.x0Hat * sqrt(previous) + epsilon * sqrt(max(0, 1 - previous - sigma * sigma))
    return t > 0 && sigma > 0 ? try mean + noise * sigma : mean
  }
}

/// A process and a network that do not fit.
public enum ReverseProcessError: Error, Sendable, Equatable, CustomStringConvertible {
  case networkGivesNoVariance(VarianceType)

  public var description: String {
    switch self {
    case .networkGivesNoVariance(let type):
      "model_var_type \(type.rawValue) needs a network that predicts variances; this one gives "
        + "none: use fixed_small or fixed_large"
    }
  }
}
