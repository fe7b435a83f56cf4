extension UNetArchitecture {
  /// Reads the block; a strict one must not hold other keys.
  static func read(_ section: SectionReader, isStrict: Bool) -> Self? {
    guard var layout = readSize(section) else { return nil }
    layout.readAttention(section)
    layout.readFlags(section)
    section.value("dropout", .number(.from(0, to: 1))).map { layout.dropout = $0 }
    readWithoutEffect(section)
    if isStrict { section.finish() }
    return layout.check(section) ? layout : nil
  }

  private static func readSize(_ section: SectionReader) -> Self? {
    let size = section.required("image_size", .integer(1...8192))
    let channels = section.required("num_channels", .integer(1...8192))
    let blocks = section.required("num_res_blocks", .integer(1...64))
    let isDefault = section.entry("channel_mult") == nil
    let multipliers = isDefault ? [] : section.value("channel_mult", .multipliers)
    guard let size, let channels, let blocks, let multipliers else { return nil }
    var layout = Self(
      imageSize: size, modelChannels: channels, residualBlocks: blocks,
      channelMultipliers: multipliers)
    if multipliers.isEmpty {
      layout.channelMultipliers = defaultMultipliers(imageSize: size) ?? []
    }
    return layout
  }

  private mutating func readAttention(_ section: SectionReader) {
    section.value("attention_resolutions", .resolutions).map { attentionResolutions = $0 }
    section.value("num_heads", .integer(1...8192)).map { heads = $0 }
    section.value("num_head_channels", .orMinusOne).map { headChannels = $0 }
    section.value("num_heads_upsample", .orMinusOne).map { decoderHeads = $0 }
    section.value("use_new_attention_order", .flag).map { usesNewAttentionOrder = $0 }
  }

  private mutating func readFlags(_ section: SectionReader) {
    section.value("use_scale_shift_norm", .flag).map { usesScaleShiftNorm = $0 }
    section.value("resblock_updown", .flag).map { residualResampling = $0 }
    section.value("learn_sigma", .flag).map { learnsVariance = $0 }
    section.value("class_cond", .flag).map { isClassConditional = $0 }
    section.value("grayscale", .flag).map { isGrayscale = $0 }
  }

  private static func readWithoutEffect(_ section: SectionReader) {
    if section.value("use_fp16", .flag) == true {
      section.notice("use_fp16", "ignored; compute.precision chooses the number format")
    }
    _ = section.value("use_checkpoint", .flag)
    section.ignore("model_path", "prior.checkpoint names the weights")
  }

  var yaml: YAMLValue { .section(sizeYAML + attentionYAML + flagsYAML) }

  private var sizeYAML: [(String, YAMLValue)] {
    [
      ("image_size", .integer(imageSize)), ("num_channels", .integer(modelChannels)),
      ("num_res_blocks", .integer(residualBlocks)),
      ("channel_mult", .text(channelMultipliers.map(\.short).joined(separator: ","))),
    ]
  }

  private var attentionYAML: [(String, YAMLValue)] {
    [
      (
        "attention_resolutions", .text(attentionResolutions.map(String.init).joined(separator: ","))
      ),
      ("num_heads", .integer(heads)), ("num_head_channels", .integer(headChannels ?? -1)),
      ("num_heads_upsample", .integer(decoderHeads ?? -1)),
      ("use_new_attention_order", .flag(usesNewAttentionOrder)),
    ]
  }

  private var flagsYAML: [(String, YAMLValue)] {
    [
      ("use_scale_shift_norm", .flag(usesScaleShiftNorm)),
      ("resblock_updown", .flag(residualResampling)), ("learn_sigma", .flag(learnsVariance)),
      ("class_cond", .flag(isClassConditional)), ("grayscale", .flag(isGrayscale)),
      ("dropout", .number(dropout)),
    ]
  }
}

extension ValueKind where Value == Int? {
  /// A positive number, or −1 for none.
  static var orMinusOne: Self {
    ValueKind<Int>.integer(-1...8192).satisfying("-1 or a whole number from 1 to 8192") { $0 != 0 }
      .map { $0 == -1 ? nil : $0 }
  }
}

extension ValueKind where Value == [Double] {
  /// Multiples of the first level's channels: "1,2,2", [1, 2, 2], 1, or "" for the default of the size.
  static var multipliers: Self {
    commaList(
      "numbers above 0, up to 1024, such as \"1,2,2\", or \"\" for the default of the image size"
    ) {
      Numerals.real($0).flatMap { $0 > 0 && $0 <= 1024 ? $0 : nil }
    }
  }
}

extension ValueKind where Value == [Int] {
  /// Resolutions: 16, "32,16,8", [32, 16, 8], or "" for none.
  static var resolutions: Self {
    commaList("resolutions from 1 to 8192 such as 16 or \"32,16,8\"") { text in
      guard Numerals.isWhole(text) else { return nil }
      return Numerals.parse(text, as: Int.self).flatMap { (1...8192).contains($0) ? $0 : nil }
    }
  }
}
