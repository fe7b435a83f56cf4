import Tensors

/// Non-linear blur: y is what a network makes of the sharp image and a blur code.
///
/// [−1, 1] → [0, 1], ``KernelWizard``, back, clamped to [−1, 1]. A measurement has the shape of the image.
public struct NonlinearBlur: MeasurementOperator {
  let network: KernelWizard
  /// The blur code: [1, K, h, w] for all rows, or a row for each row of what it is applied to.
  public let code: Tensor
  private let image: ImageShape

  /// Standard deviation of a blur code.
  public static let codeDeviation = 1.2

  /// - Throws: ``KernelWizardError`` for images or a code that the network does not take.
  public init(_ network: KernelWizard, code: Tensor, imageShape: [Int]) throws {
    image = try Self.shape(imageShape, of: network)
    let expected = try network.codeShape(height: image.height, width: image.width)
    guard code.rank == 4, Array(code.shape.dropFirst()) == expected else {
      throw KernelWizardError.code(code.shape, expected: [1] + expected)
    }
    self.network = network
    self.code = code
  }

  /// With the code number `seed`: 1.2 times standard normals that follow from it alone.
  public init(_ network: KernelWizard, seed: UInt64, imageShape: [Int]) throws {
    try self.init(
      network, code: Self.code(network, imageShape, seed: seed, image: 0), imageShape: imageShape)
  }

  fileprivate static func code(
    _ network: KernelWizard, _ imageShape: [Int], seed: UInt64, image: UInt64
  ) throws -> Tensor {
    let size = try shape(imageShape, of: network)
    let shape = [1] + (try network.codeShape(height: size.height, width: size.width))
    let stream = NoiseStream(seed: seed, image: image, purpose: .operatorParameters)
    return try Tensor(stream.normals(shape.reduce(1, *)), shape: shape) * codeDeviation
  }

  private static func shape(_ imageShape: [Int], of network: KernelWizard) throws -> ImageShape {
    let shape = try ImageShape(imageShape)
    guard shape.channels == network.imageChannels else {
      throw KernelWizardError.imageChannels(shape.channels, expected: network.imageChannels)
    }
    return shape
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == image.dimensions else {
      throw OperatorError.shape(
        operation: "Non-linear blur", wanted: "\(image.dimensions)", found: shape)
    }
    return shape
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Non-linear blur")
    guard [1, x.shape[0]].contains(code.shape[0]) else {
      throw OperatorError.shape(
        operation: "Non-linear blur with a code for each row", wanted: "[\(code.shape[0]), …]",
        found: x.shape)
    }
    let blurred = try network((x + 1) / 2, code: code)
    return try (blurred * 2 - 1).clamped(to: -1...1)
  }

  public func moved(to device: Device) throws -> NonlinearBlur {
    try NonlinearBlur(
      network.moved(to: device), code: code.moved(to: device), imageShape: image.dimensions)
  }
}

/// Non-linear blur whose code is drawn anew for each step of each sample, as the published DPS code does.
///
/// What the sampler is told of A then differs from the A that made y, at every step.
public struct RedrawnNonlinearBlur: RedrawnOperator {
  /// With the code that makes the measurement.
  private let base: NonlinearBlur
  private let imageShape: [Int]

  public init(_ network: KernelWizard, imageShape: [Int]) throws {
    try self.init(base: NonlinearBlur(network, seed: 0, imageShape: imageShape), imageShape)
  }

  private init(base: NonlinearBlur, _ imageShape: [Int]) throws {
    self.base = base
    self.imageShape = imageShape
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    try base.measurementShape(ofImage: shape)
  }

  public func apply(_ x: Tensor) throws -> Tensor { try base.apply(x) }

  public func drawn(seed: UInt64, image: UInt64) throws -> RedrawnNonlinearBlur {
    let code = try NonlinearBlur.code(base.network, imageShape, seed: seed, image: image)
    return try RedrawnNonlinearBlur(
      base: NonlinearBlur(
        base.network, code: code.moved(to: base.code.device), imageShape: imageShape), imageShape)
  }

  public func drawn(step: Int, noise: any NoiseSource) throws -> any MeasurementOperator {
    let rowShape = Array(base.code.shape.dropFirst())
    let draws = try noise.normalTensor(purpose: .operatorDraw, step: step, rowShape: rowShape)
    return try NonlinearBlur(
      base.network, code: (draws * NonlinearBlur.codeDeviation).sent(to: base.code.device),
      imageShape: imageShape)
  }

  public func moved(to device: Device) throws -> RedrawnNonlinearBlur {
    try RedrawnNonlinearBlur(base: base.moved(to: device), imageShape)
  }
}
