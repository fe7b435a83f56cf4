import Tensors

/// What makes images of latents: the decoder of an autoencoder.
///
/// Rows of a batch never influence each other.
public protocol Decoder: Sendable {
  /// [c,h,w] of the latents.
  var latentShape: [Int] { get }
  /// [C,H,W] of the images.
  var imageShape: [Int] { get }

  /// Images [B,C,H,W] in [−1,1] of latents [B,c,h,w]; gradients flow to `z`.
  func decode(_ z: Tensor) throws -> Tensor

  /// Finds that no gradient flows through a decoder from a file, before a sampler takes it for zero.
  ///
  /// - Throws: ``UnfitModule``; never by default.
  func checkGradient() throws
}

extension Decoder {
  public func checkGradient() throws {}
}

/// A measurement of decoded latents: y = A(decode(z)).
///
/// It lets a sampler work on latents as it does on images.
public struct DecodedOperator: MeasurementOperator {
  /// A.
  public let imageOperator: any MeasurementOperator
  let decoder: any Decoder

  public init(_ imageOperator: any MeasurementOperator, decoder: any Decoder) {
    self.imageOperator = imageOperator
    self.decoder = decoder
  }

  public func measurementShape(ofImage image: [Int]) throws -> [Int] {
    guard image == decoder.latentShape else {
      throw OperatorError.shape(
        operation: "the decoder", wanted: "\(decoder.latentShape)", found: image)
    }
    return try imageOperator.measurementShape(ofImage: decoder.imageShape)
  }

  public func apply(_ z: Tensor) throws -> Tensor { try imageOperator.apply(decoder.decode(z)) }

  public func checkGradient() throws {
    try imageOperator.checkGradient()
    try decoder.checkGradient()
  }

  /// The decoder stays on the device it was loaded to.
  public func moved(to device: Device) throws -> DecodedOperator {
    DecodedOperator(try imageOperator.moved(to: device), decoder: decoder)
  }
}
