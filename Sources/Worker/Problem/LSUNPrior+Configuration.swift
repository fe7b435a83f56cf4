import Engine
import RunFiles
import Tensors

extension LSUNUNet {
  /// Reads the network, its fine-tuning folded in, and the sampler's scalars that come with that.
  init(
    _ configured: Configuration.LSUN, precision: NetworkPrecision, device: Device,
    scalars: inout UD2MScalars?
  ) throws {
    let checkpoint = try Checkpoint(path: configured.checkpoint)
    let tuning = try configured.lora.tuning
    let weights = try checkpoint.weights(with: tuning)
    scalars = tuning?.scalars
    let architecture = try checkpoint.lsunArchitecture(imageSize: configured.imageSize)
    self = try checkpoint.explainingMismatches {
      try LSUNUNet(
        architecture, weights: weights, precision: precision, device: device)
    }
  }
}

extension Checkpoint {
  /// The architecture of a DDPM network, from the shapes of its tensors.
  ///
  /// - Throws: ``CheckpointError`` if it is none.
  public func lsunArchitecture(imageSize: Int? = nil) throws -> LSUNArchitecture {
    do {
      return try LSUNArchitecture(
        inferredFrom: file.tensors.mapValues(\.shape), imageSize: imageSize)
    } catch {
      throw CheckpointError(path: path, problem: .notLSUN(error))
    }
  }
}

extension String? {
  /// The fine-tuned weights of the file, where one is named.
  var tuning: FineTuning? {
    get throws { try map { try FineTuning(path: $0) } }
  }
}
