import Foundation
import LinearAlgebra
import Tensors
import Testing

@testable import Validation

/// The Gibbs chains of sparse signals against quadrature and against the prior itself.
@Suite struct LevyTests {
  static let laws = [IncrementLaw.laplace(scale: 0.1), .student(degrees: 3, scale: 0.05)]

  /// Moments of a posterior of two values by the midpoint rule on a fine grid: no chain involved.
  private struct Quadrature {
    var mean = [0.0, 0.0]
    var covariance = [0.0, 0.0, 0.0]

    init(_ law: IncrementLaw, _ forward: Matrix, _ y: [Double], sigma: Double) {
      let step = 0.005
      let grid = (-300..<300).map { (Double($0) + 0.5) * step }
      var (total, first, second) = (0.0, [0.0, 0.0], [0.0, 0.0, 0.0])
      for a in grid {
        let start = law.logDensity(a)
        for b in grid {
          var fit = 0.0
          for row in 0..<forward.rows {
            let offset = y[row] - forward[row, 0] * a - forward[row, 1] * b
            fit += offset * offset
          }
          let weight = exp(start + law.logDensity(b - a) - 0.5 * fit / (sigma * sigma))
          total += weight
          first[0] += weight * a
          first[1] += weight * b
          second[0] += weight * a * a
          second[1] += weight * a * b
          second[2] += weight * b * b
        }
      }
      mean = first.map { $0 / total }
      covariance = [
        second[0] / total - mean[0] * mean[0], second[1] / total - mean[0] * mean[1],
        second[2] / total - mean[1] * mean[1],
      ]
    }
  }

  private static let forward = Matrix(rows: 2, columns: 2, elements: [1, 0.5, 0, 0.3])
  private static let measured = [0.25, -0.05]

  /// Means of a chain are off by s·√(τ/n); variances by s²·√(2τ/n) and, with heavy tails, a few times more.
  @Test(arguments: laws)
  func chainsAgreeWithQuadrature(_ law: IncrementLaw) throws {
    let expected = Quadrature(law, Self.forward, Self.measured, sigma: 0.1)
    var chain = LevyChain(
      law, evidence: try GaussianEvidence(Self.forward, measurement: Self.measured, sigma: 0.1),
      numbers: RandomNumbers(seed: 1, image: 1))
    for _ in 0..<100 { chain.sweep() }
    var traces = [[Double]](repeating: [], count: 2)
    for _ in 0..<10_000 {
      chain.sweep()
      for i in 0..<2 { traces[i].append(chain.signal[i]) }
    }
    for (trace, (mean, variance)) in zip(
      traces, zip(expected.mean, [expected.covariance[0], expected.covariance[2]]))
    {
      let error = (autocorrelationTime(trace) / 10_000).squareRoot()
      let found = trace.reduce(0, +) / 10_000
      let squares = trace.map { ($0 - found) * ($0 - found) }
      #expect(abs(found - mean) < 5 * variance.squareRoot() * error)
      let spread = squares.reduce(0, +) / 10_000
      let kurtosis = squares.reduce(0) { $0 + $1 * $1 } / 10_000 / (spread * spread)
      let slow = (autocorrelationTime(squares) / 10_000).squareRoot()
      #expect(abs(spread - variance) < 5 * variance * kurtosis.squareRoot() * slow)
    }
  }

