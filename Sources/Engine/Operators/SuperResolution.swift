import Tensors

/// Super-resolution: y is x made a whole number of times smaller along both axes.
///
/// ‖A‖ is 1/s for the factor s where s divides the sides, for bicubic and average exactly so.
public struct SuperResolution: SeparableOperator {
  /// How pixels become fewer.
  public enum Filter: Sendable, Equatable {
    /// Antialiased bicubic resizing with the numbers of the published DPS and DAPS code
    /// (``ResizerWeights``); the measurement has ⌈H/s⌉ × ⌈W/s⌉ pixels.
    case bicubic
    /// The mean of each block of s × s pixels; s must divide the sides.
    case average
    /// Gaussian weights of standard deviation `intensity` pixels around the middle of each block, the
    /// image reflected at its border; s must divide the sides.
    case gaussian(intensity: Double)
  }

  static let title = "Super-resolution"

  /// How many times smaller the measurement is.
  public let scaleFactor: Int
  let filter: Filter

  let image: ImageShape
  let measurement: ImageShape
  let matrices: AxisMatrices

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - scaleFactor: how many times smaller the measurement is, 1…1024.
  ///   - filter: how pixels become fewer.
  ///   - imageShape: the shape [C, H, W] of images.
  /// - Throws: ``OperatorError`` for other factors, shapes, and widths of the Gaussian.
  public init(scaleFactor: Int, filter: Filter = .bicubic, imageShape: [Int]) throws {
    guard (1...1024).contains(scaleFactor) else { throw OperatorError.scaleFactor(scaleFactor) }
    let image = try ImageShape(imageShape)
    let vertical = try Self.matrix(filter, length: image.height, factor: scaleFactor)
    let horizontal = try Self.matrix(filter, length: image.width, factor: scaleFactor)
    self.scaleFactor = scaleFactor
    self.filter = filter
    self.image = image
    self.measurement = try ImageShape([
      image.channels, vertical.count / image.height, horizontal.count / image.width,
    ])
    self.matrices = try AxisMatrices(
      vertical: vertical, (measurement.height, image.height),
      horizontal: horizontal, (measurement.width, image.width))
  }

  private static func matrix(
    _ filter: Filter, length: Int, factor: Int
  ) throws(OperatorError) -> [Double] {
    if case .bicubic = filter {
      return try ResizerWeights(inputLength: length, scale: 1 / Double(factor)).matrix()
    }
    guard length % factor == 0 else { throw .indivisible(length: length, factor: factor) }
    guard case .gaussian(let intensity) = filter else {
      return DecimationWeights.average(length: length, factor: factor)
    }
    guard GaussianKernel.intensityRange.contains(intensity) else {
      throw .blurIntensity(intensity)
    }
    return DecimationWeights.gaussian(length: length, factor: factor, deviation: intensity)
  }

  /// Measurements enlarged to the size of images by repeating each pixel s × s times.
  ///
  /// This is what the published code uses for the transpose; ``adjoint(_:)`` is the true one.
  public func repeated(_ y: Tensor) throws -> Tensor {
    try measurement.check(y, "Repeating pixels")
    let (batch, channels) = (y.shape[0], measurement.channels)
    let (rows, columns, s) = (measurement.height, measurement.width, scaleFactor)
    return
      try y
      .reshaped([batch, channels, rows, 1, columns, 1])
      .expanded([batch, channels, rows, s, columns, s])
      .reshaped([batch, channels, rows * s, columns * s])
      .sliced(0..<image.height, along: 2)
      .sliced(0..<image.width, along: 3)
  }

  public func moved(to device: Device) throws -> SuperResolution {
    SuperResolution(moving: self, matrices: try matrices.moved(to: device))
  }

  private init(moving other: SuperResolution, matrices: AxisMatrices) {
    self.scaleFactor = other.scaleFactor
    self.filter = other.filter
    self.image = other.image
    self.measurement = other.measurement
    self.matrices = matrices
  }
}
