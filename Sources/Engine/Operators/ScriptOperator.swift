import Tensors

/// A TorchScript module as an operator: y = f(x), its gradient by autograd.
///
/// Nothing is known of such a module, so it is tried out when it is made: on a zero image for the shape
/// of y, then on random images for what every operator must keep.
public struct ScriptOperator: MeasurementOperator {
  let module: ScriptModule
  /// The shape of an answer, one to three dimensions.
  private let answerShape: [Int]
  /// The shape [C, H, W] of a measurement.
  public var measurementShape: [Int] {
    [Int](repeating: 1, count: 3 - answerShape.count) + answerShape
  }
  /// The shape [C, H, W] of images.
  public var imageShape: [Int] { image.dimensions }
  private let image: ImageShape
  private let device: Device
  /// Done once the gradient was asked for and is there.
  private let gradient = Deferred<Void>()

  /// - Parameters:
  ///   - module: takes images [B, C, H, W], float32, and gives [B, …], at most three dimensions more.
  ///   - imageShape: the shape [C, H, W] of images.
  ///   - device: where the module is.
  /// - Throws: ``UnfitModule`` if it gives something else, values that are not finite, other values
  ///   the second time, or values that depend on the batch; ``ScriptModuleError`` if it fails.
  public init(_ module: ScriptModule, imageShape: [Int], device: Device = .cpu) throws {
    self.module = module
    self.device = device
    image = try ImageShape(imageShape)
    let zero = try Tensor.full(0, shape: [1] + imageShape, device: device)
    answerShape = try Self.answerShape(of: module(zero).shape, path: module.path)
    try trial.run()
  }

  private init(_ other: ScriptOperator, module: ScriptModule, device: Device) {
    self.module = module
    self.device = device
    image = other.image
    answerShape = other.answerShape
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == image.dimensions else {
      throw OperatorError.shape(
        operation: module.path, wanted: "\(image.dimensions)", found: shape)
    }
    return measurementShape
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, module.path)
    let answer = try module(x.converted(to: .float32))
    guard answer.shape == [x.shape[0]] + answerShape else {
      throw UnfitModule(
        path: module.path,
        problem: .answerShape(
          found: answer.shape,
          wanted: "\([x.shape[0]] + answerShape) for images \(x.shape), as for a single image"))
    }
    return try answer.reshaped([x.shape[0]] + measurementShape).converted(to: x.scalarType)
  }

  public func moved(to device: Device) throws -> ScriptOperator {
    guard device != self.device else { return self }
    return ScriptOperator(
      self, module: try ScriptModule(path: module.path, device: device), device: device)
  }

  private static func answerShape(of answer: [Int], path: String) throws -> [Int] {
    guard (2...4).contains(answer.count), answer[0] == 1, answer.allSatisfy({ $0 > 0 }) else {
      throw UnfitModule(
        path: path,
        problem: .answerShape(
          found: answer,
          wanted: "[1, …] with one to three dimensions after the batch for one image"))
    }
    return Array(answer.dropFirst())
  }
}

// MARK: - Trying it out

extension ScriptOperator {
  public func checkGradient() throws { try gradient(trial.checkGradient) }

  private var trial: ModuleTrial {
    ModuleTrial(
      path: module.path, kind: .images, shape: imageShape, device: device, answer: apply)
  }

  /// A random image [1, C, H, W], another one for each `draw`.
  func probe(draw: Int) throws -> Tensor { try probe(draw: draw, shape: image.dimensions) }

  func probe(draw: Int, shape: [Int]) throws -> Tensor {
    try PhiloxNoise(seed: 0, image: 1, samples: [0])
      .normalTensor(purpose: .probe, step: draw, rowShape: shape).moved(to: device)
  }
}
