import Foundation
import LinearAlgebra

/// Draws motion blur kernels by the recipe published with DPS and DAPS.
///
/// A ``MotionPath`` is drawn as a line on a canvas twice as large as the kernel, blurred, halved by
/// Lanczos interpolation, clipped at 0 and divided by its sum. The recipe's law is kept, its random
/// numbers and its drawing are not: the line here is anti-aliased by its distance to each pixel, the
/// Gaussian is exact, the middle of the canvas is the middle of the kernel, and nothing is rounded
/// to 8 bits (the published code draws with PIL).
public enum MotionKernel {
  /// The sides a kernel may have.
  public static let sizeRange = 1...1023
  /// How much the path may curve.
  public static let intensityRange = 0.0...1.0

  /// Draws the kernel of an image.
  ///
  /// - Parameters:
  ///   - size: the side of the kernel in pixels, odd.
  ///   - intensity: how much the path curves, in ``intensityRange``.
  ///   - seed: the seed of the run.
  ///   - image: the key of the image.
  /// - Throws: ``OperatorError`` if a value is not allowed.
  public static func draw(
    size: Int, intensity: Double, seed: UInt64, image: UInt64
  ) throws -> ConvolutionKernel {
    guard size % 2 == 1, sizeRange.contains(size) else { throw OperatorError.kernelSize(size) }
    guard intensityRange.contains(intensity) else {
      throw OperatorError.motionIntensity(intensity)
    }
    var generator = StreamGenerator(
      NoiseStream(seed: seed, image: image, purpose: .operatorParameters))
    let path = MotionPath(canvas: 2 * size, intensity: intensity, &generator)
    return try kernel(of: path, size: size)
  }

  /// The kernel that a path leaves, with weights that are not negative and sum to 1.
  static func kernel(of path: MotionPath, size: Int) throws -> ConvolutionKernel {
    let diagonal = Double(2 * size) * 2.0.squareRoot()
    let drawn = line(path.points, width: max(1, (diagonal / 150).rounded(.down)), side: 2 * size)
    let blurred = try blurred(
      Matrix(rows: 2 * size, columns: 2 * size, elements: drawn),
      deviation: (diagonal / 100).rounded(.down))
    let halving = try ResizerWeights(inputLength: 2 * size, scale: 0.5, kernel: .lanczos3)
    let half = Matrix(rows: size, columns: 2 * size, elements: halving.matrix())
    let small = try (half * blurred * half.transposed).elements.map { max(0, $0) }
    return try ConvolutionKernel(normalised(small, size: size), height: size, width: size)
  }

  private static func blurred(_ canvas: Matrix, deviation: Double) throws -> Matrix {
    guard deviation > 0 else { return canvas }
    let side = canvas.rows
    let radius = Int(4 * deviation + 0.5)
    let taps = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
    let sum = taps.reduce(0, +)
    var band = Matrix(rows: side, columns: side)
    for row in 0..<side {
      for column in max(0, row - radius)...min(side - 1, row + radius) {
        band[row, column] = taps[column - row + radius] / sum
      }
    }
    return try band * canvas * band.transposed
  }

  /// A path that leaves the canvas altogether would give no weights: then nothing is blurred.
  private static func normalised(_ values: [Double], size: Int) -> [Double] {
    let sum = values.reduce(0, +)
    guard sum > 0 else {
      var still = values
      still[size * size / 2] = 1
      return still
    }
    return values.map { $0 / sum }
  }
}

// MARK: - Drawing

extension MotionKernel {
  /// A line through points on a canvas: the share of each pixel it covers, by the pixel's distance.
  static func line(_ points: [MotionPath.Point], width: Double, side: Int) -> [Double] {
    var canvas = [Double](repeating: 0, count: side * side)
    let reach = width / 2 + 0.5
    let segments =
      points.count > 1 ? Array(zip(points, points.dropFirst())) : [(points[0], points[0])]
    for (start, end) in segments {
      let rows = pixels(start.y, end.y, reach, side)
      let columns = pixels(start.x, end.x, reach, side)
      for row in rows {
        for column in columns {
          let middle = MotionPath.Point(x: Double(column) + 0.5, y: Double(row) + 0.5)
          let cover = min(1, max(0, reach - distance(from: middle, start, end)))
          canvas[row * side + column] = max(canvas[row * side + column], cover)
        }
      }
    }
    return canvas
  }

  /// The pixels of an axis within reach of a segment.
  private static func pixels(
    _ start: Double, _ end: Double, _ reach: Double, _ side: Int
  ) -> Range<Int> {
    let limit = Double(side)
    let first = Int(min(limit, max(0, (min(start, end) - reach).rounded(.down))))
    let last = Int(min(limit, max(0, (max(start, end) + reach).rounded(.up))))
    return first..<last
  }

  private static func distance(
    from point: MotionPath.Point, _ start: MotionPath.Point, _ end: MotionPath.Point
  ) -> Double {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = dx * dx + dy * dy
    let along = (point.x - start.x) * dx + (point.y - start.y) * dy
    let share = length > 0 ? min(1, max(0, along / length)) : 0
    return hypot(point.x - start.x - share * dx, point.y - start.y - share * dy)
  }
}
