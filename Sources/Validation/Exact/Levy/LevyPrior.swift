import Engine
import Foundation
import Tensors

/// The prior of sparse signals: a Lévy process of Laplace or Student increments as images [1, 1, N].
///
/// Its denoiser is E[x0 | x_t], averaged over the conditional means of a Gibbs chain for every row,
/// and its derivative is Cov[x0 | x_t]/σ² of the same chain (Tweedie's formula of second order). The
/// random numbers of a row follow from its values and σ alone, so the denoiser is a function.
struct LevyPrior: DiffusionModel, Denoiser {
  let law: IncrementLaw
  let imageShape: [Int]
  /// Sweeps of each chain before and while averages are taken.
  var sweeps = (burnIn: 10, kept: 30)
  private let alphaBar: [Double]

  /// - Parameter alphaBar: ᾱ of every step of the diffusion process.
  init(_ law: IncrementLaw, length: Int, alphaBar: [Double]) {
    self.law = law
    imageShape = [1, 1, length]
    self.alphaBar = alphaBar
  }

  /// A signal of the prior.
  func draw(_ numbers: inout RandomNumbers) -> [Float] {
    var value = 0.0
    return (0..<imageShape[2]).map { _ in
      value += law.draw(&numbers)
      return Float(value)
    }
  }

  func denoise(_ x: Tensor, sigma: Double) throws -> Tensor {
    try denoise(x, sigmas: [Double](repeating: sigma, count: x.shape[0]))
  }

  /// ε = (x − √ᾱ·E[x0 | x])/√(1 − ᾱ).
  func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let levels = try times.map { time in
      guard let step = Int(exactly: time), alphaBar.indices.contains(step) else {
        throw GaussianPriorError.timeOutOfRange(time, steps: alphaBar.count)
      }
      return alphaBar[step]
    }
    let signal = try column(levels.map { $0.squareRoot() })
    let noise = try column(levels.map { (1 - $0).squareRoot() })
    let clean = try denoise(x / signal, sigmas: levels.map { (1 / $0 - 1).squareRoot() })
    return ModelOutput(mean: try (x - clean * signal) / noise)
  }

  private func column(_ values: [Double]) throws -> Tensor {
    try Tensor(values.map { Float($0) }, shape: [values.count, 1, 1, 1])
  }

  private func denoise(_ x: Tensor, sigmas: [Double]) throws -> Tensor {
    let (values, size) = (try x.floats(), imageShape[2])
    let rows = sigmas.enumerated().map { row, sigma in
      LevyDenoising(
        law, noisy: Array(values[row * size..<(row + 1) * size]), sigma: sigma, sweeps: sweeps)
    }
    let means = try Tensor(rows.flatMap { $0.mean.map { Float($0) } }, shape: x.shape)
    return try x.giving(means) { cotangent in
      let given = try cotangent.floats().map(Double.init)
      let products = rows.enumerated().flatMap { index, row in
        row.derivative(Array(given[index * size..<(index + 1) * size]))
      }
      return try Tensor(products.map { Float($0) }, shape: cotangent.shape)
    }
  }
}

/// One noisy signal denoised by a Gibbs chain.
struct LevyDenoising: Sendable {
  /// E[x0 | x_t].
  let mean: [Double]
  private let evidence: GaussianEvidence
  private let sigma: Double
  private let means: [[Double]]
  private let precisions: [[Double]]

  init(_ law: IncrementLaw, noisy: [Float], sigma: Double, sweeps: (burnIn: Int, kept: Int)) {
    evidence = GaussianEvidence(noisy: noisy.map(Double.init), sigma: sigma)
    self.sigma = sigma
    var chain = LevyChain(
      law, evidence: evidence, numbers: RandomNumbers(seed: 0, image: Self.key(noisy, sigma)))
    for _ in 0..<sweeps.burnIn { chain.sweep() }
    var (means, precisions) = ([[Double]](), [[Double]]())
    for _ in 0..<sweeps.kept {
      chain.sweep()
      means.append(chain.conditionalMean)
      precisions.append(chain.precisions)
    }
    (self.means, self.precisions) = (means, precisions)
    mean = noisy.indices.map { i in
      means.reduce(0) { $0 + $1[i] } / Double(means.count)
    }
  }

  /// Cov[x0 | x_t]·v/σ², the covariance being that of the means plus the mean of the covariances.
  func derivative(_ vector: [Double]) -> [Double] {
    var factor = BandedCholesky(size: vector.count, bandwidth: evidence.bandwidth)
    var sum = [Double](repeating: 0, count: vector.count)
    for (conditional, precision) in zip(means, precisions) {
      factor.decompose(evidence.posteriorPrecision(precision))
      let within = factor.solve(vector)
      let along = vector.indices.reduce(0) { $0 + (conditional[$1] - mean[$1]) * vector[$1] }
      for i in sum.indices { sum[i] += within[i] + along * (conditional[i] - mean[i]) }
    }
    return sum.map { $0 / (Double(means.count) * sigma * sigma) }
  }

  /// A key that any change of the signal or of σ changes (FNV-1a over words).
  private static func key(_ values: [Float], _ sigma: Double) -> UInt64 {
    values.reduce(sigma.bitPattern) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3 }
  }
}
