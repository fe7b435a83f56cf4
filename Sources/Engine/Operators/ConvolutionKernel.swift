/// The weights of a two-dimensional convolution, its centre at row height/2 and column width/2.
///
/// Divisions round down, so the centre of an even side is right of, or below, the middle.
public struct ConvolutionKernel: Sendable, Equatable {
  let height: Int
  let width: Int
  /// height·width weights, row by row.
  public let values: [Double]

  /// - Throws: ``ConvolutionKernelError`` if the values do not fill the sides or are not finite.
  public init(
    _ values: [Double], height: Int, width: Int
  ) throws(ConvolutionKernelError) {
    guard height > 0, width > 0, values.count == height * width else {
      throw .count(values: values.count, height: height, width: width)
    }
    guard values.allSatisfy(\.isFinite) else { throw .notFinite }
    self.values = values
    self.height = height
    self.width = width
  }

  /// The value at row `row`, column `column`.
  public subscript(row: Int, column: Int) -> Double { values[row * width + column] }

  /// - Throws: ``ConvolutionKernelError/tooLarge(kernel:image:)`` unless both sides are within those of an image.
  func check(imageHeight: Int, imageWidth: Int) throws(ConvolutionKernelError) {
    guard height <= imageHeight, width <= imageWidth else {
      throw .tooLarge(kernel: [height, width], image: [imageHeight, imageWidth])
    }
  }

  /// The kernel on an image of another size, its centre at row 0 and column 0, wrapped around.
  func wrapped(height: Int, width: Int) -> [Double] {
    var image = [Double](repeating: 0, count: height * width)
    for row in 0..<self.height {
      for column in 0..<self.width {
        // height − 1 is −1 modulo height, and nothing is negative.
        let y = (row + (height - 1) * (self.height / 2)) % height
        let x = (column + (width - 1) * (self.width / 2)) % width
        image[y * width + x] += self[row, column]
      }
    }
    return image
  }
}

/// Why a convolution kernel cannot be made or used.
public enum ConvolutionKernelError: Error, Sendable, Equatable, CustomStringConvertible {
  case count(values: Int, height: Int, width: Int)
  case notFinite
  case tooLarge(kernel: [Int], image: [Int])
  /// A side outside what a kind of kernel may have.
  case side(Int, allowed: ClosedRange<Int>)

  public var description: String {
    switch self {
    case .count(let values, let height, let width):
      "a convolution kernel of \(height)×\(width) cannot have \(values) values"
    case .notFinite: "a convolution kernel has a value that is not finite"
    case .tooLarge(let kernel, let image):
      "a kernel of \(kernel[0])×\(kernel[1]) does not fit on an image of \(image[0])×\(image[1])"
    case .side(let side, let allowed):
      "the side of the kernel is \(side); it must be in \(allowed.lowerBound)…\(allowed.upperBound)"
    }
  }
}
