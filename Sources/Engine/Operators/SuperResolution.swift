import Tensors

/// Super-resolution: y is x made smaller by antialiased bicubic resizing along both axes.
///
/// The measurement has ⌈H/s⌉ × ⌈W/s⌉ pixels. The numbers are those of the published DPS and DAPS
/// code (``ResizerWeights``); ‖A‖ is 1/s for sizes that s divides.
public struct SuperResolution: LinearOperator {
  /// How many times smaller the measurement is.
  public let scaleFactor: Int
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }

  private let image: ImageShape
  private let measurement: ImageShape
  private let matrices: AxisMatrices

  /// Makes the operator for one size of images, on the CPU.
  ///
  /// - Parameters:
  ///   - scaleFactor: how many times smaller the measurement is, 1…1024.
  ///   - imageShape: the shape [C, H, W] of images, of any size.
  /// - Throws: ``OperatorError`` for other factors and shapes.
  public init(scaleFactor: Int, imageShape: [Int]) throws {
    guard (1...1024).contains(scaleFactor) else { throw OperatorError.scaleFactor(scaleFactor) }
    let image = try ImageShape(imageShape)
    let scale = 1 / Double(scaleFactor)
    let vertical = try ResizerWeights(inputLength: image.height, scale: scale)
    let horizontal = try ResizerWeights(inputLength: image.width, scale: scale)
    self.scaleFactor = scaleFactor
    self.image = image
    self.measurement = try ImageShape(
      [image.channels, vertical.outputLength, horizontal.outputLength])
    self.matrices = try AxisMatrices(
      vertical: vertical.matrix(), (vertical.outputLength, image.height),
      horizontal: horizontal.matrix(), (horizontal.outputLength, image.width))
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == imageShape else {
      throw OperatorError.shape(
        operation: "Super-resolution", wanted: "\(imageShape)", found: shape)
    }
    return measurement.dimensions
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Super-resolution")
    return try matrices.apply(x)
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    try measurement.check(y, "The adjoint of super-resolution")
    return try matrices.adjoint(y)
  }

  /// x − R(A x) + R(y), where R repeats each pixel s × s times.
  public func project(_ x: Tensor, onto y: Tensor) throws -> Tensor {
    try x + repeated(y - apply(x))
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
    self.image = other.image
    self.measurement = other.measurement
    self.matrices = matrices
  }
}
