import Foundation
import LinearAlgebra
import Tensors

/// The posterior of a Gaussian or Gaussian-mixture prior under a linear operator, in closed form.
///
/// It is the truth that samplers are measured against. Work grows with the cube of the number of
/// measurements: meant for images of up to a few thousand values.
public struct ExactPosterior: Sendable {
  /// Values of an image or a measurement up to which matrices are formed.
  public static let sizeLimit = 8192

  let components: [GaussianConditioning]
  /// Posterior probabilities of the components.
  public let weights: [Double]
  let measurement: [Double]
  let sigma: Double

  /// Conditions `problem`'s prior on its measurement.
  ///
  /// - Throws: ``ExactPosteriorError`` if the prior is not Gaussian or a mixture, the operator not
  ///   linear, or the problem too large; ``LinearAlgebraError`` if the measurement is noiseless
  ///   and redundant.
  public init(_ problem: InverseProblem) throws {
    let linear = try Self.check(problem)
    let measured = try problem.measurement.doubles()
    let forward = try linear.matrix(imageShape: problem.model.imageShape)
    let priors = try Self.gaussians(problem.model)
    let sigma = try Self.sigma(of: problem)
    components = try priors.map {
      try GaussianConditioning(
        mean: $0.mean, covariance: $0.covariance, factor: $0.factor, forward: forward,
        measurement: measured, sigma: sigma)
    }
    weights = Self.posteriorWeights(priors.map(\.weight), components.map(\.logEvidence))
    measurement = measured
    self.sigma = sigma
  }

  /// Finds, before any work, what has no posterior in closed form.
  ///
  /// - Returns: the problem's operator.
  /// - Throws: ``ExactPosteriorError``.
  @discardableResult
  public static func check(_ problem: InverseProblem) throws(ExactPosteriorError)
    -> any LinearOperator
  {
    guard problem.model is GaussianPrior || problem.model is GaussianMixturePrior else {
      throw .priorNotGaussian
    }
    guard let linear = problem.measurementOperator as? any LinearOperator else {
      throw .operatorNotLinear
    }
    let size = max(problem.model.imageShape.reduce(1, *), problem.measurement.count)
    guard size <= sizeLimit else { throw .tooLarge(size) }
    return linear
  }

  /// 0 for measurements without noise.
  private static func sigma(of problem: InverseProblem) throws -> Double {
    switch problem.noise {
    case .clean, .gaussian(sigma: 0): 0
    default: try problem.gaussianSigma(for: "exact")
    }
  }

  private struct WeightedGaussian {
    let weight: Double
    let mean: [Double]
    let covariance: Matrix
    let factor: Matrix
  }

  private static func gaussians(_ model: any DiffusionModel) throws -> [WeightedGaussian] {
    switch model {
    case let gaussian as GaussianPrior:
      let covariance = gaussian.covarianceMatrix
      let factor = try factor(of: gaussian)
      return [
        WeightedGaussian(weight: 1, mean: gaussian.mean, covariance: covariance, factor: factor)
      ]
    case let mixture as GaussianMixturePrior:
      return mixture.components.map {
        WeightedGaussian(
          weight: $0.weight, mean: $0.mean,
          covariance: diagonal($0.std * $0.std, $0.mean.count),
          factor: diagonal($0.std, $0.mean.count))
      }
    default: throw ExactPosteriorError.priorNotGaussian
    }
  }

  /// F with Σ = F·Fᵀ.
  private static func factor(of prior: GaussianPrior) throws -> Matrix {
    if let std = prior.isotropicStd { return diagonal(std, prior.mean.count) }
    return try SymmetricEigen(prior.covarianceMatrix).factor
  }

  private static func diagonal(_ value: Double, _ size: Int) -> Matrix {
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size { matrix[i, i] = value }
    return matrix
  }

  private static func posteriorWeights(_ prior: [Double], _ logEvidence: [Double]) -> [Double] {
    let logs = zip(prior, logEvidence).map { log($0) + $1 }
    let largest = logs.max() ?? 0
    let shares = logs.map { exp($0 - largest) }
    let total = shares.reduce(0, +)
    return shares.map { $0 / total }
  }
}

// MARK: - Draws from the prior

extension ExactPosterior {
  /// A draw from a prior known in closed form, C·H·W values.
  ///
  /// - Parameters:
  ///   - normals: one standard normal a value.
  ///   - choice: a uniform number that picks the component of a mixture.
  /// - Throws: ``ExactPosteriorError/priorNotGaussian``.
  public static func priorDraw(
    _ model: any DiffusionModel, normals: [Double], choice: Double
  ) throws -> [Double] {
    let priors = try gaussians(model)
    var cumulated = 0.0
    let picked = priors.first { prior in
      cumulated += prior.weight
      return choice < cumulated
    }
    let prior = picked ?? priors[priors.count - 1]
    return try zip(prior.mean, prior.factor * normals).map { $0 + $1 }
  }
}

// MARK: - Moments

extension ExactPosterior {
  /// E[x | y], one value a pixel in the prior's units.
  public var mean: [Double] {
    let means = components.map(\.mean)
    return means[0].indices.map { pixel in
      zip(weights, means).reduce(0) { $0 + $1.0 * $1.1[pixel] }
    }
  }

  /// √Var[x | y], one value a pixel in the prior's units.
  public var standardDeviation: [Double] {
    let total = mean
    let moments = components.map { ($0.mean, $0.variance) }
    return total.indices.map { pixel in
      let variance = zip(weights, moments).reduce(0.0) { sum, term in
        let offset = term.1.0[pixel] - total[pixel]
        return sum + term.0 * (term.1.1[pixel] + offset * offset)
      }
      return variance.squareRoot()
    }
  }
}

extension LinearOperator {
  /// The operator as a matrix [measurements, pixels], column by column from unit images.
  public func matrix(imageShape: [Int], columnsAtOnce: Int = 256) throws -> Matrix {
    let size = imageShape.reduce(1, *)
    let rows = try measurementShape(ofImage: imageShape).reduce(1, *)
    var matrix = Matrix(rows: rows, columns: size)
    let linear = try moved(to: .cpu)
    for start in stride(from: 0, to: size, by: columnsAtOnce) {
      let count = min(columnsAtOnce, size - start)
      var units = [Float](repeating: 0, count: count * size)
      for i in 0..<count { units[i * size + start + i] = 1 }
      let images = try linear.apply(Tensor(units, shape: [count] + imageShape)).doubles()
      for i in 0..<count {
        for row in 0..<rows { matrix[row, start + i] = images[i * rows + row] }
      }
    }
    return matrix
  }
}

/// A problem without a posterior in closed form.
public enum ExactPosteriorError: Error, Sendable, Equatable, CustomStringConvertible {
  case priorNotGaussian
  case operatorNotLinear
  case tooLarge(Int)

  public var description: String {
    switch self {
    case .priorNotGaussian:
      "exact draws need a gaussian or gaussian-mixture prior"
    case .operatorNotLinear:
      "exact draws need a linear measurement operator"
    case .tooLarge(let size):
      "exact draws form matrices: \(size) values are more than \(ExactPosterior.sizeLimit)"
    }
  }
}
