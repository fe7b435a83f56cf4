import Foundation
import Tensors

/// A network trained on a variance-preserving process, as a denoiser at any noise level.
///
/// EDM's `VPPrecond`: D(x, σ) = x − σ·ε(x/√(1+σ²), (M − 1)·t(σ)) with the time t of the continuous
/// process, which is fractional. DAPS evaluates its networks so; the times are up to three steps
/// above those of the discrete table.
public struct VPDenoiser: Denoiser {
  let model: any DiffusionModel
  let meanType: MeanType
  public let finestSigma: Double
  /// The time the network is told at σ.
  private let networkTime: @Sendable (Double) -> Double

  /// Makes a denoiser with the times of a continuous process.
  ///
  /// - Parameter meanType: what the network gives; one that gives x_{t−1} cannot denoise.
  public init(
    _ model: any DiffusionModel, schedule: ContinuousVPSchedule = ContinuousVPSchedule(),
    meanType: MeanType = .epsilon
  ) {
    self.model = model
    self.meanType = meanType
    finestSigma = 0
    networkTime = schedule.networkTime
  }

  /// Makes a denoiser with the times of a network's own process.
  ///
  /// - Parameter rescalesTimesteps: whether the network is told times on a scale of 1000.
  public init(
    _ model: any DiffusionModel, clock: NoiseClock, rescalesTimesteps: Bool, meanType: MeanType
  ) {
    let scale = rescalesTimesteps ? 1000 / Double(clock.steps) : 1
    self.model = model
    self.meanType = meanType
    finestSigma = clock.sigma(at: 0)
    networkTime = { scale * clock.step(sigma: $0) }
  }

  public var imageShape: [Int] { model.imageShape }

  public func denoise(_ x: Tensor, sigma: Double) throws -> Tensor {
    let time = Float(networkTime(sigma))
    let scaled = try x / (1 + sigma * sigma).squareRoot()
    let output = try model.predict(scaled, times: [Float](repeating: time, count: x.shape[0])).mean
    switch meanType {
    case .epsilon: return try x - output * sigma
    case .startX: return output
    case .previousX:
      throw SamplerError.setting("a network that gives x_{t−1} (previous_x) cannot denoise")
    }
  }
}

/// The continuous variance-preserving schedule: σ(t)² = exp(β_d·t²/2 + β_min·t) − 1.
public struct ContinuousVPSchedule: Sendable, Equatable {
  /// β(1) − β(0).
  public var betaRange: Double
  /// β(0).
  public var betaMinimum: Double
  /// The number of steps M of the network's own process.
  public var steps: Int

  public init(betaRange: Double = 19.9, betaMinimum: Double = 0.1, steps: Int = 1000) {
    self.betaRange = betaRange
    self.betaMinimum = betaMinimum
    self.steps = steps
  }

  /// The time in 0…1 (and a little above) at which the noise level is σ.
  public func time(sigma: Double) -> Double {
    let square = betaMinimum * betaMinimum + 2 * betaRange * log1p(sigma * sigma)
    return (square.squareRoot() - betaMinimum) / betaRange
  }

  /// The time the network is told, in steps.
  @Sendable public func networkTime(sigma: Double) -> Double {
    Double(steps - 1) * time(sigma: sigma)
  }
}
