import Foundation

/// Which time belongs to a noise level σ in a variance-preserving process.
public struct NoiseClock: Sendable {
  let schedule: NoiseSchedule
  /// N.
  public let steps: Int
  /// ᾱ of each step.
  public let alphaBar: [Double]

  /// - Throws: ``DiffusionError`` if there is no such process.
  public init(_ schedule: NoiseSchedule, steps: Int) throws {
    self.schedule = schedule
    self.steps = steps
    alphaBar = try DiffusionTables(betas: schedule.betas(steps: steps)).alphaBar
  }

  /// The time in 0…1, and a little above for more noise than the process has.
  public func continuousTime(sigma: Double) -> Double {
    switch schedule {
    case .linear: return ContinuousVPSchedule(steps: steps).time(sigma: sigma)
    case .cosine:
      let first = cos(0.008 / 1.008 * Double.pi / 2)
      let now = first / (1 + sigma * sigma).squareRoot()
      return acos(now) * 2 / Double.pi * 1.008 - 0.008
    }
  }

  /// The step, with fractions: for `linear` (N − 1)·t, as EDM's `VPPrecond` has it; for `cosine` the
  /// steps end at the times 1/N … 1.
  public func step(sigma: Double) -> Double {
    let time = continuousTime(sigma: sigma)
    switch schedule {
    case .linear: return Double(steps - 1) * time
    case .cosine: return max(0, Double(steps) * time - 1)
    }
  }

  /// σ at a whole step.
  func sigma(at step: Int) -> Double { (1 / alphaBar[step] - 1).squareRoot() }
}
