import LinearAlgebra

/// The leading modes of the joint uncertainty of an image: eigenvectors of the covariance of its samples.
///
/// A map of standard deviations says how uncertain each pixel is; a mode says which pixels are wrong
/// together. With samples x_k, k = 1 … K, of N values, the covariance Σ_k (x_k − x̄)(x_k − x̄)ᵀ/(K − 1)
/// has at most K − 1 modes. They follow from the K × K Gram matrix of the deviations, so an N × N
/// matrix is never formed: memory is 8·K·N bytes for the deviations and 24·K² for the matrix.
///
/// Sums run over pixels and samples in their order in float64, and the eigenvectors are LAPACK's, so
/// the same samples in the same order give the same bits on one processor family, whoever drew them.
///
/// Source: Sirovich, "Turbulence and the dynamics of coherent structures", Quart. Appl. Math. 1987.
public struct PrincipalComponents: Sendable {
  /// Samples that are taken at most: work grows with K²·N.
  public static let maximumSamples = 1024

  /// One mode.
  public struct Mode: Sendable, Equatable {
    /// N values of norm 1; the value of the largest magnitude, the first of equals, is positive.
    public let direction: [Float]
    /// The standard deviation of the samples along the direction.
    public let deviation: Double
    /// The share of the total variance, in 0…1.
    public let explained: Double
  }

  /// x̄, N values.
  public let mean: [Float]
  /// The sum of the variances of all values.
  public let totalVariance: Double
  /// By falling deviation; fewer than asked for where the samples have no more.
  public let modes: [Mode]

  /// Finds the modes of samples of one image.
  ///
  /// - Parameters:
  ///   - samples: 2…``maximumSamples`` of them, in the order of their indices, N values each.
  ///   - count: how many modes are wanted, at least 0.
  /// - Throws: ``PrincipalComponentsError``, or `LinearAlgebraError` if OpenBLAS is missing.
  public init(_ samples: [[Float]], count: Int) throws {
    let size = samples.first?.count ?? 0
    guard samples.allSatisfy({ $0.count == size }) else {
      throw PrincipalComponentsError.unequalSizes
    }
    try self.init(samples.flatMap { $0 }, shape: [samples.count, size], count: count)
  }

  /// Finds the modes of samples one after the other, of shape [K, N] or [K, C, H, W].
  public init(_ samples: [Float], shape: [Int], count: Int) throws {
    let deviations = try SampleDeviations(samples, shape: shape, limit: Self.maximumSamples)
    let number = deviations.count
    let eigen = try SymmetricEigen(deviations.gram())
    mean = deviations.mean.map { Float($0) }
    let trace = deviations.squares
    totalVariance = trace / Double(number - 1)
    modes = (0..<min(count, number - 1)).compactMap { rank in
      let column = number - 1 - rank
      let value = eigen.values[column]
      // Below this an eigenvalue is the rounding of others, and its vector is anything.
      guard value > Double(number) * 1e-14 * trace else { return nil }
      let direction = deviations.combined((0..<number).map { eigen.vectors[$0, column] })
      return Mode(
        direction: direction, deviation: (value / Double(number - 1)).squareRoot(),
        explained: min(1, value / trace))
    }
  }
}

/// Samples whose modes cannot be found.
public enum PrincipalComponentsError: Error, Sendable, Equatable, CustomStringConvertible {
  case sampleCount(Int, limit: Int)
  case shape([Int], values: Int)
  case unequalSizes
  case notFinite

  public var description: String {
    switch self {
    case .sampleCount(let count, let limit):
      "modes and principal components need 2…\(limit) samples, not \(count)"
    case .shape(let shape, let values):
      "\(values) values are no samples of shape \(shape), samples first"
    case .unequalSizes:
      "the samples of one image have different sizes"
    case .notFinite:
      "a sample has a value that is not finite; leave failed samples out"
    }
  }
}
