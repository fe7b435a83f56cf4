import Foundation
import RunFiles
import Statistics

extension Configuration {
  /// Why a sample is left out whose values cannot be summed up, and the setting that may be at fault.
  var lostSampleText: String {
    let text = "a value is not finite, or beyond ±\(Int(ImageStatistics.magnitudeLimit))"
    guard case .annealedLangevin(let settings) = sampler,
      case .gaussian(let sigma) = measurement.noise
    else { return text }
    return "\(text): \(settings.stability(sigma: sigma))"
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
