import Engine
import Foundation
import RunFiles
import Tensors

/// A prior ready to sample from: one for all workers of a process.
public struct LoadedPrior: Sendable {
  /// What samplers ask that take steps of ``diffusion``.
  public private(set) var model: any DiffusionModel
  /// What samplers ask that want the clean image at any noise level σ.
  public private(set) var denoiser: any Denoiser
  /// What makes images of the prior's samples; `nil` where these are images.
  public let decoder: (any Decoder)?
  /// SHA-256 of the files it was read from, or of its description where there are none.
  public let digest: String
  /// The process the prior was made for, as configured.
  public let diffusion: Configuration.Diffusion
  /// Scalars of the sampler `ud2m` from the file of fine-tuned weights, if there is one.
  public let scalars: UD2MScalars?

  /// Loads the prior `configuration` names.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(
    _ configuration: Configuration.Prior, precision: NetworkPrecision, device: Device
  ) throws {
    diffusion = configuration.diffusion
    let modelDigest: String
    switch configuration.model {
    case .guidedDiffusion(let network):
      let checkpoint = try Checkpoint(path: network.checkpoint)
      let tuning = try network.lora.tuning
      let built = try checkpoint.network(
        checkpoint.architecture(configured: network.architecture), precision: precision,
        label: network.classLabel, tuning: tuning, device: device)
      scalars = tuning?.scalars
      try Self.checkVariance(
        learned: built.architecture.learnsVariance, against: configuration.diffusion,
        path: checkpoint.path)
      if let classes = built.architecture.classes, network.classLabel == nil {
        throw LabelError.missing(classes: classes)
      }
      model = built
      denoiser = try configuration.diffusion.denoiser(built)
      modelDigest = try Self.digest(network.checkpoint, network.lora)
    case .lsun(let network):
      var learned: UD2MScalars?
      let built = try LSUNUNet(
        network, precision: precision, device: device, scalars: &learned)
      (model, scalars) = (built, learned)
      try Self.checkVariance(
        learned: built.architecture.learnsVariance, against: configuration.diffusion,
        path: network.checkpoint)
      denoiser = try configuration.diffusion.denoiser(built)
      modelDigest = try Self.digest(network.checkpoint, network.lora)
    case .torchScript(let network):
      let built = try PriorError.explaining("prior.file") {
        try ScriptPrior(network, diffusion: configuration.diffusion, device: device)
      }
      (model, denoiser, scalars) = (built, built, nil)
      modelDigest = try SHA256.hex(ofFile: network.file)
    case .gaussian(let gaussian):
      let built = try GaussianPrior(gaussian, alphaBar: Self.alphaBar(configuration.diffusion))
        .moved(to: device)
      (model, denoiser, scalars) = (built, built, nil)
      modelDigest = Self.digest(of: built.mean + built.covariance.numbers)
    case .gaussianMixture(let mixture):
      let built = try GaussianMixturePrior(
        mixture, alphaBar: Self.alphaBar(configuration.diffusion)
      ).moved(to: device)
      (model, denoiser, scalars) = (built, built, nil)
      modelDigest = Self.digest(of: built.components.flatMap { [$0.weight, $0.std] + $0.mean })
    }
    guard let latent = configuration.latent else {
      (decoder, digest) = (nil, modelDigest)
      return
    }
    let latentShape = model.imageShape
    decoder = try PriorError.explaining("prior.latent.decoder") {
      try ScriptDecoder(path: latent.decoder, latentShape: latentShape, device: device)
    }
    digest = SHA256.hex(
      of: Array((modelDigest + (try SHA256.hex(ofFile: latent.decoder))).utf8))
  }

  /// [C,H,W] of the images: what the prior describes, decoded.
  public var imageShape: [Int] { decoder?.imageShape ?? model.imageShape }

  /// The same prior with another network of the same conventions.
  func replacingNetwork(with network: any DiffusionModel) throws -> LoadedPrior {
    var copy = self
    copy.model = network
    copy.denoiser = try diffusion.denoiser(network)
    return copy
  }

  /// An operator on images as one on the prior's samples.
  func measuring(_ imageOperator: any MeasurementOperator) -> any MeasurementOperator {
    guard let decoder else { return imageOperator }
    return DecodedOperator(imageOperator, decoder: decoder)
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

  private static func alphaBar(_ diffusion: Configuration.Diffusion) throws -> [Double] {
    try DiffusionTables(
      betas: NoiseSchedule(diffusion.schedule).betas(steps: diffusion.steps)
    ).alphaBar
  }

  /// Of the weights, and of the fine-tuned ones where there are any.
  private static func digest(_ checkpoint: String, _ lora: String?) throws -> String {
    let base = try SHA256.hex(ofFile: checkpoint)
    guard let lora else { return base }
    return SHA256.hex(of: Array((base + (try SHA256.hex(ofFile: lora))).utf8))
  }

  private static func digest(of numbers: [Double]) -> String {
    numbers.withUnsafeBytes { SHA256.hex(of: [UInt8]($0)) }
  }
}

extension Configuration.Diffusion {
  /// A network of this process as a denoiser at any noise level.
  fileprivate func denoiser(_ model: any DiffusionModel) throws -> VPDenoiser {
    VPDenoiser(
      model, clock: try NoiseClock(NoiseSchedule(schedule), steps: steps),
      rescalesTimesteps: rescaleTimesteps, meanType: meanType.engine)
  }
}

extension NoiseSchedule {
  init(_ configured: Configuration.Diffusion.Schedule) {
    switch configured {
    case .linear: self = .linear
    case .cosine: self = .cosine
    }
  }
}
