import Foundation

/// The numbers of a diffusion process for each of its steps, in double precision.
///
/// Step 0 is the cleanest. The names follow Ho et al. 2020: x_t = √ᾱ_t x₀ + √(1 − ᾱ_t) ε. All
/// arrays have ``stepCount`` elements.
public struct DiffusionTables: Sendable, Equatable {
  /// β_t, the variance added by step t.
  public let beta: [Double]
  /// ᾱ_t = ∏_{s ≤ t} (1 − β_s).
  public let alphaBar: [Double]
  /// ᾱ_{t−1}, with 1 before the first step.
  public let alphaBarPrevious: [Double]
  /// ᾱ_{t+1}, with 0 after the last step.
  public let alphaBarNext: [Double]
  /// σ_t = √(1/ᾱ_t − 1), the noise level of x_t/√ᾱ_t.
  public let sigma: [Double]
  /// √(1/ᾱ_t).
  public let sqrtReciprocalAlphaBar: [Double]
  /// The variance of x_{t−1} given x_t and x₀: β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t); 0 at t = 0.
  public let posteriorVariance: [Double]
  /// Its logarithm, where the value of step 1 stands at t = 0.
  public let posteriorLogVarianceClipped: [Double]
  /// The factor of x₀ in the mean of x_{t−1} given x_t and x₀: β_t √ᾱ_{t−1}/(1 − ᾱ_t).
  public let posteriorMeanCoefficientX0: [Double]
  /// The factor of x_t in the same mean: (1 − ᾱ_{t−1}) √(1 − β_t)/(1 − ᾱ_t).
  public let posteriorMeanCoefficientXt: [Double]

  /// The number of steps.
  public var stepCount: Int { beta.count }

  /// Computes the tables of a sequence of variances.
  ///
  /// - Throws: ``DiffusionError`` if there are fewer than two, or one is not in (0, 1).
  public init(betas: [Double]) throws(DiffusionError) {
    guard betas.count >= 2 else { throw .tooFewSteps(betas.count) }
    if let index = betas.firstIndex(where: { !($0 > 0 && $0 < 1) }) {
      throw .beta(index: index, value: betas[index])
    }
    let bars = Self.runningProduct(of: betas)
    let previous = [1] + bars.dropLast()
    let variance = betas.indices.map { betas[$0] * (1 - previous[$0]) / (1 - bars[$0]) }
    self.beta = betas
    self.alphaBar = bars
    self.alphaBarPrevious = previous
    self.alphaBarNext = bars.dropFirst() + [0]
    self.sigma = bars.map { (1 / $0 - 1).squareRoot() }
    self.sqrtReciprocalAlphaBar = bars.map { (1 / $0).squareRoot() }
    self.posteriorVariance = variance
    self.posteriorLogVarianceClipped = [log(variance[1])] + variance.dropFirst().map { log($0) }
    self.posteriorMeanCoefficientX0 = betas.indices.map {
      betas[$0] * previous[$0].squareRoot() / (1 - bars[$0])
    }
    self.posteriorMeanCoefficientXt = betas.indices.map {
      (1 - previous[$0]) * (1 - betas[$0]).squareRoot() / (1 - bars[$0])
    }
  }

  private static func runningProduct(of betas: [Double]) -> [Double] {
    var product = 1.0
    return betas.map {
      product *= 1 - $0
      return product
    }
  }
}
