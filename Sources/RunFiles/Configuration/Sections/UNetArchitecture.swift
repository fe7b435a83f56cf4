/// The layout of a guided-diffusion UNet, in the keys of its published configuration files.
///
/// It can be read from the block `prior.architecture` and from a checkpoint's metadata (``init(json:)``).
public struct UNetArchitecture: Sendable, Equatable {
  /// Height and width of the images, in pixels (`image_size`).
  public var imageSize: Int
  /// Channels M of the first level (`num_channels`).
  public var modelChannels: Int
  /// Residual blocks a level (`num_res_blocks`).
  public var residualBlocks: Int
  /// Channels of each level as a multiple of M, finest first (`channel_mult`; `""` gives the default of the size).
  public var channelMultipliers: [Double]
  /// Resolutions, in pixels, of the levels with attention (`attention_resolutions`).
  public var attentionResolutions: [Int]
  /// Attention heads where ``headChannels`` is nil (`num_heads`).
  public var heads: Int
  /// Channels of a head (`num_head_channels`; −1 is nil).
  public var headChannels: Int?
  /// Heads in the decoder (`num_heads_upsample`; −1 is nil and means ``heads``).
  public var decoderHeads: Int?
  /// Whether the time embedding scales and shifts the normalised features (`use_scale_shift_norm`).
  public var usesScaleShiftNorm: Bool
  /// Whether residual blocks resample, rather than convolutions (`resblock_updown`).
  public var residualResampling: Bool
  /// Whether queries, keys and values are stored before the heads, not within (`use_new_attention_order`).
  public var usesNewAttentionOrder: Bool
  /// Whether the network also answers with the variance (`learn_sigma`).
  public var learnsVariance: Bool
  /// Whether the network is told a class (`class_cond`).
  public var isClassConditional: Bool
  /// Whether images have one channel, not three (`grayscale`).
  public var isGrayscale: Bool
  /// Share of features dropped in training (`dropout`); no effect on sampling.
  public var dropout: Double

  /// Classes of a class-conditional network of the published code.
  public static let classes = 1000

  /// Makes a layout with the defaults of the published code.
  public init(
    imageSize: Int, modelChannels: Int, residualBlocks: Int, channelMultipliers: [Double],
    attentionResolutions: [Int] = [16], heads: Int = 1, headChannels: Int? = nil,
    decoderHeads: Int? = nil, usesScaleShiftNorm: Bool = false, residualResampling: Bool = false,
    usesNewAttentionOrder: Bool = false, learnsVariance: Bool = false,
    isClassConditional: Bool = false, isGrayscale: Bool = false, dropout: Double = 0
  ) {
    self.imageSize = imageSize
    self.modelChannels = modelChannels
    self.residualBlocks = residualBlocks
    self.channelMultipliers = channelMultipliers
    self.attentionResolutions = attentionResolutions
    self.heads = heads
    self.headChannels = headChannels
    self.decoderHeads = decoderHeads
    self.usesScaleShiftNorm = usesScaleShiftNorm
    self.residualResampling = residualResampling
    self.usesNewAttentionOrder = usesNewAttentionOrder
    self.learnsVariance = learnsVariance
    self.isClassConditional = isClassConditional
    self.isGrayscale = isGrayscale
    self.dropout = dropout
  }

  /// Channels of an image: 1 or 3.
  public var imageChannels: Int { isGrayscale ? 1 : 3 }

  /// Channels of the network's answer: twice the image's where it learns the variance.
  public var outputChannels: Int { learnsVariance ? 2 * imageChannels : imageChannels }

  /// [C, H, W] of an image.
  public var imageShape: [Int] { [imageChannels, imageSize, imageSize] }

  /// Channels of each level, finest first.
  public var levelChannels: [Int] { channelMultipliers.map { Int($0 * Double(modelChannels)) } }

  /// Factors H / resolution at which there is attention.
  public var attentionFactors: [Int] { attentionResolutions.map { imageSize / $0 } }

  /// The multipliers the published code takes for an empty `channel_mult`; nil for a size it has none for.
  public static func defaultMultipliers(imageSize: Int) -> [Double]? {
    switch imageSize {
    case 512: [0.5, 1, 1, 2, 2, 4, 4]
    case 256: [1, 1, 2, 2, 4, 4]
    case 128: [1, 1, 2, 3, 4]
    case 64: [1, 2, 3, 4]
    default: nil
    }
  }
}
