/// Why an architecture cannot be read off a set of tensors.
public enum ArchitectureInferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A tensor every guided-diffusion network has is not there, or has an unexpected rank.
  case notGuidedDiffusion(tensor: String)
  /// Attention heads leave no trace in the tensors.
  case headsUnknown
  /// The tensors do not form a network of this family.
  case inconsistent

  public var description: String {
    switch self {
    case .notGuidedDiffusion(let tensor): "there is no tensor \(tensor) as guided-diffusion has it"
    case .headsUnknown: "the number of attention heads leaves no trace in the tensors"
    case .inconsistent: "the tensors do not form a guided-diffusion network"
    }
  }
}

extension GuidedDiffusionArchitecture {
  /// Reads the architecture off the shapes of a state dictionary.
  ///
  /// Widths, depths, attention levels, norms, resampling, channels and classes show in the shapes;
  /// attention heads do not. A guess would run and give wrong images, so only networks that are
  /// ``published`` are recognised, whose heads are known.
  ///
  /// - Throws: ``ArchitectureInferenceError``.
  public init(
    inferredFrom shapes: [String: [Int]]
  ) throws(ArchitectureInferenceError) {
    guard shapes.values.joined().allSatisfy(Self.plausibleExtents.contains) else {
      throw .inconsistent
    }
    let trace = ArchitectureTrace(shapes)
    let first = try trace.shape("input_blocks.0.0.weight", rank: 4)
    let last = try trace.shape("out.2.weight", rank: 4)
    let time = try trace.shape("time_embed.0.weight", rank: 2)
    let levels = try trace.levels()
    guard time[1] > 0, levels.widths.count < 16 else { throw .inconsistent }
    // All published networks are 8 pixels wide at the coarsest level.
    let size = 8 << (levels.widths.count - 1)
    self.init(
      imageSize: size, imageChannels: first[1], modelChannels: time[1],
      residualBlocks: levels.residualBlocks,
      channelMultipliers: levels.widths.map { Double($0) / Double(time[1]) },
      attentionResolutions: levels.attention.map { size >> $0 }, heads: Self.publishedHeads,
      headChannels: 64, headsOnTheWayUp: nil, scaleShiftNorm: try trace.scaleShiftNorm(),
      resamplingBlocks: levels.resamplingBlocks, newAttentionOrder: false,
      learnsVariance: last[0] == 2 * first[1], classes: shapes["label_emb.weight"]?.first)
    let expected = stateDictionary
    guard expected.count == shapes.count, expected.allSatisfy({ shapes[$0.name] == $0.shape })
    else { throw .inconsistent }
    guard Self.published.contains(self) else { throw .headsUnknown }
  }

  /// Extents a weight of such a network may have; products of two stay far from overflow.
  private static let plausibleExtents = 1...1 << 24

  /// The networks whose checkpoints the published systems use: FFHQ-256, and ImageNet-256 with and
  /// without classes (openai/guided-diffusion README; DPS and DAPS configurations).
  public static let published: [GuidedDiffusionArchitecture] = {
    let imageNet = published(width: 256, residualBlocks: 2, attentionResolutions: [32, 16, 8])
    var conditional = imageNet
    conditional.classes = 1000
    let ffhq = published(width: 128, residualBlocks: 1, attentionResolutions: [16])
    return [ffhq, imageNet, conditional]
  }()

  /// As published; the width of a head, which they have too, decides.
  private static let publishedHeads = 4

  /// What the published networks have in common.
  private static func published(
    width: Int, residualBlocks: Int, attentionResolutions: [Int]
  ) -> GuidedDiffusionArchitecture {
    GuidedDiffusionArchitecture(
      imageSize: 256, imageChannels: 3, modelChannels: width, residualBlocks: residualBlocks,
      channelMultipliers: [1, 1, 2, 2, 4, 4], attentionResolutions: attentionResolutions,
      heads: publishedHeads, headChannels: 64, headsOnTheWayUp: nil, scaleShiftNorm: true,
      resamplingBlocks: true, newAttentionOrder: false, learnsVariance: true, classes: nil)
  }
}

/// What the names and shapes of the encoder's tensors give away.
private struct ArchitectureTrace {
  struct Levels {
    var widths: [Int] = []
    var attention: [Int] = []
    var residualBlocks = 0
    var resamplingBlocks = true
  }

  let shapes: [String: [Int]]

  init(_ shapes: [String: [Int]]) { self.shapes = shapes }

  func shape(_ name: String, rank: Int) throws(ArchitectureInferenceError) -> [Int] {
    guard let found = shapes[name], found.count == rank else {
      throw .notGuidedDiffusion(tensor: name)
    }
    return found
  }

  func scaleShiftNorm() throws(ArchitectureInferenceError) -> Bool {
    let embedding = try shape("input_blocks.1.0.emb_layers.1.weight", rank: 2)
    let norm = try shape("input_blocks.1.0.out_layers.0.weight", rank: 1)
    return embedding[0] == 2 * norm[0]
  }

  /// Encoder blocks are residual blocks level by level, with a resampling block between levels;
  /// a resampling residual block looks like any other, so levels are found by trying depths.
  func levels() throws(ArchitectureInferenceError) -> Levels {
    var widths: [Int] = []
    var attention: [Bool] = []
    var strided: [Int] = []
    var index = 1
    while true {
      let prefix = "input_blocks.\(index).0"
      if let width = shapes["\(prefix).out_layers.3.weight"]?.first {
        widths.append(width)
      } else if shapes["\(prefix).op.weight"] != nil {
        strided.append(widths.count)
        widths.append(widths.last ?? 0)
      } else {
        break
      }
      attention.append(shapes["input_blocks.\(index).1.qkv.weight"] != nil)
      index += 1
    }
    let decoderBlocks = (0...).prefix { shapes["output_blocks.\($0).0.in_layers.0.weight"] != nil }
      .count
    // An encoder has L·n + L − 1 blocks, a decoder L·(n + 1).
    guard decoderBlocks - widths.count == 1, !widths.isEmpty else { throw .inconsistent }
    return try split(
      widths: widths, attention: attention, levels: upsamplings + 1,
      resamplingBlocks: strided.isEmpty)
  }

  /// Number of decoder blocks that end with a doubling of the resolution.
  private var upsamplings: Int {
    let marks = ["1.conv.weight", "2.conv.weight", "1.in_layers.2.weight", "2.in_layers.2.weight"]
    return shapes.keys.filter { name in
      name.hasPrefix("output_blocks.") && marks.contains { name.hasSuffix(".\($0)") }
    }.count
  }

  private func split(
    widths: [Int], attention: [Bool], levels: Int, resamplingBlocks: Bool
  ) throws(ArchitectureInferenceError) -> Levels {
    let perLevel = widths.count + 1
    guard levels > 0, perLevel % levels == 0, perLevel / levels > 1 else { throw .inconsistent }
    let stride = perLevel / levels
    return Levels(
      widths: (0..<levels).map { widths[$0 * stride] },
      attention: (0..<levels).filter { attention[$0 * stride] },
      residualBlocks: stride - 1, resamplingBlocks: resamplingBlocks)
  }
}
