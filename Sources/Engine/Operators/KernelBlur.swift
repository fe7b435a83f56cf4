import Tensors

/// Blur with any kernel, the image reflected at its border without repeating the edge pixel.
///
/// The kernel is correlated with the image (not flipped), its centre at half its sides, rounded down, the
/// same for every channel; a measurement has the shape of the image. Computed by Fourier transforms of the
/// image with its border, so the cost hardly depends on the size of the kernel.
public struct KernelBlur: LinearOperator {
  let kernel: ConvolutionKernel
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }

  private let image: ImageShape
  private let border: ReflectedBorder
  /// The blur of the image with its border, on a plane large enough that nothing wraps around into it.
  private let plane: CircularConvolution

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - kernel: half its sides must be smaller than the image's.
  ///   - imageShape: the shape [C, H, W] of images.
  /// - Throws: ``OperatorError/imageTooSmall(height:width:kernelSize:)`` for a larger kernel.
  public init(kernel: ConvolutionKernel, imageShape: [Int]) throws {
    let image = try ImageShape(imageShape)
    try image.checkReflection(rows: kernel.height, columns: kernel.width)
    self.kernel = kernel
    self.image = image
    border = ReflectedBorder(kernelHeight: kernel.height, kernelWidth: kernel.width)
    plane = try CircularConvolution(
      kernel: kernel.flipped(),
      imageShape: [
        image.channels, Self.transformSide(atLeast: image.height + kernel.height),
        Self.transformSide(atLeast: image.width + kernel.width),
      ])
  }

  private init(moving other: KernelBlur, plane: CircularConvolution) {
    (kernel, image, border) = (other.kernel, other.image, other.border)
    self.plane = plane
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == imageShape else {
      throw OperatorError.shape(operation: "Blur", wanted: "\(imageShape)", found: shape)
    }
    return shape
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Blur")
    let extended = try border.extended(x)
    let free = spare(beside: extended)
    return try plane.apply(
      extended.padded(top: 0, bottom: free.rows, left: 0, right: free.columns, .zeros)
    )
    .sliced(border.top..<border.top + image.height, along: 2)
    .sliced(border.left..<border.left + image.width, along: 3)
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    try image.check(y, "The adjoint of blur")
    let free = spare(beside: y)
    let spread = try plane.adjoint(
      y.padded(
        top: border.top, bottom: free.rows - border.top, left: border.left,
        right: free.columns - border.left, .zeros))
    return try border.folded(
      spread
        .sliced(0..<image.height + border.top + border.bottom, along: 2)
        .sliced(0..<image.width + border.left + border.right, along: 3))
  }

  public func moved(to device: Device) throws -> KernelBlur {
    KernelBlur(moving: self, plane: try plane.moved(to: device))
  }

  /// The rows and columns of the plane beyond those of a tensor.
  private func spare(beside tensor: Tensor) -> (rows: Int, columns: Int) {
    (plane.imageShape[1] - tensor.shape[2], plane.imageShape[2] - tensor.shape[3])
  }

  /// The smallest product of twos, threes and fives that is large enough: lengths with fast transforms.
  private static func transformSide(atLeast length: Int) -> Int {
    (length...).first { candidate in
      var rest = candidate
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      return rest == 1
    } ?? length
  }
}
