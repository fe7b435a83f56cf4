import Tensors

/// Gaussian blur: y is x correlated with a ``GaussianKernel``, the image reflected at its border.
///
/// The reflection does not repeat the edge pixel. Since the kernel is separable, the blur is a
/// matrix for each axis that holds the reflection as well; it agrees with the published two-dimensional
/// correlation up to rounding. A measurement has the shape of the image.
public struct GaussianBlur: LinearOperator {
  public let kernel: GaussianKernel
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }

  private let image: ImageShape
  private let matrices: AxisMatrices

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - kernelSize: the side of the kernel in pixels, odd.
  ///   - intensity: the standard deviation of the Gaussian in pixels.
  ///   - imageShape: the shape [C, H, W] of images; H and W must be larger than `kernelSize`/2.
  /// - Throws: ``OperatorError`` for other values.
  public init(kernelSize: Int, intensity: Double, imageShape: [Int]) throws {
    let kernel = try GaussianKernel(size: kernelSize, intensity: intensity)
    let image = try ImageShape(imageShape)
    guard min(image.height, image.width) > kernelSize / 2 else {
      throw OperatorError.imageTooSmall(
        height: image.height, width: image.width, kernelSize: kernelSize)
    }
    self.kernel = kernel
    self.image = image
    self.matrices = try AxisMatrices(
      vertical: kernel.reflectingMatrix(length: image.height), (image.height, image.height),
      horizontal: kernel.reflectingMatrix(length: image.width), (image.width, image.width))
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == imageShape else {
      throw OperatorError.shape(operation: "Gaussian blur", wanted: "\(imageShape)", found: shape)
    }
    return shape
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Gaussian blur")
    return try matrices.apply(x)
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    try image.check(y, "The adjoint of Gaussian blur")
    return try matrices.adjoint(y)
  }

  public func moved(to device: Device) throws -> GaussianBlur {
    GaussianBlur(moving: self, matrices: try matrices.moved(to: device))
  }

  private init(moving other: GaussianBlur, matrices: AxisMatrices) {
    self.kernel = other.kernel
    self.image = other.image
    self.matrices = matrices
  }
}

extension GaussianKernel {
  /// The correlation of an axis with the taps as a matrix, [length, length] row by row.
  ///
  /// The axis is reflected at its ends without repeating the edge.
  /// - Precondition: `length` > `size`/2.
  func reflectingMatrix(length: Int) -> [Double] {
    precondition(length > size / 2, "An axis cannot be reflected beyond its own length.")
    var matrix = [Double](repeating: 0, count: length * length)
    for row in 0..<length {
      for (offset, tap) in taps.enumerated() {
        let index = abs(row + offset - size / 2)
        let column = index < length ? index : 2 * (length - 1) - index
        matrix[row * length + column] += tap
      }
    }
    return matrix
  }
}
