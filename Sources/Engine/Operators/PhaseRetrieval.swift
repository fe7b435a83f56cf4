import Tensors

/// Phase retrieval: y is the modulus of the centred orthonormal Fourier transform of x between zeros.
///
/// Every channel on its own. Not linear: its gradient is 0 where the modulus is 0. The image and its half
/// turn, and with black borders its shifts, have the same measurement.
public struct PhaseRetrieval: MeasurementOperator {
  /// The range of the values that are transformed; images themselves are in [−1, 1].
  public enum InputRange: Sendable, Equatable, CaseIterable {
    /// x as it is (DPS).
    case minusOneToOne
    /// (x + 1)/2 (DAPS): black has no amplitude.
    case zeroToOne
  }

  let inputRange: InputRange
  /// Rows of zeros above and below the image, and columns at its left and right.
  public let padding: (vertical: Int, horizontal: Int)
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }

  private let image: ImageShape
  private let measurement: ImageShape

  /// The oversampling ratios there may be.
  public static let oversamplingRange = 0.0...64.0

  /// Makes the operator with the padding of the published code, ⌊oversample/8 · side⌋ at each end.
  ///
  /// - Parameters:
  ///   - oversample: in ``oversamplingRange``; 2 makes the plane 1.5 times as large along each axis.
  ///   - resolution: the side that is meant, by default the image's own height and width. The
  ///     published DPS code takes 256 whatever the image.
  ///   - imageShape: the shape [C, H, W] of images.
  /// - Throws: ``OperatorError`` for other values, or a plane with more than 4096 pixels a side.
  public init(
    oversample: Double = 2, inputRange: InputRange, resolution: Int? = nil, imageShape: [Int]
  ) throws {
    guard Self.oversamplingRange.contains(oversample) else {
      throw OperatorError.oversampling(oversample)
    }
    let image = try ImageShape(imageShape)
    let sides = resolution.map { ($0, $0) } ?? (image.height, image.width)
    try self.init(
      padding: (Int(oversample / 8 * Double(sides.0)), Int(oversample / 8 * Double(sides.1))),
      inputRange: inputRange, imageShape: imageShape)
  }

  /// Makes the operator with a given padding at each end of the vertical and of the horizontal axis.
  public init(
    padding: (vertical: Int, horizontal: Int), inputRange: InputRange, imageShape: [Int]
  ) throws {
    image = try ImageShape(imageShape)
    let allowed = 0...ResizerWeights.lengthRange.upperBound
    for amount in [padding.vertical, padding.horizontal] where !allowed.contains(amount) {
      throw OperatorError.axisLength(amount)
    }
    measurement = try ImageShape([
      image.channels, image.height + 2 * padding.vertical, image.width + 2 * padding.horizontal,
    ])
    self.padding = padding
    self.inputRange = inputRange
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == imageShape else {
      throw OperatorError.shape(operation: "Phase retrieval", wanted: "\(imageShape)", found: shape)
    }
    return measurement.dimensions
  }

  /// The moduli [B, C, H + 2·vertical, W + 2·horizontal], frequency 0 at half the sides.
  ///
  /// Where the image lies on the plane changes the phases only, so it is not centred before the transform.
  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Phase retrieval")
    let (v, h) = padding
    let light = inputRange == .zeroToOne ? try (x + 1) / 2 : x
    return
      try light
      .padded(top: v, bottom: v, left: h, right: h, .zeros)
      .fourierTransform(orthonormal: true)
      .absolute()
      .rolled(by: [measurement.height / 2, measurement.width / 2], along: [2, 3])
  }

  public func moved(to device: Device) throws -> PhaseRetrieval { self }
}
