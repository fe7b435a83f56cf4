import Engine
import RunFiles
import Tensors

/// A file of network weights and what it tells of its network.
public struct Checkpoint: Sendable {
  /// As it was given; errors name it.
  public let path: String
  /// The arrays as they are stored, in any precision.
  public let file: TensorFile

  /// Reads `.safetensors`, or PyTorch's `.pt`, `.pth` and `.ckpt`; other names by their content.
  ///
  /// - Throws: an error of the reader that names the file and what is wrong with it.
  public init(path: String) throws {
    self.path = path
    file =
      try Self.isSafetensors(path)
      ? Safetensors.read(path: path) : PyTorchCheckpoint.read(path: path)
  }

  private static func isSafetensors(_ path: String) throws -> Bool {
    if path.hasSuffix(".safetensors") { return true }
    if [".pt", ".pth", ".ckpt"].contains(where: path.hasSuffix) { return false }
    // After the header's length, eight bytes, comes JSON; no file of PyTorch has a brace there.
    let file = try MappedFile(path: path)
    return withExtendedLifetime(file) {
      file.bytes.count > 8 && file.bytes[8] == UInt8(ascii: "{")
    }
  }

  /// The weights as float32 tensors, in the file's own memory where they are float32 there.
  public func weights() throws -> NetworkWeights {
    NetworkWeights(
      try file.tensors.mapValues { array in
        let tensor = try array.tensor()
        return array.elementType.isFloatingPoint ? try tensor.converted(to: .float32) : tensor
      })
  }

  /// The weights with fine-tuned ones folded into them.
  func weights(with tuning: FineTuning?) throws -> NetworkWeights {
    let own = try weights()
    return try tuning?.folded(into: own).weights ?? own
  }

  /// The network's architecture: from `configured` if given, else from the file's metadata, else
  /// from the shapes of its tensors.
  ///
  /// - Throws: ``CheckpointError`` if none of them tells it.
  public func architecture(configured: UNetArchitecture?) throws -> GuidedDiffusionArchitecture {
    if let configured { return GuidedDiffusionArchitecture(configured, classes: classes) }
    if let text = file.metadata["architecture"] {
      return GuidedDiffusionArchitecture(
        try UNetArchitecture(json: text, source: path), classes: classes)
    }
    let shapes = file.tensors.mapValues(\.shape)
    do {
      return try GuidedDiffusionArchitecture(inferredFrom: shapes)
    } catch {
      throw CheckpointError(path: path, problem: .architectureUnknown(error))
    }
  }

  private var classes: Int? { file.tensors["label_emb.weight"]?.shape.first }

  /// Builds the network.
  ///
  /// - Parameter tuning: fine-tuned weights, folded into those of the file.
  /// - Throws: ``CheckpointError`` that lists missing, surplus and misshapen tensors.
  public func network(
    _ architecture: GuidedDiffusionArchitecture, precision: NetworkPrecision, label: Int?,
    tuning: FineTuning? = nil, device: Device
  ) throws -> GuidedDiffusionUNet {
    try explainingMismatches {
      try GuidedDiffusionUNet(
        architecture, weights: weights(with: tuning), precision: precision, label: label,
        device: device)
    }
  }

  /// Adds the name of the file to what is wrong with its weights.
  public func explainingMismatches<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let mismatch as WeightMismatch {
      throw CheckpointError(path: path, problem: .doesNotFit(mismatch))
    }
  }

  /// Throws ``CheckpointError`` unless all values are finite floating-point numbers.
  public func checkValues() throws {
    try explainingMismatches { try weights().checkValues() }
  }
}

/// A checkpoint that cannot be used as the network asked for.
public struct CheckpointError: BadInput, Sendable {
  enum Problem: Sendable {
    case architectureUnknown(ArchitectureInferenceError)
    case notLSUN(LSUNInferenceError)
    case doesNotFit(WeightMismatch)
    /// The variance of a step is to come from the network, which gives none.
    case noVariance(type: String)
  }

  let path: String
  let problem: Problem

  public var description: String {
    switch problem {
    case .architectureUnknown(let reason):
      "\(path): the architecture is not in the file and cannot be read off its tensors (\(reason)); "
        + "give it as prior.architecture in the configuration"
    case .notLSUN(let reason): "\(path): not a DDPM network of the LSUN kind: \(reason)"
    case .doesNotFit(let mismatch):
      "\(path): the weights cannot be used: \(mismatch)"
    case .noVariance(let type):
      "\(path): prior.diffusion.model_var_type is \(type), but the network predicts no variance; "
        + "take fixed_small or fixed_large"
    }
  }
}

extension GuidedDiffusionArchitecture {
  /// The engine's form of a configured architecture.
  public init(_ configured: UNetArchitecture, classes: Int?) {
    self.init(
      imageSize: configured.imageSize, imageChannels: configured.imageChannels,
      modelChannels: configured.modelChannels, residualBlocks: configured.residualBlocks,
      channelMultipliers: configured.channelMultipliers,
      attentionResolutions: configured.attentionResolutions, heads: configured.heads,
      headChannels: configured.headChannels, headsOnTheWayUp: configured.decoderHeads,
      scaleShiftNorm: configured.usesScaleShiftNorm,
      resamplingBlocks: configured.residualResampling,
      newAttentionOrder: configured.usesNewAttentionOrder,
      learnsVariance: configured.learnsVariance,
      classes: configured.isClassConditional ? classes ?? UNetArchitecture.classes : nil)
  }
}
