/// The weights that resize one axis of an image: output pixels are weighted sums of input pixels.
///
/// Antialiased as in MATLAB's `imresize`: when shrinking, the kernel is stretched so that it covers
/// every input pixel. Beyond the border the image is mirrored with its edge repeated.
/// Source: the resizer published with DPS and DAPS, whose numbers this type repeats.
public struct ResizerWeights: Sendable, Equatable {
  /// The number of input pixels.
  public let inputLength: Int
  /// The number of output pixels, ⌈inputLength · scale⌉.
  public let outputLength: Int
  /// The number of terms of each sum.
  public let tapCount: Int
  /// The weights, [outputLength, tapCount] row by row; each row sums to 1.
  public let weights: [Double]
  /// The input pixels they apply to, of the same shape; a pixel may occur twice near the border.
  public let fieldOfView: [Int]

  /// The lengths an axis may have.
  public static let lengthRange = 1...4096

  /// Computes the weights.
  ///
  /// - Parameters:
  ///   - inputLength: the number of input pixels, in ``lengthRange``.
  ///   - scale: output size divided by input size: ¼ makes an image four times smaller.
  ///   - kernel: the interpolation kernel.
  ///   - antialiasing: whether to stretch the kernel when shrinking.
  /// - Throws: ``OperatorError`` if the length is out of range, or the scale is not a number in
  ///   2⁻¹⁰…2¹⁰ that leaves an output in ``lengthRange``.
  public init(
    inputLength: Int, scale: Double, kernel: ResizingKernel = .cubic, antialiasing: Bool = true
  ) throws(OperatorError) {
    guard Self.lengthRange.contains(inputLength) else { throw .axisLength(inputLength) }
    guard scale >= 0x1p-10, scale <= 0x1p10 else { throw .resizingScale(scale) }
    let outputLength = Int((Double(inputLength) * scale).rounded(.up))
    guard Self.lengthRange.contains(outputLength) else { throw .axisLength(outputLength) }
    let axis = Axis(
      inputLength: inputLength, outputLength: outputLength, scale: scale, kernel: kernel,
      stretch: antialiasing && scale < 1)
    let columns = axis.usedColumns()
    self.inputLength = inputLength
    self.outputLength = outputLength
    self.tapCount = columns.count
    self.weights = (0..<outputLength).flatMap { row in columns.map { axis.weights[row][$0] } }
    self.fieldOfView = (0..<outputLength).flatMap { row in
      columns.map { axis.mirrored(axis.left[row] + $0) }
    }
  }

  /// The weights as a matrix, [outputLength, inputLength] row by row.
  ///
  /// Weights of a pixel that occurs twice are added, so the matrix holds the mirroring as well and
  /// its transpose is the exact adjoint.
  public func matrix() -> [Double] {
    var matrix = Array(repeating: 0.0, count: outputLength * inputLength)
    for row in 0..<outputLength {
      for tap in row * tapCount..<(row + 1) * tapCount {
        matrix[row * inputLength + fieldOfView[tap]] += weights[tap]
      }
    }
    return matrix
  }
}

extension ResizerWeights {
  /// The candidate taps of every output pixel before unused ones are dropped.
  private struct Axis {
    let inputLength: Int
    /// The first candidate of each output pixel, 0-based, not yet mirrored.
    let left: [Int]
    let weights: [[Double]]

    init(
      inputLength: Int, outputLength: Int, scale: Double, kernel: ResizingKernel, stretch: Bool
    ) {
      let width = stretch ? kernel.width / scale : kernel.width
      let candidates = Int(width.rounded(.up)) + 2
      let shift = (Double(outputLength) - Double(inputLength) * scale) / 2
      let centres = (1...outputLength).map {
        (Double($0) - shift) / scale + 0.5 * (1 - 1 / scale)
      }
      let left = centres.map { Int(($0 - width / 2).rounded(.down)) - 1 }
      let factor = stretch ? scale : 1
      self.inputLength = inputLength
      self.left = left
      self.weights = zip(centres, left).map { centre, first in
        Self.normalized(
          (0..<candidates).map { factor * kernel(factor * (centre - Double(first + $0) - 1)) })
      }
    }

    private static func normalized(_ row: [Double]) -> [Double] {
      let sum = row.reduce(0, +)
      return sum == 0 ? row : row.map { $0 / sum }
    }

    /// The columns where at least one weight is not zero.
    func usedColumns() -> [Int] {
      weights[0].indices.filter { column in weights.contains { $0[column] != 0 } }
    }

    /// Folds an index into the image by mirroring with the edge repeated.
    func mirrored(_ index: Int) -> Int {
      let period = 2 * inputLength
      let folded = ((index % period) + period) % period
      return folded < inputLength ? folded : period - 1 - folded
    }
  }
}
