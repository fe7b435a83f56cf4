import Engine
import RunFiles
import Tensors
import Worker

extension Computation {
  static func ud2mNetwork(_ context: CaseContext) throws -> [String: [Double]] {
    let network = try context.networks.network(
      context.string("weights"), configuration: context.object("config"))
    return try context.outputAndVJP { try network.forward($0, times: $1) }
  }

  static func lsunNetwork(_ context: CaseContext) throws -> [String: [Double]] {
    let network = try context.networks.lsun(
      context.string("weights"), configuration: context.object("config"))
    return try context.outputAndVJP { try network.forward($0, times: $1) }
  }

  static func ud2mLayout(_ context: CaseContext) throws -> [String: [Double]] {
    let layout = try context.networkLayout()
    guard let wanted = try context.content()["tensors"]?.object else {
      throw CaseFailure("no list of tensors")
    }
    let parameters = layout.reduce(0) { $0 + $1.shape.reduce(1, *) }
    guard wanted.count == layout.count, parameters == (try context.int("parameters")) else {
      throw CaseFailure("\(layout.count) tensors with \(parameters) parameters were laid out")
    }
    for weight in layout where wanted[weight.name]?.array?.compactMap(\.int) != weight.shape {
      throw CaseFailure("\(weight.name) has shape \(weight.shape)")
    }
    return [:]
  }

  static func ud2mLoRA(_ context: CaseContext) throws -> [String: [Double]] {
    let directory = context.directory + "/"
    let base = try Checkpoint(path: directory + context.string("weights")).weights()
    let tuned = try FineTuning(path: directory + context.string("checkpoint"))
    try context.checkEntries(of: tuned)
    let (weights, report) = try tuned.lora.folded(into: base)
    let layers = try context.object("layers").array?.compactMap(\.string) ?? []
    guard report.unexpected.isEmpty, report.folded == layers.sorted() else {
      throw CaseFailure("\(report) of \(layers.count) layers: \(report.unexpected)")
    }
    let times = try context.floats("t")
    var results = [
      "out": try context.forward(weights, times),
      "outWithoutCheckpoint": try context.forward(base, times),
    ]
    for layer in layers {
      results["effective.\(layer).weight"] = try weights("\(layer).weight").doubles()
    }
    return results
  }
}

extension CaseContext {
  /// `out`, and the gradient of the sum of its product with the cotangent.
  fileprivate func outputAndVJP(
    _ network: (Tensor, [Float]) throws -> Tensor
  ) throws -> [String: [Double]] {
    let times = try floats("t")
    let result = try vectorJacobianProduct(at: tensor("x"), cotangent: tensor("cotangent")) {
      try network($0, times)
    }
    return ["out": try result.value.doubles(), "vjp": try result.gradient.doubles()]
  }

  private var isLSUN: Bool { parameters["network"]?.string == "lsun" }

  /// The published copy of guided-diffusion has a default of the multipliers at 32 pixels, too.
  private func ud2mArchitecture() throws -> GuidedDiffusionArchitecture {
    guard case .object(var members) = try object("config") else { throw CaseFailure("no config") }
    if members["channel_mult"]?.string == "", members["image_size"]?.int == 32 {
      members["channel_mult"] = .string("1,2,4")
    }
    return GuidedDiffusionArchitecture(
      try UNetArchitecture(json: JSONValue.object(members).text), classes: nil)
  }

  fileprivate func networkLayout() throws -> [WeightShape] {
    isLSUN
      ? try LSUNArchitecture(object("config")).stateDictionary
      : try ud2mArchitecture().stateDictionary
  }

  fileprivate func forward(_ weights: NetworkWeights, _ times: [Float]) throws -> [Double] {
    let x = try tensor("x")
    if isLSUN {
      let network = try LSUNUNet(
        LSUNArchitecture(object("config")), weights: weights, device: device)
      return try network.forward(x, times: times).doubles()
    }
    let network = try GuidedDiffusionUNet(ud2mArchitecture(), weights: weights, device: device)
    return try network.forward(x, times: times).doubles()
  }

  /// The file gives the tensors and scalars it was written with.
  fileprivate func checkEntries(of tuned: FineTuning) throws {
    let names = item.inputs.keys.filter { $0.hasPrefix("state_dict.") }
    for name in names {
      let key = String(name.dropFirst("state_dict.".count))
      guard let found = tuned.tensors[key], try found.floats() == floats(name) else {
        throw CaseFailure("\(key) was not read as it is")
      }
    }
    guard tuned.tensors.count == names.count else {
      throw CaseFailure("\(tuned.tensors.count) tensors were read instead of \(names.count)")
    }
    let read = tuned.scalars
    for (key, value) in [
      ("LambdaSIG", read?.lambdaSIG), ("SP_Param", read?.spParam), ("TAUG", read?.tauG),
      ("TLAT", read?.tLat),
    ] {
      let wanted = try object("scalars")[key]?.double.map { Float($0) }
      guard let wanted, value == [wanted] else { throw CaseFailure("\(key) is \(value ?? [])") }
    }
  }
}

extension LSUNArchitecture {
  /// From the published keys.
  init(_ configuration: JSONValue) throws {
    let numbers = { (key: String) in configuration[key]?.array?.compactMap(\.int) ?? [] }
    guard let size = configuration["resolution"]?.int,
      let channels = configuration["in_channels"]?.int, let out = configuration["out_ch"]?.int,
      let width = configuration["ch"]?.int, let blocks = configuration["num_res_blocks"]?.int
    else { throw CaseFailure("an incomplete configuration of a DDPM network") }
    self.init(
      imageSize: size, imageChannels: channels, outputChannels: out, channels: width,
      multipliers: numbers("ch_mult"), residualBlocks: blocks,
      attentionResolutions: numbers("attn_resolutions"))
  }
}
