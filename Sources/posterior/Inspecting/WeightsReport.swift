import Engine
import RunFiles
import Worker

/// What a file of tensors is, as far as their names and shapes tell.
struct WeightsReport {
  private let checkpoint: Checkpoint
  private let shapes: [String: [Int]]

  init(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    shapes = checkpoint.file.tensors.mapValues(\.shape)
  }

  var lines: [String] { [size] + metadata + network }

  private var size: String {
    let arrays = checkpoint.file.tensors.values
    let types = Set(arrays.map(\.elementType.rawValue)).sorted().joined(separator: ", ")
    let count = arrays.reduce(0) { $0 + $1.count }
    return "\(checkpoint.path): \(arrays.count) tensors, \(count) values, type \(types)"
  }

  private var metadata: [String] {
    checkpoint.file.metadata.sorted { $0.key < $1.key }
      .map { "metadata \($0.key): \($0.value.prefix(400))" }
  }

  private var network: [String] {
    if let adapters = AdapterLayers(shapes) { return [adapters.summary] }
    if isKernelWizard {
      return ["network: KernelWizard (non-linear blur), \(parameterCount) parameters"]
    }
    if shapes["conv_in.weight"] != nil { return [denoisingDiffusion] }
    do {
      let architecture = try checkpoint.architecture(configured: nil)
      let wanted = architecture.stateDictionary
      let summary = "network: \(architecture.summary)"
      do {
        try checkpoint.weights().check(against: wanted)
        return [summary, "all \(wanted.count) tensors of the network are there and fit"]
      } catch {
        return [summary, "\(error)"]
      }
    } catch {
      return ["network: \(error)"]
    }
  }

  private var parameterCount: Int { shapes.values.reduce(0) { $0 + $1.reduce(1, *) } }

  private var isKernelWizard: Bool {
    shapes["adapter.model.down.0.weight"] != nil && shapes["feature_extractor.0.weight"] != nil
  }

  private var denoisingDiffusion: String {
    do {
      let architecture = try LSUNArchitecture(inferredFrom: shapes)
      try checkpoint.checkValues()
      return "network: \(architecture.summary), \(parameterCount) parameters, all there and fitting"
    } catch {
      return "network: \(error)"
    }
  }
}

extension LSUNArchitecture {
  /// The architecture in one line.
  var summary: String {
    let widths = multipliers.map { "\($0 * channels)" }.joined(separator: "-")
    let attention = attentionResolutions.map(String.init).joined(separator: ", ")
    return [
      "UNet of Ho et al. (DDPM, LSUN), \(imageChannels)×\(imageSize)×\(imageSize) images",
      "levels \(widths)", "\(residualBlocks) residual blocks a level", "attention at \(attention)",
      outputChannels == imageChannels ? "fixed variance" : "learned variance", "unconditional",
    ].joined(separator: ", ")
  }
}

/// Low-rank adapters of a fine-tuned network (LoRA).
struct AdapterLayers {
  private let layers: Int
  private let ranks: Set<Int>
  private let others: Int

  /// - Returns: nil if there are none.
  init?(_ shapes: [String: [Int]]) {
    let first = shapes.filter { $0.key.hasSuffix(".lora_A") && $0.value.count == 2 }
    guard !first.isEmpty else { return nil }
    layers = first.count
    ranks = Set(first.values.map { $0[1] })
    others = shapes.keys.count { !$0.contains(".lora_") }
  }

  var summary: String {
    let text = ranks.sorted().map(String.init).joined(separator: ", ")
    return "network: low-rank adapters (LoRA) of \(layers) layers, rank \(text), and \(others) "
      + "other tensors; needs the network it was made for"
  }
}

extension GuidedDiffusionArchitecture {
  /// The architecture in one line.
  var summary: String {
    let widths = channelMultipliers.map { "\(Int($0 * Double(modelChannels)))" }
    let headText = headChannels.map { "heads of \($0) channels" } ?? "\(heads) heads"
    return [
      "guided-diffusion UNet, \(imageChannels)×\(imageSize)×\(imageSize) images",
      "levels \(widths.joined(separator: "-"))", "\(residualBlocks) residual blocks a level",
      "attention at \(attentionResolutions.map(String.init).joined(separator: ", ")) (\(headText))",
      learnsVariance ? "learned variance" : "fixed variance",
      classes.map { "\($0) classes" } ?? "unconditional", "\(parameterCount) parameters",
    ].joined(separator: ", ")
  }
}
