import Foundation

/// The law of the increments of a Lévy process at equal steps of time, as a normal law of random variance.
///
/// Both are sparse: most increments are small, a few are jumps.
public enum IncrementLaw: Sendable, Equatable {
  /// Density exp(−|u|/scale)/(2·scale).
  case laplace(scale: Double)
  /// Student's law with `degrees` of freedom, above 2 for a finite variance, times `scale`.
  case student(degrees: Double, scale: Double)

  /// The variance of an increment.
  var variance: Double {
    switch self {
    case .laplace(let scale): 2 * scale * scale
    case .student(let degrees, let scale): scale * scale * degrees / (degrees - 2)
    }
  }

  /// A draw of an increment.
  func draw(_ numbers: inout RandomNumbers) -> Double {
    let variance: Double
    switch self {
    case .laplace(let scale): variance = 2 * scale * scale * numbers.exponential()
    case .student(let degrees, let scale):
      variance = scale * scale * 0.5 * degrees / numbers.gamma(shape: 0.5 * degrees)
    }
    return variance.squareRoot() * numbers.normal()
  }

  /// A draw of 1/variance given the increment.
  ///
  /// Laplace: inverse Gaussian (Park and Casella, JASA 2008); Student: gamma.
  func precision(given increment: Double, _ numbers: inout RandomNumbers) -> Double {
    switch self {
    case .laplace(let scale):
      // An increment of exactly 0 would ask for an infinite mean.
      let size = max(abs(increment), 1e-12)
      return numbers.inverseGaussian(mean: 1 / (scale * size), shape: 1 / (scale * scale))
    case .student(let degrees, let scale):
      let rate = 0.5 * (degrees * scale * scale + increment * increment)
      return numbers.gamma(shape: 0.5 * (degrees + 1)) / rate
    }
  }
}
