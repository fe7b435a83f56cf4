import Tensors

/// Blur with any kernel and a periodic border: what leaves the image at one side enters at the other.
///
/// The kernel is correlated with the image (not flipped), as in the other blurs here; ``CircularConvolution``
/// flips it. Diagonal in the Fourier domain: pseudo-inverse and proximal point are exact.
public struct CircularBlur: PseudoInvertible {
  let kernel: ConvolutionKernel
  let convolution: CircularConvolution

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - kernel: no larger than the image.
  ///   - imageShape: the shape [C, H, W] of images.
  public init(kernel: ConvolutionKernel, imageShape: [Int]) throws {
    self.init(
      kernel: kernel,
      convolution: try CircularConvolution(correlating: kernel, imageShape: imageShape))
  }

  private init(kernel: ConvolutionKernel, convolution: CircularConvolution) {
    self.kernel = kernel
    self.convolution = convolution
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    try convolution.measurementShape(ofImage: shape)
  }

  public func apply(_ x: Tensor) throws -> Tensor { try convolution.apply(x) }

  public func adjoint(_ y: Tensor) throws -> Tensor { try convolution.adjoint(y) }

  public func normal(_ x: Tensor) throws -> Tensor { try convolution.normal(x) }

  /// A⁺ y, each frequency on its own (``CircularConvolution/pseudoInverse(_:)``).
  public func pseudoInverse(_ y: Tensor) throws -> Tensor { try convolution.pseudoInverse(y) }

  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    try convolution.proximal(center, precision: precision, measurement: y, variance: variance)
  }

  public func moved(to device: Device) throws -> CircularBlur {
    CircularBlur(kernel: kernel, convolution: try convolution.moved(to: device))
  }
}
