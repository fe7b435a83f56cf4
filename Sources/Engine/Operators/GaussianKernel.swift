import Foundation

/// The Gaussian blur kernel of DPS: a separable Gaussian on an odd square.
///
/// The Gaussian is cut at `truncate` standard deviations. What of it lies outside the square is
/// folded back by mirroring at its edges (with the edge repeated), as it happens when a Gaussian
/// filter is applied to a single bright pixel; the kernel always sums to 1.
public struct GaussianKernel: Sendable, Equatable {
  /// The side of the square in pixels, odd.
  public let size: Int
  /// The standard deviation in pixels.
  public let intensity: Double
  /// The weights along one axis, `size` numbers; the kernel is their outer product.
  public let taps: [Double]

  /// The sides a kernel may have.
  public static let sizeRange = 1...4095
  /// The standard deviations a kernel may have, in pixels.
  public static let intensityRange = 0x1p-20...1024.0

  /// Computes a kernel.
  ///
  /// - Parameters:
  ///   - size: the side of the square, odd, in ``sizeRange``.
  ///   - intensity: the standard deviation in pixels, in ``intensityRange``.
  ///   - truncate: where the Gaussian is cut, in standard deviations, 1…16.
  /// - Throws: ``OperatorError`` if a value is not allowed.
  public init(size: Int, intensity: Double, truncate: Double = 4) throws(OperatorError) {
    guard size % 2 == 1, Self.sizeRange.contains(size) else { throw .kernelSize(size) }
    guard Self.intensityRange.contains(intensity) else { throw .blurIntensity(intensity) }
    guard truncate >= 1, truncate <= 16 else { throw .blurTruncation(truncate) }
    self.size = size
    self.intensity = intensity
    self.taps = Self.folded(
      Self.gaussian(intensity, radius: Int(truncate * intensity + 0.5)), into: size)
  }

  /// The two-dimensional kernel, [size, size] row by row.
  public func square() -> [Double] {
    taps.flatMap { row in taps.map { row * $0 } }
  }

  private static func gaussian(_ deviation: Double, radius: Int) -> [Double] {
    let values = (-radius...radius).map {
      exp(-0.5 * Double($0 * $0) / (deviation * deviation))
    }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  private static func folded(_ weights: [Double], into size: Int) -> [Double] {
    var taps = Array(repeating: 0.0, count: size)
    let first = size / 2 - weights.count / 2
    for (offset, weight) in weights.enumerated() {
      let index = first + offset
      let folded = ((index % (2 * size)) + 2 * size) % (2 * size)
      taps[folded < size ? folded : 2 * size - 1 - folded] += weight
    }
    return taps
  }
}