  /// E[x0 | x_t] and its derivative Cov/σ²; 3000 conditional means of a chain against quadrature.
  @Test(arguments: laws)
  func denoisersAgreeWithQuadrature(_ law: IncrementLaw) throws {
    let noisy: [Float] = [0.2, 0.05]
    let identity = Matrix(rows: 2, columns: 2, elements: [1, 0, 0, 1])
    let expected = Quadrature(law, identity, noisy.map(Double.init), sigma: 0.1)
    let found = LevyDenoising(law, noisy: noisy, sigma: 0.1, sweeps: (burnIn: 50, kept: 3000))
    // Conditional means vary by less than the posterior, 0.1; τ is below 10 here.
    let error = 5 * 0.1 * (10.0 / 3000).squareRoot()
    for i in 0..<2 { #expect(abs(found.mean[i] - expected.mean[i]) < error) }
    let first = found.derivative([1, 0])
    let second = found.derivative([0, 1])
    #expect(abs(first[0] - expected.covariance[0] / 0.01) < 0.15)
    #expect(abs(first[1] - expected.covariance[1] / 0.01) < 0.15)
    #expect(abs(second[1] - expected.covariance[2] / 0.01) < 0.15)
    #expect(abs(first[1] - second[0]) < 1e-12)
  }

  /// Geweke's test (JASA 2004): measuring the signal anew after every sweep leaves the prior's law, whose
  /// moments are known: E[u²] (Laplace), E|u| (Student), for increments at both ends.
  @Test(arguments: laws)
  func sweepsBetweenMeasurementsKeepThePrior(_ law: IncrementLaw) throws {
    let forward = Matrix(rows: 2, columns: 3, elements: [1, 0.5, 0, 0, 0.3, 1])
    var numbers = RandomNumbers(seed: 2, image: 2)
    func evidence(_ x: [Double]) throws -> GaussianEvidence {
      let y = try (forward * x).map { $0 + 0.2 * numbers.normal() }
      return try GaussianEvidence(forward, measurement: y, sigma: 0.2)
    }
    var chain = LevyChain(
      law, evidence: try evidence([0, 0, 0]), numbers: RandomNumbers(seed: 3, image: 3))
    var traces = [[Double]](repeating: [], count: 2)
    for _ in 0..<8000 {
      chain.evidence = try evidence(chain.signal)
      chain.sweep()
      traces[0].append(abs(chain.signal[0]))
      traces[1].append(abs(chain.signal[2] - chain.signal[1]))
    }
    for trace in traces.map({ Array($0.dropFirst(200)) }) {
      let mean = trace.reduce(0, +) / Double(trace.count)
      let variance = trace.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(trace.count)
      let error = (variance * autocorrelationTime(trace) / Double(trace.count)).squareRoot()
      #expect(abs(mean - Self.meanSize(law)) < 5 * error)
      #expect(error < 0.1 * mean)
    }
  }

  /// E|u|: the scale; for three degrees of freedom 2√3/π times the scale.
  private static func meanSize(_ law: IncrementLaw) -> Double {
    switch law {
    case .laplace(let scale): scale
    case .student(_, let scale): scale * 2 * Double(3).squareRoot() / Double.pi
    }
  }

  @Test(arguments: laws)
  func incrementsHaveTheirSize(_ law: IncrementLaw) {
    var numbers = RandomNumbers(seed: 4, image: 4)
    let sizes = (0..<20_000).map { _ in abs(law.draw(&numbers)) }
    let mean = sizes.reduce(0, +) / 20_000
    let variance = sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean - Self.meanSize(law)) < 5 * (variance / 20_000).squareRoot())
  }

  /// Means and variances of 20,000 numbers; variances of normal numbers are off by √(2/n).
  @Test func numbersHaveTheirMoments() {
    var numbers = RandomNumbers(seed: 5, image: 5)
    func check(_ mean: Double, _ variance: Double, kurtosis: Double, _ draw: () -> Double) {
      let values = (0..<20_000).map { _ in draw() }
      let found = values.reduce(0, +) / 20_000
      let spread = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / 20_000
      #expect(abs(found - mean) < 5 * (variance / 20_000).squareRoot())
      #expect(abs(spread - variance) < 5 * variance * ((kurtosis - 1) / 20_000).squareRoot())
    }
    check(0, 1, kurtosis: 3) { numbers.normal() }
    check(1, 1, kurtosis: 9) { numbers.exponential() }
    check(2.5, 2.5, kurtosis: 3 + 6 / 2.5) { numbers.gamma(shape: 2.5) }
    check(0.5, 0.5, kurtosis: 15) { numbers.gamma(shape: 0.5) }
    // Variance μ³/λ, kurtosis 3 + 15μ/λ.
    check(0.7, 0.343 / 2, kurtosis: 3 + 15 * 0.35) {
      numbers.inverseGaussian(mean: 0.7, shape: 2)
    }
  }

  @Test(arguments: [1, 3, 6]) func bandedSolutionsSolve(_ band: Int) {
    let size = 7
    var rows = [Double](repeating: 0, count: size * (band + 1))
    var full = Matrix(rows: size, columns: size)
    for i in 0..<size {
      for j in max(0, i - band)...i {
        let value = i == j ? Double(band) + 2 : cos(Double(3 * i + j))
        rows[i * (band + 1) + j - i + band] = value
        (full[i, j], full[j, i]) = (value, value)
      }
    }
    var factor = BandedCholesky(size: size, bandwidth: band)
    factor.decompose(rows)
    let right = (0..<size).map { sin(Double($0)) }
    let solution = factor.solve(right)
    for i in 0..<size {
      let product = (0..<size).reduce(0) { $0 + full[i, $1] * solution[$1] }
      #expect(abs(product - right[i]) < 1e-12)
    }
  }

  /// x_{n+1} = ρ·x_n + noise has τ = (1 + ρ)/(1 − ρ).
  @Test(arguments: [(0.0, 1.0), (0.5, 3.0), (0.8, 9.0)])
  func autocorrelationOfKnownChains(_ rho: Double, _ expected: Double) {
    var numbers = RandomNumbers(seed: 6, image: 6)
    var value = 0.0
    let chain = (0..<20_000).map { _ in
      value = rho * value + numbers.normal()
      return value
    }
    // The sum of correlations that are noise adds at most some 10 % at this length.
    #expect(abs(autocorrelationTime(chain) / expected - 1) < 0.15)
    #expect(autocorrelationTime([1, 1, 1, 1]) == 1)
  }

  /// The network's view: ε = (x − √ᾱ·x̂0)/√(1 − ᾱ), rows on their own, a vector–Jacobian product that
  /// is that of the denoiser.
  @Test func thePriorIsADiffusionModel() throws {
    var prior = LevyPrior(Self.laws[0], length: 5, alphaBar: [0.9, 0.5])
    prior.sweeps = (burnIn: 5, kept: 10)
    let values: [Float] = [0.3, 0.1, -0.2, 0.4, 0, 1, 0.8, 0.9, 0.7, 0.6]
    let x = try Tensor(values, shape: [2, 1, 1, 5])
    let epsilon = try prior.predict(x, times: [0, 1]).mean.floats()
    let clean = try prior.denoise(
      Tensor(values[5...].map { $0 / Float(0.5).squareRoot() }, shape: [1, 1, 1, 5]), sigma: 1
    ).floats()
    for i in 0..<5 {
      let expected = (values[5 + i] - Float(0.5).squareRoot() * clean[i]) / Float(0.5).squareRoot()
      #expect(abs(epsilon[5 + i] - expected) < 1e-5)
    }
    let row = try Tensor(Array(values[..<5]), shape: [1, 1, 1, 5])
    let alone = try prior.predict(row, times: [0]).mean.floats()
    #expect(alone == Array(epsilon[..<5]))
    let cotangent = try Tensor([Float](repeating: 1, count: 5), shape: [1, 1, 1, 5])
    let product = try vectorJacobianProduct(at: row, cotangent: cotangent) {
      try prior.denoise($0, sigma: 0.3)
    }.gradient.floats()
    let denoising = LevyDenoising(
      Self.laws[0], noisy: Array(values[..<5]), sigma: 0.3, sweeps: prior.sweeps)
    let expected = denoising.derivative([1, 1, 1, 1, 1])
    #expect(zip(product, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }
}

extension IncrementLaw {
  /// log of the density of an increment, up to a constant.
  fileprivate func logDensity(_ increment: Double) -> Double {
    switch self {
    case .laplace(let scale): return -abs(increment) / scale
    case .student(let degrees, let scale):
      let ratio = increment / scale
      return -0.5 * (degrees + 1) * log1p(ratio * ratio / degrees)
    }
  }
}
