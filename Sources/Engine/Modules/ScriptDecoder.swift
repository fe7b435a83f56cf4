import Tensors

/// The decoder in a TorchScript file.
///
/// Its method `decode` is called where it has one, else `forward`.
public struct ScriptDecoder: Decoder {
  public let latentShape: [Int]
  public let imageShape: [Int]
  private let module: ScriptModule
  private let device: Device
  /// Done once the gradient was asked for and is there.
  private let gradient = Deferred<Void>()

  /// Loads a decoder and tries it out: on one latent of zeros, which tells the shape of its images,
  /// then on random ones.
  ///
  /// - Throws: ``ScriptModuleError`` with libtorch's message, or ``UnfitModule`` if it gives no
  ///   images, values that are not finite, other values the second time, or values that depend on
  ///   the batch.
  public init(path: String, latentShape: [Int], device: Device = .cpu) throws {
    module = try ScriptModule(path: path, device: device)
    self.latentShape = latentShape
    self.device = device
    let zeros = try Tensor.full(0, shape: [1] + latentShape, device: device)
    let made = try Self.call(module, zeros).shape
    guard made.count == 4, made[0] == 1, made.allSatisfy({ $0 > 0 }) else {
      throw UnfitModule(
        path: path,
        problem: .answerShape(
          found: made, wanted: "images [1, channels, height, width] for latents \(zeros.shape)"))
    }
    imageShape = Array(made.dropFirst())
    try trial.run()
  }

  public func decode(_ z: Tensor) throws -> Tensor {
    let images = try Self.call(module, z)
    let wanted = [z.shape[0]] + imageShape
    guard images.shape == wanted else {
      throw UnfitModule(
        path: module.path,
        problem: .answerShape(found: images.shape, wanted: "\(wanted) for latents \(z.shape)"))
    }
    return images
  }

  public func checkGradient() throws { try gradient(trial.checkGradient) }

  private var trial: ModuleTrial {
    ModuleTrial(
      path: module.path, kind: .latents, shape: latentShape, device: device, answer: decode)
  }

  private static func call(_ module: ScriptModule, _ z: Tensor) throws -> Tensor {
    try module(z, method: module.hasMethod("decode") ? "decode" : "forward")
      .converted(to: .float32)
  }
}
