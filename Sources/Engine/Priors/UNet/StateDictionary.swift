/// A weight's name and shape in a state dictionary.
public struct WeightShape: Sendable, Equatable {
  /// PyTorch's dotted path of the tensor, such as `time_embed.0.weight`.
  public let name: String
  /// In PyTorch's order of axes, such as [out, in, 3, 3] of a convolution.
  public let shape: [Int]
}

extension GuidedDiffusionArchitecture {
  /// Every weight of the network, in state-dictionary order.
  public var stateDictionary: [WeightShape] {
    let plan = UNetPlan(self)
    let blocks = plan.input + [plan.middle] + plan.output
    return embeddingWeights + blocks.joined().flatMap(weights)
      + norm("out.0", plan.lastChannels)
      + convolution("out.2", plan.lastChannels, outputChannels, size: 3)
  }

  /// Number of parameters.
  public var parameterCount: Int {
    stateDictionary.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  private var embeddingWeights: [WeightShape] {
    let width = embeddingChannels
    let label = classes.map { [WeightShape(name: "label_emb.weight", shape: [$0, width])] } ?? []
    return linear("time_embed.0", modelChannels, width) + linear("time_embed.2", width, width)
      + label
  }

  private func weights(of layer: LayerPlan) -> [WeightShape] {
    switch layer.kind {
    case .convolution(let from, let to):
      return convolution(layer.prefix, from, to, size: 3)
    case .residual(let from, let to, _):
      return residual(layer.prefix, from, to)
    case .attention(let channels, _):
      return norm("\(layer.prefix).norm", channels)
        + pointwise("\(layer.prefix).qkv", channels, 3 * channels)
        + pointwise("\(layer.prefix).proj_out", channels, channels)
    case .resample(let channels, let direction):
      let name = direction == .down ? "op" : "conv"
      return convolution("\(layer.prefix).\(name)", channels, channels, size: 3)
    }
  }

  private func residual(_ prefix: String, _ from: Int, _ to: Int) -> [WeightShape] {
    let skip = from == to ? [] : convolution("\(prefix).skip_connection", from, to, size: 1)
    return norm("\(prefix).in_layers.0", from)
      + convolution("\(prefix).in_layers.2", from, to, size: 3)
      + linear("\(prefix).emb_layers.1", embeddingChannels, scaleShiftNorm ? 2 * to : to)
      + norm("\(prefix).out_layers.0", to)
      + convolution("\(prefix).out_layers.3", to, to, size: 3) + skip
  }
}

private func pair(_ name: String, _ shape: [Int]) -> [WeightShape] {
  [
    WeightShape(name: "\(name).weight", shape: shape),
    WeightShape(name: "\(name).bias", shape: [shape[0]]),
  ]
}

private func norm(_ name: String, _ channels: Int) -> [WeightShape] { pair(name, [channels]) }

private func linear(_ name: String, _ from: Int, _ to: Int) -> [WeightShape] {
  pair(name, [to, from])
}

private func pointwise(_ name: String, _ from: Int, _ to: Int) -> [WeightShape] {
  pair(name, [to, from, 1])
}

private func convolution(_ name: String, _ from: Int, _ to: Int, size: Int) -> [WeightShape] {
  pair(name, [to, from, size, size])
}
