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
    let loaded = try LoadedModel(configuration, precision: precision, device: device)
    (model, denoiser, scalars) = (loaded.model, loaded.denoiser, loaded.scalars)
    guard let latent = configuration.latent else {
      (decoder, digest) = (nil, loaded.digest)
      return
    }
    decoder = try PriorError.explaining("prior.latent.decoder") {
      try ScriptDecoder(
        path: latent.decoder, latentShape: loaded.model.imageShape, device: device)
    }
    digest = SHA256.hex(
      of: Array((loaded.digest + (try SHA256.hex(ofFile: latent.decoder))).utf8))
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
}

extension Configuration.Diffusion {
  /// A network of this process as a denoiser at any noise level.
  func denoiser(_ model: any DiffusionModel) throws -> VPDenoiser {
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
