/// The free choices of guided-diffusion's UNet (openai/guided-diffusion, `create_model`).
public struct GuidedDiffusionArchitecture: Sendable, Equatable {
  /// Height and width the network was trained at; attention resolutions refer to it.
  public var imageSize: Int
  /// Channels of the image: 3 for colour, 1 for grey.
  public var imageChannels: Int
  /// Width of the first level (`num_channels`); a multiple of 32 at every level.
  public var modelChannels: Int
  /// Residual blocks a level on the way down; one more on the way up.
  public var residualBlocks: Int
  /// Width of each level in units of `modelChannels`.
  public var channelMultipliers: [Double]
  /// Image sizes at which attention is used (`attention_resolutions`).
  public var attentionResolutions: [Int]
  /// Number of attention heads where `headChannels` is `nil`.
  public var heads: Int
  /// Channels a head; decides the number of heads if given (`num_head_channels`).
  public var headChannels: Int?
  /// Number of heads on the way up where it differs and `headChannels` is `nil`.
  public var headsOnTheWayUp: Int?
  /// Whether the time embedding scales and shifts the norm rather than being added before it.
  public var scaleShiftNorm: Bool
  /// Whether residual blocks resample rather than strided convolutions (`resblock_updown`).
  public var resamplingBlocks: Bool
  /// Whether queries, keys and values are split before the heads (`use_new_attention_order`).
  public var newAttentionOrder: Bool
  /// Whether the network also predicts variances, doubling its output channels.
  public var learnsVariance: Bool
  /// Number of classes of a class-conditional network.
  public var classes: Int?

  public init(
    imageSize: Int, imageChannels: Int, modelChannels: Int, residualBlocks: Int,
    channelMultipliers: [Double], attentionResolutions: [Int], heads: Int, headChannels: Int?,
    headsOnTheWayUp: Int?, scaleShiftNorm: Bool, resamplingBlocks: Bool, newAttentionOrder: Bool,
    learnsVariance: Bool, classes: Int?
  ) {
    self.imageSize = imageSize
    self.imageChannels = imageChannels
    self.modelChannels = modelChannels
    self.residualBlocks = residualBlocks
    self.channelMultipliers = channelMultipliers
    self.attentionResolutions = attentionResolutions
    self.heads = heads
    self.headChannels = headChannels
    self.headsOnTheWayUp = headsOnTheWayUp
    self.scaleShiftNorm = scaleShiftNorm
    self.resamplingBlocks = resamplingBlocks
    self.newAttentionOrder = newAttentionOrder
    self.learnsVariance = learnsVariance
    self.classes = classes
  }

  /// Width of the time embedding after its first layer.
  var embeddingChannels: Int { 4 * modelChannels }

  /// Channels of the output: the prediction, and the variances if the network learns them.
  public var outputChannels: Int { learnsVariance ? 2 * imageChannels : imageChannels }

  func channels(atLevel level: Int) -> Int {
    Int(channelMultipliers[level] * Double(modelChannels))
  }

  /// Downsampling factors at which attention is used.
  var attentionFactors: Set<Int> {
    Set(attentionResolutions.filter { $0 > 0 }.map { imageSize / $0 })
  }

  func headCount(channels: Int, onTheWayUp: Bool) -> Int {
    if let headChannels { return channels / headChannels }
    return onTheWayUp ? headsOnTheWayUp ?? heads : heads
  }
}

/// Why an architecture cannot be built.
public enum ArchitectureError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A level's width does not divide into 32 normalisation groups.
  case widthNotDivisible(channels: Int)
  /// A level's width does not divide into attention heads.
  case headsNotDivisible(channels: Int, heads: Int)
  /// The image does not halve as often as there are levels.
  case sizeNotDivisible(imageSize: Int, levels: Int)
  /// A number that must be positive is not.
  case notPositive(String, Int)

  public var description: String {
    switch self {
    case .widthNotDivisible(let channels):
      "a level is \(channels) channels wide; group normalisation needs a multiple of 32"
    case .headsNotDivisible(let channels, let heads):
      "\(channels) channels do not divide into \(heads) attention heads"
    case .sizeNotDivisible(let size, let levels):
      "images of \(size)×\(size) cannot be halved \(levels - 1) times for \(levels) levels"
    case .notPositive(let name, let value):
      "\(name) is \(value); it must be at least 1"
    }
  }
}

extension GuidedDiffusionArchitecture {
  /// Throws ``ArchitectureError`` for the first choice that cannot be built.
  public func check() throws(ArchitectureError) {
    let positive = [
      ("image_size", imageSize), ("num_channels", modelChannels), ("num_heads", heads),
      ("num_res_blocks", residualBlocks), ("levels", channelMultipliers.count),
      ("image channels", imageChannels), ("num_head_channels", headChannels ?? 1),
    ]
    for (name, value) in positive where value < 1 { throw .notPositive(name, value) }
    guard channelMultipliers.count < 32, imageSize % (1 << (channelMultipliers.count - 1)) == 0
    else {
      throw .sizeNotDivisible(imageSize: imageSize, levels: channelMultipliers.count)
    }
    for level in channelMultipliers.indices {
      let width = channels(atLevel: level)
      guard width > 0, width % 32 == 0 else { throw .widthNotDivisible(channels: width) }
      try checkHeads(channels: width)
    }
  }

  private func checkHeads(channels: Int) throws(ArchitectureError) {
    for up in [false, true] {
      let count = headCount(channels: channels, onTheWayUp: up)
      guard count > 0, channels % count == 0, channels / count * count == channels else {
        throw .headsNotDivisible(channels: channels, heads: count)
      }
      if let headChannels, channels % headChannels != 0, usesAttention(channels: channels) {
        throw .headsNotDivisible(channels: channels, heads: headChannels)
      }
    }
  }

  private func usesAttention(channels width: Int) -> Bool {
    let last = channelMultipliers.count - 1
    return channelMultipliers.indices.contains {
      channels(atLevel: $0) == width && ($0 == last || attentionFactors.contains(1 << $0))
    }
  }
}
