import Foundation
import RunFiles
import Statistics

extension Configuration {
  /// Why a sample is left out whose values cannot be summed up, and the setting that may be at fault.
  var lostSampleText: String {
    let text = "a value is not finite, or beyond ±\(Int(ImageStatistics.magnitudeLimit))"
    return stabilityText.map { "\(text): \($0)" } ?? text
  }

  private var stabilityText: String? {
    switch (sampler, measurement.noise) {
    case (.annealedLangevin(let settings), .gaussian(let sigma)): settings.stability(sigma: sigma)
    case (.daps(let settings), _): settings.mcmc.stability
    default: nil
    }
  }
}

extension Configuration.DAPS.MCMC {
  /// What the steps of a Langevin chain must be below, but for the prior's share.
  fileprivate var stability: String? {
    guard algorithm == .langevin, let learningRate else { return nil }
    let (name, factor) = likelihood == .published ? ("τ²", 1.0) : ("2τ²", 2)
    let bound = String(format: "\(name)/‖A‖² = %g/‖A‖²", factor * tau * tau)
    return "chains of daps with steps from \(bound) on grow without end, and mcmc.lr is "
      + "\(learningRate)"
  }
}

extension Configuration.AnnealedLangevin {
  /// What the steps of the last level must be below.
  fileprivate func stability(sigma: Double) -> String {
    let bound = String(format: "2σ²/‖A‖² = %g/‖A‖²", 2 * sigma * sigma)
    let steps =
      varyingStepSizes
      ? "varying_step_sizes takes those of the ladder; set step_size" : "step_size is \(stepSize)"
    return "steps of ald from \(bound) on grow without end, and \(steps)"
  }
}
