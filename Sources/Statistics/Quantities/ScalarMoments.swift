/// Mean, spread and quantiles of the values of a scalar quantity; the same for any order of the values.
public struct ScalarMoments: Sendable {
  private let sorted: [Double]
  /// The mean; NaN for no value.
  public let mean: Double
  /// The standard deviation with n − 1; NaN for less than two values.
  public let standardDeviation: Double

  /// Of values that are not NaN.
  public init(_ values: [Double]) {
    sorted = values.sorted()
    let count = Double(sorted.count)
    let mean = sorted.reduce(0, +) / count
    let squares = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardDeviation = sorted.count > 1 ? (squares / (count - 1)).squareRoot() : .nan
  }

  /// std/√n, for independent values.
  public var monteCarloError: Double { standardDeviation / Double(sorted.count).squareRoot() }

  /// The quantile of a level p in [0, 1], interpolated at (n − 1)·p as in numpy's default; NaN for no value.
  public func quantile(_ p: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = Double(sorted.count - 1) * p
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }
}
