/// A Gibbs sampler of a Lévy process given Gaussian measurements.
///
/// The increments u_i = x_i − x_{i−1}, x_{−1} = 0, are normal of variance 1/w_i. A sweep draws all w
/// given x, each on its own, then x given w from its normal law N(m, Q⁻¹) with Q = H + DᵀWD and
/// Q·m = h. Its law tends to p(x, w | y), with nothing to tune.
struct LevyChain: Sendable {
  let law: IncrementLaw
  /// What is measured; may be replaced by other measurements of the same operator.
  var evidence: GaussianEvidence
  /// x.
  private(set) var signal: [Double]
  /// E[x | w, y] of the latest w: averages of it have less Monte Carlo error than those of x.
  private(set) var conditionalMean: [Double]
  /// w.
  private(set) var precisions: [Double]
  private var factor: BandedCholesky
  private var numbers: RandomNumbers

  /// Starts with the prior's variance for every increment.
  init(_ law: IncrementLaw, evidence: GaussianEvidence, numbers: RandomNumbers) {
    let size = evidence.linear.count
    self.law = law
    self.evidence = evidence
    self.numbers = numbers
    signal = [Double](repeating: 0, count: size)
    conditionalMean = signal
    precisions = [Double](repeating: 1 / law.variance, count: size)
    factor = BandedCholesky(size: size, bandwidth: evidence.bandwidth)
    drawSignal()
  }

  /// Draws all precisions, then the signal.
  mutating func sweep() {
    var previous = 0.0
    for i in signal.indices {
      precisions[i] = law.precision(given: signal[i] - previous, &numbers)
      previous = signal[i]
    }
    drawSignal()
  }

  private mutating func drawSignal() {
    factor.decompose(evidence.posteriorPrecision(precisions))
    conditionalMean = factor.solve(evidence.linear)
    var noise = signal.indices.map { _ in numbers.normal() }
    factor.backward(&noise)
    for i in signal.indices { signal[i] = conditionalMean[i] + noise[i] }
  }
}

extension GaussianEvidence {
  /// H + DᵀWD, stored as H is.
  func posteriorPrecision(_ precisions: [Double]) -> [Double] {
    let width = bandwidth + 1
    var sum = rows
    for i in precisions.indices {
      sum[i * width + bandwidth] += precisions[i]
      guard i > 0 else { continue }
      sum[(i - 1) * width + bandwidth] += precisions[i]
      sum[i * width + bandwidth - 1] -= precisions[i]
    }
    return sum
  }
}
