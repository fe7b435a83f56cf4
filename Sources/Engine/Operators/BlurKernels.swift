import Foundation

/// Weights of one axis of a separable kernel, each list summing to 1.
public struct SeparableKernel: Sendable, Equatable {
  /// Weights along a column of pixels, an odd number of them.
  public let vertical: [Double]
  /// Weights along a row of pixels, as many as the vertical ones.
  public let horizontal: [Double]

  /// The mean over a square of `size` pixels a side.
  ///
  /// - Throws: ``OperatorError/kernelSize(_:)`` unless the size is odd and in ``GaussianKernel/sizeRange``.
  public static func uniform(size: Int) throws(OperatorError) -> SeparableKernel {
    try check(size)
    let taps = [Double](repeating: 1 / Double(size), count: size)
    return SeparableKernel(vertical: taps, horizontal: taps)
  }

  /// A Gaussian with another width along each axis, cut at the edge of a square of `size` pixels a side.
  ///
  /// - Parameter intensities: the standard deviations in pixels.
  /// - Throws: ``OperatorError`` unless the size is odd and the deviations are in
  ///   ``GaussianKernel/intensityRange``.
  public static func anisotropic(
    size: Int, intensities: (vertical: Double, horizontal: Double)
  ) throws(OperatorError) -> SeparableKernel {
    try check(size)
    return SeparableKernel(
      vertical: try gaussian(size, intensities.vertical),
      horizontal: try gaussian(size, intensities.horizontal))
  }

  /// The outer product of both lists.
  public func square() throws -> ConvolutionKernel {
    try ConvolutionKernel(
      vertical.flatMap { row in horizontal.map { row * $0 } }, height: vertical.count,
      width: horizontal.count)
  }

  private static func check(_ size: Int) throws(OperatorError) {
    guard size % 2 == 1, GaussianKernel.sizeRange.contains(size) else { throw .kernelSize(size) }
  }

  private static func gaussian(_ size: Int, _ deviation: Double) throws(OperatorError) -> [Double] {
    guard GaussianKernel.intensityRange.contains(deviation) else { throw .blurIntensity(deviation) }
    let values = (0..<size).map { index in
      let distance = Double(index - size / 2) / deviation
      return exp(-0.5 * distance * distance)
    }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }
}

extension ConvolutionKernel {
  /// A Gaussian with two widths, turned, cut at the edge of a square; its weights sum to 1.
  ///
  /// - Parameters:
  ///   - size: the side of the square in pixels, odd.
  ///   - intensities: the standard deviations in pixels along the axes before they are turned.
  ///   - angle: by how many degrees the axes are turned, from the horizontal one towards the vertical
  ///     one, which points down.
  /// - Throws: ``OperatorError`` for other sizes and deviations.
  public static func anisotropic(
    size: Int, intensities: (vertical: Double, horizontal: Double), angle: Double
  ) throws -> ConvolutionKernel {
    let straight = try SeparableKernel.anisotropic(size: size, intensities: intensities)
    guard angle != 0 else { return try straight.square() }
    let (cosine, sine) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
    let values = (0..<size * size).map { index in
      let (y, x) = (Double(index / size - size / 2), Double(index % size - size / 2))
      let along = (cosine * x + sine * y) / intensities.horizontal
      let across = (cosine * y - sine * x) / intensities.vertical
      return exp(-0.5 * (along * along + across * across))
    }
    let sum = values.reduce(0, +)
    return try ConvolutionKernel(values.map { $0 / sum }, height: size, width: size)
  }

  /// The kernel turned by half a turn, its centre kept: correlating with one is convolving with the other.
  public func flipped() throws -> ConvolutionKernel {
    let (rows, columns) = (height | 1, width | 1)
    var turned = [Double](repeating: 0, count: rows * columns)
    for row in 0..<height {
      for column in 0..<width {
        turned[(2 * (height / 2) - row) * columns + 2 * (width / 2) - column] = self[row, column]
      }
    }
    return try ConvolutionKernel(turned, height: rows, width: columns)
  }
}
