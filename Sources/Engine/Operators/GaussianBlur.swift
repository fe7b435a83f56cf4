import Tensors

/// Gaussian blur: y is x correlated with a ``GaussianKernel``, the image reflected at its border.
///
/// The reflection does not repeat the edge pixel. Since the kernel is separable, the blur is a
/// matrix for each axis that holds the reflection as well; it agrees with the published two-dimensional
/// correlation up to rounding. A measurement has the shape of the image.
public struct GaussianBlur: SeparableOperator {
  static let title = "Gaussian blur"

  let kernel: GaussianKernel
  private let blur: SeparableBlur

  var image: ImageShape { blur.image }
  var measurement: ImageShape { blur.image }
  var matrices: AxisMatrices { blur.matrices }

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - kernelSize: the side of the kernel in pixels, odd.
  ///   - intensity: the standard deviation of the Gaussian in pixels.
  ///   - imageShape: the shape [C, H, W] of images; H and W must be larger than `kernelSize`/2.
  /// - Throws: ``OperatorError`` for other values.
  public init(kernelSize: Int, intensity: Double, imageShape: [Int]) throws {
    let kernel = try GaussianKernel(size: kernelSize, intensity: intensity)
    self.init(
      kernel: kernel,
      blur: try SeparableBlur(
        vertical: kernel.taps, horizontal: kernel.taps, imageShape: imageShape))
  }

  private init(kernel: GaussianKernel, blur: SeparableBlur) {
    self.kernel = kernel
    self.blur = blur
  }

  public func moved(to device: Device) throws -> GaussianBlur {
    GaussianBlur(kernel: kernel, blur: try blur.moved(to: device))
  }
}
