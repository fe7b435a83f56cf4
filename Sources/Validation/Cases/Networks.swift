import Engine
import RunFiles
import Tensors
import Worker

extension Computation {
  static func unet(_ context: CaseContext) throws -> [String: [Double]] {
    let path = try context.string("weights")
    let network = try context.networks.network(
      path, configuration: context.object("config"))
    let times = try context.floats("t")
    let labels =
      context.item.inputs["labels"] == nil
      ? nil : try context.stored("labels").integers().map(Int.init)
    let channels = network.architecture.imageChannels
    let result = try valueAndGradient(at: context.tensor("x")) { x in
      let out = try network.forward(x, times: times, labels: labels)
      let image = try out.sliced(0..<channels, along: 1).reshaped([out.shape[0], -1])
      return (try image.euclideanNorm(over: [1]), try out.detached())
    }
    return [
      "out": try result.extra.doubles(), "normPerSample": try result.value.doubles(),
      "vjp": try result.gradient.doubles(),
    ]
  }

  /// All files of the case hold the same float32 tensors, and they fit the architecture.
  static func weightFiles(_ context: CaseContext) throws -> [String: [Double]] {
    guard let files = try context.content()["files"]?.object else {
      throw CaseFailure("no list of files")
    }
    let architecture = try context.architecture()
    var first: TensorFile?
    for path in files.values.compactMap(\.string).sorted() {
      let checkpoint = try Checkpoint(path: context.directory + "/" + path)
      _ = try checkpoint.network(
        architecture, precision: .float32, label: nil, device: context.device)
      if let first { try same(first, checkpoint.file, path) }
      first = first ?? checkpoint.file
    }
    return [:]
  }

  private static func same(_ left: TensorFile, _ right: TensorFile, _ path: String) throws {
    guard Set(left.tensors.keys) == Set(right.tensors.keys) else {
      throw CaseFailure("\(path) has other tensors")
    }
    for (name, array) in left.tensors {
      guard let other = right.tensors[name], other.shape == array.shape,
        try other.floats().map(\.bitPattern) == array.floats().map(\.bitPattern)
      else { throw CaseFailure("\(path): \(name) has other values") }
    }
  }

  static func stateDictionaryLayout(_ context: CaseContext) throws -> [String: [Double]] {
    let architecture = try context.architecture()
    let layout = architecture.stateDictionary
    guard let wanted = try context.content()["tensors"]?.object else {
      throw CaseFailure("no list of tensors")
    }
    guard wanted.count == layout.count,
      architecture.parameterCount == (try context.int("parameters"))
    else {
      throw CaseFailure(
        "\(layout.count) tensors with \(architecture.parameterCount) parameters were laid out")
    }
    for weight in layout where wanted[weight.name]?.array?.compactMap(\.int) != weight.shape {
      throw CaseFailure("\(weight.name) has shape \(weight.shape)")
    }
    return [:]
  }

  static func residualBlock(_ context: CaseContext) throws -> [String: [Double]] {
    let resampling: Resampling? =
      try context.bool("up") ? .up : (try context.bool("down") ? .down : nil)
    let block = try ResidualBlock(
      context.inlineWeights(), resampling: resampling,
      scaleShift: context.bool("use_scale_shift_norm"), precision: .float32)
    let x = try context.tensor("x")
    let emb = try context.tensor("emb")
    let cotangent = try context.tensor("cotangent")
    let onImage = try vectorJacobianProduct(at: x, cotangent: cotangent) {
      try block([$0], activatedEmbedding: emb.silu())
    }
    let onEmbedding = try vectorJacobianProduct(at: emb, cotangent: cotangent) {
      try block([x], activatedEmbedding: $0.silu())
    }
    return [
      "y": try onImage.value.doubles(), "vjp": try onImage.gradient.doubles(),
      "vjpEmb": try onEmbedding.gradient.doubles(),
    ]
  }

  static func attentionBlock(_ context: CaseContext) throws -> [String: [Double]] {
    let block = try AttentionBlock(
      context.inlineWeights(), heads: context.int("num_heads"),
      newOrder: context.bool("use_new_attention_order"), precision: .float32)
    return try context.imageVJP { try block($0) }
  }

  static func resampling(_ context: CaseContext) throws -> [String: [Double]] {
    let direction: Resampling = try context.string("direction") == "upsample" ? .up : .down
    guard try context.bool("use_conv") else {
      return try context.imageVJP { try $0.resampled(direction) }
    }
    let layer = try ResamplingConvolution(
      context.inlineWeights(), direction: direction, precision: .float32)
    return try context.imageVJP { try layer($0) }
  }
}

extension CaseContext {
  func architecture() throws -> GuidedDiffusionArchitecture {
    let configuration = try UNetArchitecture(json: object("config").text)
    return GuidedDiffusionArchitecture(configuration, classes: nil)
  }

  /// `y` and `vjp` of a function of `x` with the case's cotangent.
  func imageVJP(_ function: (Tensor) throws -> Tensor) throws -> [String: [Double]] {
    let result = try vectorJacobianProduct(
      at: tensor("x"), cotangent: tensor("cotangent"), of: function)
    return ["y": try result.value.doubles(), "vjp": try result.gradient.doubles()]
  }

  /// A prior as a denoiser: known in closed form, or a network on the published process.
  func denoiser(of model: any DiffusionModel) throws -> any Denoiser {
    model as? any Denoiser ?? VPDenoiser(model)
  }

  /// The prior of the case's `model` block for images like `x`.
  func model(for x: Tensor) throws -> any DiffusionModel {
    let block = try object("model")
    switch block["type"]?.string {
    case "unet":
      guard let weights = block["weights"]?.string, let config = block["config"] else {
        throw CaseFailure("a network without weights or config")
      }
      return try networks.network(weights, configuration: config)
    case "gaussian":
      guard let mean = block["mean"]?.double, let std = block["std"]?.double,
        let steps = block["steps"]?.int, let name = block["noise_schedule"]?.string
      else { throw CaseFailure("an incomplete gaussian model") }
      let shape = Array(x.shape.dropFirst())
      let tables = try DiffusionTables(betas: schedule(named: name).betas(steps: steps))
      return try GaussianPrior(
        imageShape: shape, mean: [Double](repeating: mean, count: shape.reduce(1, *)),
        covariance: .isotropic(std: std), alphaBar: tables.alphaBar
      ).moved(to: device)
    default: throw NotImplemented("model \(block["type"]?.text ?? "without type")")
    }
  }
}
