import Engine
import RunFiles
import Tensors

/// The model of a prior and what else its files give.
struct LoadedModel {
  let model: any DiffusionModel
  let denoiser: any Denoiser
  /// SHA-256 of the files, or of the numbers of a model without any.
  let digest: String
  /// From the file of fine-tuned weights, if there is one.
  var scalars: UD2MScalars?

  /// Loads the model `configuration` names.
  init(
    _ configuration: Configuration.Prior, precision: NetworkPrecision, device: Device
  ) throws {
    let diffusion = configuration.diffusion
    self =
      switch configuration.model {
      case .guidedDiffusion(let network):
        try .guidedDiffusion(network, diffusion, precision: precision, device: device)
      case .lsun(let network): try .lsun(network, diffusion, precision: precision, device: device)
      case .torchScript(let network): try .torchScript(network, diffusion, device: device)
      case .gaussian(let gaussian): try .gaussian(gaussian, diffusion, device: device)
      case .gaussianMixture(let mixture): try .gaussianMixture(mixture, diffusion, device: device)
      }
  }

  private init(
    _ model: any DiffusionModel, _ denoiser: any Denoiser, digest: String,
    scalars: UD2MScalars? = nil
  ) {
    (self.model, self.denoiser, self.digest, self.scalars) = (model, denoiser, digest, scalars)
  }
}

// MARK: - Networks

extension LoadedModel {
  private static func guidedDiffusion(
    _ configured: Configuration.GuidedDiffusion, _ diffusion: Configuration.Diffusion,
    precision: NetworkPrecision, device: Device
  ) throws -> LoadedModel {
    let checkpoint = try Checkpoint(path: configured.checkpoint)
    let tuning = try configured.lora.tuning
    let network = try checkpoint.network(
      checkpoint.architecture(configured: configured.architecture), precision: precision,
      label: configured.classLabel, tuning: tuning, device: device)
    try checkVariance(
      learned: network.architecture.learnsVariance, against: diffusion, path: checkpoint.path)
    if let classes = network.architecture.classes, configured.classLabel == nil {
      throw LabelError.missing(classes: classes)
    }
    return LoadedModel(
      network, try diffusion.denoiser(network),
      digest: try digest(configured.checkpoint, configured.lora), scalars: tuning?.scalars)
  }

  private static func lsun(
    _ configured: Configuration.LSUN, _ diffusion: Configuration.Diffusion,
    precision: NetworkPrecision, device: Device
  ) throws -> LoadedModel {
    var scalars: UD2MScalars?
    let network = try LSUNUNet(
      configured, precision: precision, device: device, scalars: &scalars)
    try checkVariance(
      learned: network.architecture.learnsVariance, against: diffusion,
      path: configured.checkpoint)
    return LoadedModel(
      network, try diffusion.denoiser(network),
      digest: try digest(configured.checkpoint, configured.lora), scalars: scalars)
  }

  private static func torchScript(
    _ configured: Configuration.TorchScriptPrior, _ diffusion: Configuration.Diffusion,
    device: Device
  ) throws -> LoadedModel {
    let network = try PriorError.explaining("prior.file") {
      try ScriptPrior(configured, diffusion: diffusion, device: device)
    }
    return LoadedModel(network, network, digest: try SHA256.hex(ofFile: configured.file))
  }

  /// Finds before the first step that a network lacks what the variance type needs.
  private static func checkVariance(
    learned isLearned: Bool, against diffusion: Configuration.Diffusion, path: String
  ) throws {
    let learned = [.learned, .learnedRange].contains(diffusion.varianceType.engine)
    if learned, !isLearned {
      throw CheckpointError(
        path: path, problem: .noVariance(type: diffusion.varianceType.rawValue))
    }
  }

  /// Of the weights, and of the fine-tuned ones where there are any.
  private static func digest(_ checkpoint: String, _ lora: String?) throws -> String {
    let base = try SHA256.hex(ofFile: checkpoint)
    guard let lora else { return base }
    return SHA256.hex(of: Array((base + (try SHA256.hex(ofFile: lora))).utf8))
  }
}

// MARK: - Densities in closed form

extension LoadedModel {
  private static func gaussian(
    _ configured: Configuration.Gaussian, _ diffusion: Configuration.Diffusion, device: Device
  ) throws -> LoadedModel {
    let prior = try GaussianPrior(configured, alphaBar: alphaBar(diffusion)).moved(to: device)
    return LoadedModel(prior, prior, digest: digest(of: prior.mean + prior.covariance.numbers))
  }

  private static func gaussianMixture(
    _ configured: Configuration.GaussianMixture, _ diffusion: Configuration.Diffusion,
    device: Device
  ) throws -> LoadedModel {
    let prior = try GaussianMixturePrior(configured, alphaBar: alphaBar(diffusion))
      .moved(to: device)
    let numbers = prior.components.flatMap { [$0.weight, $0.std] + $0.mean }
    return LoadedModel(prior, prior, digest: digest(of: numbers))
  }

  private static func alphaBar(_ diffusion: Configuration.Diffusion) throws -> [Double] {
    try DiffusionTables(
      betas: NoiseSchedule(diffusion.schedule).betas(steps: diffusion.steps)
    ).alphaBar
  }

  private static func digest(of numbers: [Double]) -> String {
    numbers.withUnsafeBytes { SHA256.hex(of: [UInt8]($0)) }
  }
}
