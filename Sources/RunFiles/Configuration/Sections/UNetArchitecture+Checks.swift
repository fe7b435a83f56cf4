extension UNetArchitecture {
  /// Channels that a group norm of the network normalises together divide into this many groups.
  static let normGroups = 32

  /// Whether a network of this layout can exist; notes what cannot.
  func check(_ section: SectionReader) -> Bool {
    let problems = [multiplierProblem, channelProblem, attentionProblem, headProblem]
    for case (let key, let text)? in problems { section.problem(key, .conflict(text)) }
    return problems.allSatisfy { $0 == nil }
  }

  private typealias Problem = (key: String, text: String)

  private var multiplierProblem: Problem? {
    guard !channelMultipliers.isEmpty else {
      return (
        "channel_mult",
        "no default for image_size \(imageSize) (64, 128, 256, 512 have one); give it"
      )
    }
    let levels = channelMultipliers.count
    guard levels <= 14, imageSize % (1 << (levels - 1)) == 0 else {
      return ("channel_mult", "\(levels) levels need an image_size divisible by 2^\(levels - 1)")
    }
    return nil
  }

  private var channelProblem: Problem? {
    guard let channels = levelChannels.first(where: { $0 < 1 || $0 % Self.normGroups != 0 }) else {
      return nil
    }
    return (
      "num_channels",
      "a level would have \(channels) channels; it must be a multiple of "
        + "\(Self.normGroups)"
    )
  }

  private var attentionProblem: Problem? {
    attentionResolutions.first { $0 > imageSize }.map {
      ("attention_resolutions", "\($0) is larger than image_size \(imageSize)")
    }
  }

  private var headProblem: Problem? {
    let key = headChannels == nil ? "num_heads" : "num_head_channels"
    for channels in attendedChannels where channels > 0 {
      let divisors = headChannels.map { [$0] } ?? [heads, decoderHeads ?? heads]
      if let divisor = divisors.first(where: { channels % $0 != 0 }) {
        return (key, "\(channels) channels with attention cannot be divided by \(divisor)")
      }
    }
    return nil
  }

  private var attendedChannels: [Int] {
    let levels = levelChannels.enumerated().filter { level, _ in
      level < 14 && attentionFactors.contains(1 << level)
    }
    return levels.map(\.element) + levelChannels.suffix(1)
  }
}
