import Engine
import LinearAlgebra
import Tensors

/// A posterior that is known, by its moments and by draws.
protocol KnownPosterior: Sendable {
  /// E[x | y], one value a pixel.
  var mean: [Double] { get }
  /// √Var[x | y].
  var deviation: [Double] { get }

  /// Draws in rows; sets of different numbers are independent of each other.
  func draws(_ count: Int, set: Int) throws -> [Float]
}

/// A known posterior made ready to score draws.
struct Yardstick: Sendable {
  /// Reference draws for each draw that is scored.
  static let referenceRatio = 4

  let posterior: any KnownPosterior
  private let problem: InverseProblem
  private let wasserstein: SlicedWasserstein
  private let energy: EnergyDistance

  /// - Parameters:
  ///   - problem: whose posterior it is; a single measurement with Gaussian noise.
  ///   - samples: how many draws are scored at once.
  ///   - set: the set of exact draws that the distances are taken to.
  init(
    _ posterior: any KnownPosterior, _ problem: InverseProblem, samples: Int, set: Int
  ) throws {
    (self.posterior, self.problem) = (posterior, problem)
    let reference = try posterior.draws(Self.referenceRatio * samples, set: set)
    wasserstein = try SlicedWasserstein(posterior.standardised(reference))
    energy = try EnergyDistance(
      posterior.standardised(Array(reference.prefix(samples * posterior.mean.count))))
  }

  func scores(_ draws: [Float]) throws -> DrawScores {
    let standardised = posterior.standardised(draws)
    let moments = standardised.momentErrors
    return DrawScores(
      mean: moments.mean, spread: moments.spread,
      wasserstein: try wasserstein.distance(of: standardised),
      energy: try energy.distance(of: standardised), residual: try residual(draws))
  }

  private func residual(_ draws: [Float]) throws -> Double {
    let x = try Tensor(
      draws, shape: [draws.count / posterior.mean.count] + problem.model.imageShape)
    let residuals = try (problem.measurement - problem.measurementOperator.apply(x)).doubles()
    let mean = residuals.reduce(0) { $0 + $1 * $1 } / Double(residuals.count)
    return mean.squareRoot() / (try problem.gaussianSigma(for: "Yardstick"))
  }
}

extension KnownPosterior {
  /// (x − m)/s of draws, a draw a row.
  func standardised(_ draws: [Float]) -> Matrix {
    let size = mean.count
    var elements = [Double](repeating: 0, count: draws.count)
    for start in stride(from: 0, to: draws.count, by: size) {
      for i in 0..<size {
        elements[start + i] = (Double(draws[start + i]) - mean[i]) / deviation[i]
      }
    }
    return Matrix(rows: draws.count / size, columns: size, elements: elements)
  }
}
