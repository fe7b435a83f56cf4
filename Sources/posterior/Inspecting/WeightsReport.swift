import Engine
import RunFiles
import Worker

/// What a file of tensors is, as far as their names and shapes tell.
struct WeightsReport {
  private let checkpoint: Checkpoint
  private let network: String
  /// Why the network that names and shapes tell of cannot be used; nil where nothing speaks against it, or where
  /// they tell of none: a configuration may.
  let fault: String?

  init(_ checkpoint: Checkpoint) {
    self.checkpoint = checkpoint
    (network, fault) = checkpoint.network
  }

  var lines: [String] { [size] + metadata + [network] }

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
}

extension Checkpoint {
  fileprivate typealias Finding = (text: String, fault: String?)

  /// What the tensors are of, and what is wrong with them.
  fileprivate var network: Finding {
    let shapes = file.tensors.mapValues(\.shape)
    if let adapters = AdapterLayers(shapes) { return (adapters.summary, nil) }
    if shapes["adapter.model.down.0.weight"] != nil, shapes["feature_extractor.0.weight"] != nil {
      let count = Self.parameterCount(shapes)
      return ("network: KernelWizard (non-linear blur), \(count) parameters", nil)
    }
    return shapes["conv_in.weight"] != nil ? denoisingDiffusion(shapes) : guidedDiffusion
  }

  private static func parameterCount(_ shapes: [String: [Int]]) -> Int {
    shapes.values.reduce(0) { $0 + $1.reduce(1, *) }
  }

  private var guidedDiffusion: Finding {
    do {
      let architecture = try architecture(configured: nil)
      let wanted = architecture.stateDictionary
      let summary = "network: \(architecture.summary)"
      guard let fault = fault({ try weights().check(against: wanted) }) else {
        return ("\(summary)\nall \(wanted.count) tensors of the network are there and fit", nil)
      }
      return (summary, fault)
    } catch {
      return ("network: \(error)", nil)
    }
  }

  private func denoisingDiffusion(_ shapes: [String: [Int]]) -> Finding {
    do {
      let architecture = try LSUNArchitecture(inferredFrom: shapes)
      let count = Self.parameterCount(shapes)
      let summary = "network: \(architecture.summary), \(count) parameters"
      let fault = fault { try weights().checkValues() }
      return (fault == nil ? "\(summary), all there and fitting" : summary, fault)
    } catch {
      return ("network: DDPM of the LSUN kind", "\(path): the weights cannot be used: \(error)")
    }
  }

  /// What `check` says against the weights, with the name of the file.
  private func fault(_ check: () throws -> Void) -> String? {
    do {
      try explainingMismatches(check)
      return nil
    } catch {
      return "\(error)"
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
