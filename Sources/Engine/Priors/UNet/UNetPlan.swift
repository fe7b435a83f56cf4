/// One layer of the network and the prefix its weights have in the state dictionary.
struct LayerPlan: Equatable {
  enum Kind: Equatable {
    case convolution(from: Int, to: Int)
    case residual(from: Int, to: Int, resampling: Resampling?)
    case attention(channels: Int, heads: Int)
    case resample(channels: Int, Resampling)
  }

  let prefix: String
  let kind: Kind
}

/// A change of resolution by a factor of two.
public enum Resampling: Sendable, Equatable { case up, down }

/// All layers of a network, block by block, in the order they run in.
struct UNetPlan: Equatable {
  var input: [[LayerPlan]] = []
  var middle: [LayerPlan] = []
  var output: [[LayerPlan]] = []
  var lastChannels = 0

  init(_ architecture: GuidedDiffusionArchitecture) {
    var builder = UNetPlanner(architecture)
    input = builder.encoder()
    middle = builder.bottleneck()
    output = builder.decoder()
    lastChannels = builder.channels
  }
}

/// Walks the architecture as guided-diffusion's constructor does.
private struct UNetPlanner {
  let architecture: GuidedDiffusionArchitecture
  var channels = 0
  private var factor = 1
  private var skips: [Int] = []

  init(_ architecture: GuidedDiffusionArchitecture) { self.architecture = architecture }

  private var attends: Bool { architecture.attentionFactors.contains(factor) }

  mutating func encoder() -> [[LayerPlan]] {
    channels = architecture.channels(atLevel: 0)
    skips = [channels]
    var blocks = [
      [
        LayerPlan(
          prefix: "input_blocks.0.0",
          kind: .convolution(from: architecture.imageChannels, to: channels))
      ]
    ]
    for level in architecture.channelMultipliers.indices {
      for _ in 0..<architecture.residualBlocks {
        blocks.append(encoderBlock(level: level, number: blocks.count))
      }
      if level < architecture.channelMultipliers.count - 1 {
        let prefix = "input_blocks.\(blocks.count).0"
        blocks.append([LayerPlan(prefix: prefix, kind: resampling(.down))])
        skips.append(channels)
        factor *= 2
      }
    }
    return blocks
  }

  private mutating func encoderBlock(level: Int, number: Int) -> [LayerPlan] {
    let width = architecture.channels(atLevel: level)
    let prefix = "input_blocks.\(number)"
    var layers = [
      LayerPlan(
        prefix: "\(prefix).0", kind: .residual(from: channels, to: width, resampling: nil))
    ]
    channels = width
    if attends { layers.append(attention("\(prefix).1", onTheWayUp: false)) }
    skips.append(channels)
    return layers
  }

  func bottleneck() -> [LayerPlan] {
    let residual = LayerPlan.Kind.residual(from: channels, to: channels, resampling: nil)
    return [
      LayerPlan(prefix: "middle_block.0", kind: residual),
      attention("middle_block.1", onTheWayUp: false),
      LayerPlan(prefix: "middle_block.2", kind: residual),
    ]
  }

  mutating func decoder() -> [[LayerPlan]] {
    var blocks: [[LayerPlan]] = []
    for level in architecture.channelMultipliers.indices.reversed() {
      for index in 0...architecture.residualBlocks {
        let up = level > 0 && index == architecture.residualBlocks
        blocks.append(decoderBlock(level: level, number: blocks.count, up: up))
      }
    }
    return blocks
  }

  private mutating func decoderBlock(level: Int, number: Int, up: Bool) -> [LayerPlan] {
    let width = architecture.channels(atLevel: level)
    let prefix = "output_blocks.\(number)"
    let skip = skips.removeLast()
    var layers = [
      LayerPlan(
        prefix: "\(prefix).0", kind: .residual(from: channels + skip, to: width, resampling: nil))
    ]
    channels = width
    if attends { layers.append(attention("\(prefix).1", onTheWayUp: true)) }
    if up {
      layers.append(LayerPlan(prefix: "\(prefix).\(layers.count)", kind: resampling(.up)))
      factor /= 2
    }
    return layers
  }

  private func attention(_ prefix: String, onTheWayUp: Bool) -> LayerPlan {
    let heads = architecture.headCount(channels: channels, onTheWayUp: onTheWayUp)
    return LayerPlan(prefix: prefix, kind: .attention(channels: channels, heads: heads))
  }

  private func resampling(_ direction: Resampling) -> LayerPlan.Kind {
    architecture.resamplingBlocks
      ? .residual(from: channels, to: channels, resampling: direction)
      : .resample(channels: channels, direction)
  }
}
