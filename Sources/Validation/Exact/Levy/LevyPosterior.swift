import Engine
import LinearAlgebra
import Tensors

/// The posterior of a Lévy process under a linear operator, drawn by Gibbs chains.
struct LevyPosterior: KnownPosterior {
  /// Sweeps before the first draw, and between two draws.
  static let (burnIn, thinning) = (300, 25)
  /// Sweeps of the chain that tells the moments.
  static let longChain = 20_000

  let mean: [Double]
  let deviation: [Double]
  /// The longest autocorrelation time over values and jumps, in sweeps.
  let autocorrelation: Double
  private let law: IncrementLaw
  private let evidence: GaussianEvidence
  private let key: UInt64

  /// - Parameter key: tells the random numbers of problems apart.
  init(_ law: IncrementLaw, _ problem: InverseProblem, key: UInt64, longChain: Int = longChain)
    throws
  {
    let linear = try problem.linearOperator(for: "Gibbs")
    let evidence = try GaussianEvidence(
      linear.matrix(imageShape: problem.model.imageShape),
      measurement: problem.measurement.doubles(), sigma: problem.gaussianSigma(for: "Gibbs"))
    var chain = LevyChain(
      law, evidence: evidence, numbers: RandomNumbers(seed: .max, image: key))
    for _ in 0..<Self.burnIn { chain.sweep() }
    var moments = ChainMoments(chain)
    for _ in 0..<longChain {
      chain.sweep()
      moments.add(chain)
    }
    (mean, deviation) = (moments.mean, moments.deviation)
    autocorrelation = moments.autocorrelation
    (self.law, self.evidence, self.key) = (law, evidence, key)
  }

  func draws(_ count: Int, set: Int) -> [Float] {
    var chain = LevyChain(
      law, evidence: evidence, numbers: RandomNumbers(seed: UInt64(set), image: key))
    for _ in 0..<Self.burnIn { chain.sweep() }
    return (0..<count).flatMap { _ in
      for _ in 0..<Self.thinning { chain.sweep() }
      return chain.signal.map { Float($0) }
    }
  }
}

/// Moments of a long chain, and how slowly it forgets.
private struct ChainMoments {
  private var count = 0.0
  private var means, sums, squares: [Double]
  private let shift: [Double]
  /// Some values of x and the sizes of their increments, sweep by sweep.
  private var traces: [[Double]]
  private let watched: [Int]

  init(_ chain: LevyChain) {
    let size = chain.signal.count
    means = [Double](repeating: 0, count: size)
    (sums, squares, shift) = (means, means, chain.conditionalMean)
    watched = Array(stride(from: 0, to: size, by: max(1, size / 8)))
    traces = [[Double]](repeating: [], count: 2 * watched.count)
  }

  mutating func add(_ chain: LevyChain) {
    count += 1
    for i in means.indices {
      means[i] += chain.conditionalMean[i]
      let offset = chain.signal[i] - shift[i]
      sums[i] += offset
      squares[i] += offset * offset
    }
    for (place, i) in watched.enumerated() {
      traces[2 * place].append(chain.signal[i])
      traces[2 * place + 1].append(abs(chain.signal[i] - (i > 0 ? chain.signal[i - 1] : 0)))
    }
  }

  var mean: [Double] { means.map { $0 / count } }

  var deviation: [Double] {
    zip(sums, squares).map { ($1 / count - ($0 / count) * ($0 / count)).squareRoot() }
  }

  var autocorrelation: Double { traces.map(autocorrelationTime).max() ?? 1 }
}
