import Foundation
import LinearAlgebra

/// One Gaussian N(m, Σ) conditioned on y = Ax + N(0, σ²I), in float64.
struct GaussianConditioning: Sendable {
  let priorMean: [Double]
  /// F with Σ = F·Fᵀ.
  let priorFactor: Matrix
  /// A, [measurements, pixels].
  let forward: Matrix
  /// K = ΣAᵀ(AΣAᵀ + σ²I)⁻¹.
  let gain: Matrix
  /// K·A·Σ is what the measurement takes from the prior variance: its diagonal.
  let explainedVariance: [Double]
  let priorVariance: [Double]
  /// log p(y).
  let logEvidence: Double

  init(
    mean: [Double], covariance: Matrix, factor: Matrix, forward: Matrix, measurement: [Double],
    sigma: Double
  ) throws {
    let cross = try covariance * forward.transposed
    var marginal = try forward * cross
    for i in 0..<marginal.rows { marginal[i, i] += sigma * sigma }
    let cholesky = try Cholesky(marginal)
    let gain = cholesky.solve(cross.transposed).transposed
    priorMean = mean
    priorFactor = factor
    priorVariance = (0..<covariance.rows).map { covariance[$0, $0] }
    self.forward = forward
    self.gain = gain
    explainedVariance = (0..<gain.rows).map { row in
      (0..<gain.columns).reduce(0) { $0 + gain[row, $1] * cross[row, $1] }
    }
    let innovation = try zip(measurement, forward * mean).map { $0 - $1 }
    self.mean = try zip(mean, gain * innovation).map { $0 + $1 }
    let whitened = cholesky.whiten(innovation)
    logEvidence =
      -0.5
      * (whitened.reduce(0) { $0 + $1 * $1 } + cholesky.logDeterminant
        + Double(measurement.count) * log(2 * Double.pi))
  }

  /// E[x | y].
  let mean: [Double]

  /// Var[x | y], pixel by pixel.
  var variance: [Double] { zip(priorVariance, explainedVariance).map { max(0, $0 - $1) } }

  /// Turns standard normals into a draw from p(x | y) (Matheron's rule).
  ///
  /// - Parameters:
  ///   - prior: one number a pixel.
  ///   - noise: one number a measurement.
  func draw(prior: [Double], noise: [Double], measurement: [Double], sigma: Double) throws
    -> [Double]
  {
    let x = try zip(priorMean, priorFactor * prior).map { $0 + $1 }
    let simulated = try zip(forward * x, noise).map { $0 + sigma * $1 }
    let correction = try gain * zip(measurement, simulated).map { $0 - $1 }
    return zip(x, correction).map { $0 + $1 }
  }
}
