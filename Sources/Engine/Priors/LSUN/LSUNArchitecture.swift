/// The free choices of the DDPM UNet (Ho et al. 2020) in the layout of `pytorch_diffusion`.
///
/// It is the network of the LSUN, CelebA and CIFAR-10 checkpoints converted from DDPM.
public struct LSUNArchitecture: Sendable, Equatable {
  /// Height and width of images.
  public var imageSize: Int
  /// Channels of images.
  public var imageChannels: Int
  /// Channels of the output: those of the image, or twice as many (`out_ch`).
  public var outputChannels: Int
  /// Width of the first level (`ch`).
  public var channels: Int
  /// Width of each level in units of `channels` (`ch_mult`).
  public var multipliers: [Int]
  /// Residual blocks a level on the way down; one more on the way up.
  public var residualBlocks: Int
  /// Image sizes at which attention is used (`attn_resolutions`).
  public var attentionResolutions: [Int]

  public init(
    imageSize: Int, imageChannels: Int = 3, outputChannels: Int = 3, channels: Int,
    multipliers: [Int], residualBlocks: Int, attentionResolutions: [Int]
  ) {
    self.imageSize = imageSize
    self.imageChannels = imageChannels
    self.outputChannels = outputChannels
    self.channels = channels
    self.multipliers = multipliers
    self.residualBlocks = residualBlocks
    self.attentionResolutions = attentionResolutions
  }

  /// Whether the network also predicts variances.
  public var learnsVariance: Bool { outputChannels == 2 * imageChannels }

  var embeddingChannels: Int { 4 * channels }

  func width(atLevel level: Int) -> Int { channels * multipliers[level] }

  func attends(atLevel level: Int) -> Bool {
    attentionResolutions.contains(imageSize >> level)
  }

  /// Throws ``ArchitectureError`` for the first choice that cannot be built.
  public func check() throws(ArchitectureError) {
    let positive = [
      ("image_size", imageSize), ("in_channels", imageChannels), ("out_ch", outputChannels),
      ("ch", channels), ("num_res_blocks", residualBlocks), ("levels", multipliers.count),
      ("ch_mult", multipliers.min() ?? 0),
    ]
    for (name, value) in positive where value < 1 { throw .notPositive(name, value) }
    guard multipliers.count < 32, imageSize % (1 << (multipliers.count - 1)) == 0 else {
      throw .sizeNotDivisible(imageSize: imageSize, levels: multipliers.count)
    }
    for level in multipliers.indices where width(atLevel: level) % 32 != 0 {
      throw .widthNotDivisible(channels: width(atLevel: level))
    }
  }
}

// MARK: - Weights

extension LSUNArchitecture {
  /// A residual block: its prefix in the state dictionary and its widths.
  struct Block: Equatable {
    let prefix: String
    let from: Int
    let to: Int
  }

  /// A level of either path.
  struct Level: Equatable {
    let prefix: String
    let blocks: [Block]
    let attends: Bool
    /// Whether the resolution changes after it.
    let resamples: Bool
    let width: Int
  }

  /// The levels on the way down, in order, and the widths of all that is kept for the way up.
  var encoder: (levels: [Level], skips: [Int]) {
    var skips = [channels]
    var current = channels
    let levels = multipliers.indices.map { level -> Level in
      let width = width(atLevel: level)
      let blocks = (0..<residualBlocks).map { index -> Block in
        defer { current = width }
        skips.append(width)
        return Block(prefix: "down.\(level).block.\(index)", from: current, to: width)
      }
      let resamples = level + 1 < multipliers.count
      if resamples { skips.append(width) }
      return Level(
        prefix: "down.\(level)", blocks: blocks, attends: attends(atLevel: level),
        resamples: resamples, width: width)
    }
    return (levels, skips)
  }

  /// The levels on the way up, from the coarsest.
  var decoder: [Level] {
    var skips = encoder.skips
    var current = width(atLevel: multipliers.count - 1)
    return multipliers.indices.reversed().map { level in
      let width = width(atLevel: level)
      let blocks = (0...residualBlocks).map { index -> Block in
        defer { current = width }
        return Block(
          prefix: "up.\(level).block.\(index)", from: current + skips.removeLast(), to: width)
      }
      return Level(
        prefix: "up.\(level)", blocks: blocks, attends: attends(atLevel: level),
        resamples: level > 0, width: width)
    }
  }

  /// Every weight of the network, in state-dictionary order.
  public var stateDictionary: [WeightShape] {
    let wide = embeddingChannels
    let last = width(atLevel: multipliers.count - 1)
    let middle = [Block(prefix: "mid.block_1", from: last, to: last)].flatMap(weights)
    let end = [Block(prefix: "mid.block_2", from: last, to: last)].flatMap(weights)
    return pair("temb.dense.0", [wide, channels]) + pair("temb.dense.1", [wide, wide])
      + pair("conv_in", [channels, imageChannels, 3, 3])
      + encoder.levels.flatMap { weights($0, resampling: "downsample") } + middle
      + attention("mid.attn_1", last) + end
      + decoder.reversed().flatMap { weights($0, resampling: "upsample") }
      + pair("norm_out", [channels * multipliers[0]])
      + pair("conv_out", [outputChannels, channels * multipliers[0], 3, 3])
  }

  /// Number of parameters.
  public var parameterCount: Int {
    stateDictionary.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  private func weights(_ level: Level, resampling: String) -> [WeightShape] {
    let attentions =
      level.attends
      ? level.blocks.indices.flatMap { attention("\(level.prefix).attn.\($0)", level.width) } : []
    let change =
      level.resamples
      ? pair("\(level.prefix).\(resampling).conv", [level.width, level.width, 3, 3]) : []
    return level.blocks.flatMap(weights) + attentions + change
  }

  private func weights(_ block: Block) -> [WeightShape] {
    let (prefix, from, to) = (block.prefix, block.from, block.to)
    return pair("\(prefix).norm1", [from]) + pair("\(prefix).conv1", [to, from, 3, 3])
      + pair("\(prefix).temb_proj", [to, embeddingChannels]) + pair("\(prefix).norm2", [to])
      + pair("\(prefix).conv2", [to, to, 3, 3])
      + (from == to ? [] : pair("\(prefix).nin_shortcut", [to, from, 1, 1]))
  }

  private func attention(_ prefix: String, _ width: Int) -> [WeightShape] {
    pair("\(prefix).norm", [width])
      + ["q", "k", "v", "proj_out"].flatMap { pair("\(prefix).\($0)", [width, width, 1, 1]) }
  }

  private func pair(_ name: String, _ shape: [Int]) -> [WeightShape] {
    [
      WeightShape(name: "\(name).weight", shape: shape),
      WeightShape(name: "\(name).bias", shape: [shape[0]]),
    ]
  }
}
