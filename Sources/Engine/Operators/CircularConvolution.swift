import Foundation
import Tensors

/// Blur with a periodic border: y = h ∗ x, one kernel for every channel, by Fourier transforms.
///
/// Convolution, not correlation: the kernel is flipped. Measurements have the shape of the image.
/// Diagonal in the Fourier domain, it has a proximal point and a pseudo-inverse in closed form.
public struct CircularConvolution: PseudoInvertible {
  let kernel: ConvolutionKernel
  /// Coefficients of the kernel's transform smaller than this are 0; 0 leaves all as they are.
  public let threshold: Double
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }
  /// Ĥ, the kernel's transform.
  let transfer: TransferFunction

  private let image: ImageShape

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - kernel: no larger than the image.
  ///   - imageShape: the shape [C, H, W] of images.
  ///   - threshold: ``publishedThreshold(height:width:)`` for the data of UD2M.
  /// - Throws: ``ConvolutionKernelError``, ``OperatorError``.
  public init(kernel: ConvolutionKernel, imageShape: [Int], threshold: Double = 0) throws {
    let image = try ImageShape(imageShape)
    try kernel.check(imageHeight: image.height, imageWidth: image.width)
    try self.init(wrapping: kernel, image, threshold: threshold)
  }

  /// Of a kernel that may be larger than the image: what leaves it at one side enters at the other.
  private init(wrapping kernel: ConvolutionKernel, _ image: ImageShape, threshold: Double) throws {
    self.image = image
    self.kernel = kernel
    self.threshold = threshold
    transfer = try TransferFunction(
      kernel, height: image.height, width: image.width, threshold: threshold)
  }

  /// Correlation with a kernel, which is no larger than the image: turned, one of even sides has a row and a
  /// column more.
  init(correlating kernel: ConvolutionKernel, imageShape: [Int]) throws {
    let image = try ImageShape(imageShape)
    try kernel.check(imageHeight: image.height, imageWidth: image.width)
    try self.init(wrapping: kernel.flipped(), image, threshold: 0)
  }

  /// 2.22e-6·(H·log₂H + W·log₂W), below which UD2M's code clears coefficients.
  ///
  /// 38 % of the coefficients of its 5×5 Gaussian on 256×256 pixels are below it. The first factor
  /// may have been meant to be 2.22e-16, but the published networks were trained with this one.
  public static func publishedThreshold(height: Int, width: Int) -> Double {
    let (h, w) = (Double(height), Double(width))
    return 2.22e-6 * (h * log2(h) + w * log2(w))
  }

  /// Ĥ with its threshold, [1, 1, H, W], complex128.
  public func transferFunction() throws -> Tensor {
    try transfer(for: Tensor.full(0, shape: [1], type: .float64))
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == imageShape else {
      throw OperatorError.shape(
        operation: "Circular convolution", wanted: "\(imageShape)", found: shape)
    }
    return shape
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Circular convolution")
    return try (x.realFourierTransform() * transfer.half(for: x))
      .inverseRealFourierTransform(width: image.width)
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    try image.check(y, "The adjoint of circular convolution")
    return try (y.realFourierTransform() * transfer.half(for: y).conjugate())
      .inverseRealFourierTransform(width: image.width)
  }

  /// AᵀA x, |Ĥ|² between one pair of transforms.
  public func normal(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Circular convolution")
    return try (x.realFourierTransform() * transfer.halfPower(for: x))
      .inverseRealFourierTransform(width: image.width)
  }

  /// The proximal point, each frequency on its own:
  /// (Ĥ*·ŷ/variance + precision·ĉ)/(|Ĥ|²/variance + precision).
  public func proximal(
    _ center: Tensor, precision: Double, measurement y: Tensor, variance: Double
  ) throws -> Tensor {
    try image.check(center, "The proximal point of circular convolution")
    let h = transfer(for: center)
    let data = try y.fourierTransform() * h.conjugate() / variance
    let right = try data + center.fourierTransform() * precision
    return try (right / (transfer.power(for: center) / variance + precision))
      .imageFromTransform()
  }

  /// The pseudo-inverse; coefficients up to ``pseudoInverseCut`` times the largest count as 0.
  public func pseudoInverse(_ y: Tensor) throws -> Tensor {
    try image.check(y, "The pseudo-inverse of circular convolution")
    let power = try transfer.power(for: y)
    let largest = try power.maximum(over: [2, 3], keeping: true)
    let lost = try power.isAtMost(largest * (pseudoInverseCut * pseudoInverseCut))
    let gain = try lost.choosing(power * 0, else: lost.choosing(largest, else: power).reciprocal())
    return try (y.fourierTransform() * transfer(for: y).conjugate() * gain).imageFromTransform()
  }

  public func moved(to device: Device) throws -> CircularConvolution {
    CircularConvolution(moving: self, transfer: try transfer.moved(to: device))
  }

  private init(moving other: CircularConvolution, transfer: TransferFunction) {
    (kernel, threshold, image) = (other.kernel, other.threshold, other.image)
    self.transfer = transfer
  }
}

/// The Fourier transform of a kernel on an image, [1, 1, H, W], complex.
struct TransferFunction: Sendable {
  private let double: Tensor
  private let single: Tensor
  /// What a transform of real numbers is multiplied with.
  private let halves: (double: Tensor, single: Tensor)
  /// Its |Ĥ|², as complex numbers without an imaginary part.
  private let halfPowers: (double: Tensor, single: Tensor)

  init(
    _ kernel: ConvolutionKernel, height: Int, width: Int, threshold: Double
  ) throws {
    let whole = try Tensor(
      kernel.wrapped(height: height, width: width), shape: [1, 1, height, width]
    ).fourierTransform()
    let small = try (whole * whole.conjugate()).realPart().isLess(than: threshold * threshold)
    try self.init(
      .complex(
        real: small.choosing(whole.realPart() * 0, else: whole.realPart()),
        imaginary: small.choosing(whole.realPart() * 0, else: whole.imaginaryPart())))
  }

  private init(_ double: Tensor) throws {
    self.double = double
    single = try double.converted(to: .complex64)
    let half = try double.sliced(0..<double.shape[3] / 2 + 1, along: 3).contiguous()
    halves = (half, try half.converted(to: .complex64))
    let power = try (half * half.conjugate()).realPart()
    let powers = try Tensor.complex(real: power, imaginary: power * 0)
    halfPowers = (powers, try powers.converted(to: .complex64))
  }

  /// In the precision of an image.
  func callAsFunction(for x: Tensor) -> Tensor { x.scalarType == .float64 ? double : single }

  /// Its columns 0 … W/2, in the precision of an image.
  func half(for x: Tensor) -> Tensor {
    x.scalarType == .float64 ? halves.double : halves.single
  }

  /// |Ĥ|² of the columns 0 … W/2, in the precision of an image.
  func halfPower(for x: Tensor) -> Tensor {
    x.scalarType == .float64 ? halfPowers.double : halfPowers.single
  }

  /// |Ĥ|², real.
  func power(for x: Tensor) throws -> Tensor {
    let h = self(for: x)
    return try (h * h.conjugate()).realPart()
  }

  func moved(to device: Device) throws -> TransferFunction {
    try TransferFunction(double.moved(to: device))
  }
}

extension Tensor {
  /// The real part of the inverse transform.
  func imageFromTransform() throws -> Tensor { try inverseFourierTransform().realPart() }

  fileprivate func reciprocal() throws -> Tensor { try (self * 0 + 1) / self }
}
