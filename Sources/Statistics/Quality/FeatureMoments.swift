import LinearAlgebra

/// Mean and covariance of the features of many images, for the Fréchet distance between two sets of them (FID).
///
/// Memory is 8·d² bytes for features of d numbers, whatever the number of images.
public struct FeatureMoments: Sendable {
  /// Numbers of a feature.
  public let dimension: Int
  /// Images.
  public private(set) var count = 0
  /// The first features: sums of differences to them do not cancel, however far from 0 all are.
  private var origin: [Double] = []
  private var sum: [Double]
  private var products: Matrix

  /// The moments of no image.
  public init(dimension: Int) {
    self.dimension = dimension
    sum = [Double](repeating: 0, count: dimension)
    products = Matrix(rows: dimension, columns: dimension)
  }

  /// Takes in the features of an image, `dimension` numbers; the sums run in the order of the calls.
  public mutating func add(_ features: [Double]) {
    precondition(features.count == dimension, "features of \(dimension) numbers")
    count += 1
    if origin.isEmpty { origin = features }
    let offset = zip(features, origin).map { $0 - $1 }
    for row in 0..<dimension {
      sum[row] += offset[row]
      for column in 0..<dimension {
        products.elements[row * dimension + column] += offset[row] * offset[column]
      }
    }
  }

  private var mean: [Double] { zip(origin, meanOffset).map { $0 + $1 } }

  private var meanOffset: [Double] { sum.map { $0 / Double(count) } }

  /// With n − 1, as in the published programs.
  private var covariance: Matrix {
    let mean = meanOffset
    var result = products
    for row in 0..<dimension {
      for column in 0..<dimension {
        let spread = products[row, column] - Double(count) * mean[row] * mean[column]
        result[row, column] = spread / Double(count - 1)
      }
    }
    return result
  }

  /// ‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) (Heusel et al. 2017, arXiv 1706.08500).
  ///
  /// Biased upwards for few images: compare only sets of equal size.
  ///
  /// - Parameter other: of the same dimension; both of two images at least, else the distance is NaN.
  /// - Throws: `LinearAlgebraError`.
  public func frechetDistance(to other: FeatureMoments) throws(LinearAlgebraError) -> Double {
    guard count > 1, other.count > 1 else { return .nan }
    let offset = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let (one, two) = (covariance, other.covariance)
    return try offset + one.trace + two.trace - 2 * Self.traceOfRoot(one, two)
  }

  /// Tr (Σ₁Σ₂)^½ = Tr (Fᵀ Σ₂ F)^½ with Σ₁ = F·Fᵀ, whose matrix is symmetric; rounding below 0 counts as 0.
  private static func traceOfRoot(
    _ one: Matrix, _ two: Matrix
  ) throws(LinearAlgebraError) -> Double {
    let factor = try SymmetricEigen(one).factor
    let inner = try (factor.transposed * two) * factor
    return try SymmetricEigen(inner).values.reduce(0) { $0 + max($1, 0).squareRoot() }
  }
}

extension Matrix {
  fileprivate var trace: Double { (0..<rows).reduce(0) { $0 + self[$1, $1] } }
}
