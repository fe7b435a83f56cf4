import Engine
import Foundation

/// Numbers of several laws, read one after the other from one stream of random words, in float64.
struct RandomNumbers: Sendable {
  private var words: StreamGenerator
  private var spare: Double?

  init(seed: UInt64, image: UInt64, sample: UInt32 = 0) {
    words = StreamGenerator(
      NoiseStream(seed: seed, image: image, sample: sample, purpose: .gibbs))
  }

  /// In (0, 1].
  mutating func uniform() -> Double { 1 - words.uniform() }

  /// Standard normal (Box and Muller).
  mutating func normal() -> Double {
    if let spare {
      self.spare = nil
      return spare
    }
    let radius = (-2 * log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }

  /// Exponential of mean 1.
  mutating func exponential() -> Double { -log(uniform()) }

  /// Gamma of scale 1 (Marsaglia and Tsang, ACM TOMS 2000).
  ///
  /// - Precondition: `shape` > 0.
  mutating func gamma(shape: Double) -> Double {
    guard shape >= 1 else { return gamma(shape: shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1 / 3
    while true {
      let z = normal()
      let root = 1 + z / (9 * d).squareRoot()
      guard root > 0 else { continue }
      let cube = root * root * root
      if log(uniform()) < 0.5 * z * z + d * (1 - cube + log(cube)) { return d * cube }
    }
  }

  /// Inverse Gaussian (Michael, Schucany and Haas, The American Statistician 1976).
  mutating func inverseGaussian(mean: Double, shape: Double) -> Double {
    let z = normal()
    let t = mean * z * z / (2 * shape)
    // The smaller root of the quadratic, μ·(1 + t − √(2t + t²)), without its cancellation.
    let smaller = mean / (1 + t + (2 * t + t * t).squareRoot())
    return uniform() * (mean + smaller) <= mean ? smaller : mean * (mean / smaller)
  }
}
