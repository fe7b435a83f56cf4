import Foundation
import Testing

@testable import RunFiles

@Suite struct UNetArchitectureTests {
  typealias Samples = ConfigurationSamples

  static let ffhq = """
    image_size: 256
    num_channels: 128
    num_res_blocks: 1
    channel_mult: ""
    learn_sigma: True
    class_cond: False
    use_checkpoint: False
    attention_resolutions: 16
    num_heads: 4
    num_head_channels: 64
    num_heads_upsample: -1
    use_scale_shift_norm: True
    dropout: 0.0
    resblock_updown: True
    use_fp16: False
    use_new_attention_order: False
    model_path: models/ffhq_10m.pt
    """

  static func text(_ block: String) -> String {
    Samples.minimal.replacing(
      "sampler:", with: "  architecture:\n\(block.indented(4))sampler:")
  }

  static func layout(_ block: String) throws -> UNetArchitecture {
    let prior = try Samples.load(text(block)).prior
    guard case .guidedDiffusion(let network) = prior.model else { throw CancellationError() }
    return try #require(network.architecture)
  }

  @Test func thePublishedModelFileIsReadAsItIs() throws {
    let layout = try Self.layout(Self.ffhq)
    #expect(
      layout
        == UNetArchitecture(
          imageSize: 256, modelChannels: 128, residualBlocks: 1,
          channelMultipliers: [1, 1, 2, 2, 4, 4], attentionResolutions: [16], heads: 4,
          headChannels: 64, usesScaleShiftNorm: true, residualResampling: true, learnsVariance: true
        ))
    #expect(layout.levelChannels == [128, 128, 256, 256, 512, 512])
    #expect(layout.attentionFactors == [16])
    #expect(layout.outputChannels == 6)
    #expect(layout.imageShape == [3, 256, 256])
  }

  @Test func theNameOfTheWeightsInItIsIgnoredWithANotice() throws {
    let loaded = try Configuration.load(text: Self.text(Self.ffhq), name: "a.yaml")
    #expect(
      loaded.notices == [
        "a.yaml:26: prior.architecture.model_path: ignored; prior.checkpoint names the weights"
      ])
  }

  @Test func whatIsNotWrittenHasThePublishedDefault() throws {
    let block = "image_size: 64\nnum_channels: 32\nnum_res_blocks: 2\nlearn_sigma: true\n"
    let layout = try Self.layout(block)
    #expect(
      layout
        == UNetArchitecture(
          imageSize: 64, modelChannels: 32, residualBlocks: 2, channelMultipliers: [1, 2, 3, 4],
          attentionResolutions: [16], heads: 1, headChannels: nil, decoderHeads: nil,
          usesScaleShiftNorm: false, residualResampling: false, usesNewAttentionOrder: false,
          learnsVariance: true, isClassConditional: false, isGrayscale: false, dropout: 0))
  }

  @Test(arguments: [
    (512, [0.5, 1, 1, 2, 2, 4, 4]), (256, [1, 1, 2, 2, 4, 4]), (128, [1, 1, 2, 3, 4]),
    (64, [1, 2, 3, 4]),
  ])
  func theSizeGivesTheMultipliers(size: Int, multipliers: [Double]) {
    #expect(UNetArchitecture.defaultMultipliers(imageSize: size) == multipliers)
  }

  @Test(arguments: [
    ("channel_mult: \"1,2,2\"", [1, 2, 2]), ("channel_mult: [1, 2, 2]", [1, 2, 2]),
    ("channel_mult: 2", [2.0]), ("channel_mult: !!python/tuple [1, 2, 2]", [1, 2, 2]),
  ])
  func multipliersAreWrittenInEveryWay(line: String, expected: [Double]) throws {
    let block = Samples.architecture.replacing("channel_mult: \"1,2,2\"", with: line)
      .replacing("\"8\"", with: "\"\"")
    #expect(try Self.layout(block).channelMultipliers == expected)
    #expect(try Self.layout(block).attentionResolutions.isEmpty)
  }

  static let mistakes = [
    Mistake(
      "channel_mult: \"1,2,2\"", "channel_mult: \"\"",
      "a.yaml:13: prior.architecture.channel_mult: "
        + "no default for image_size 32 (64, 128, 256, 512 have one); give it"),
    Mistake(
      "channel_mult: \"1,2,2\"", "channel_mult: \"1,x\"",
      "a.yaml:13: prior.architecture.channel_mult: found the quoted text '1,x', "
        + "expected numbers above 0, up to 1024, such as \"1,2,2\", or \"\" for the default of the image size; "
        + "at most 64 of them"
    ),
    Mistake(
      "channel_mult: \"1,2,2\"", "channel_mult: \"1,1,1,1,1,1,1\"",
      "a.yaml:13: prior.architecture.channel_mult: "
        + "7 levels need an image_size divisible by 2^6"),
    Mistake(
      "num_channels: 32", "num_channels: 48",
      "a.yaml:11: prior.architecture.num_channels: "
        + "a level would have 48 channels; it must be a multiple of 32"),
    Mistake(
      "num_head_channels: 32", "num_head_channels: 48",
      "a.yaml:16: prior.architecture.num_head_channels: "
        + "64 channels with attention cannot be divided by 48"),
    Mistake(
      "num_head_channels: 32", "num_heads: 3",
      "a.yaml:16: prior.architecture.num_heads: 64 channels with attention cannot be divided by 3"),
    Mistake(
      "num_head_channels: 32", "num_head_channels: 0",
      "a.yaml:16: prior.architecture.num_head_channels: found '0', "
        + "allowed: -1 or a whole number from 1 to 8192"),
    Mistake(
      "attention_resolutions: \"8\"", "attention_resolutions: 64",
      "a.yaml:15: prior.architecture.attention_resolutions: 64 is larger than image_size 32"),
    Mistake(
      "image_size: 32\n", "",
      "a.yaml:9: prior.architecture: 'image_size' is missing; "
        + "give a whole number from 1 to 8192"),
    Mistake(
      "num_res_blocks: 1", "num_res_block: 1",
      "a.yaml:9: prior.architecture: 'num_res_blocks' is missing; "
        + "give a whole number from 1 to 64"),
    Mistake(
      "learn_sigma: true", "learn_sigma: false",
      "a.yaml:6: prior.diffusion.model_var_type: learned_range needs a network with "
        + "learn_sigma: true; use fixed_small or fixed_large"),
    Mistake(
      "learn_sigma: true", "learn_sigma: true\nclass_cond: true",
      "a.yaml:6: prior: 'class_label' is missing; give the class to draw, as class_cond is true"),
  ]

  @Test(arguments: mistakes) func aLayoutThatCannotBeIsTold(mistake: Mistake) {
    let block = Samples.architecture.replacing(mistake.old, with: mistake.new)
    #expect(block != Samples.architecture)
    #expect(Samples.problem(of: Self.text(block)) == mistake.text)
  }

  @Test func aClassNeedsAClassConditionalNetwork() {
    let text = Self.text(Samples.architecture).replacing(
      "sampler:", with: "  class_label: 3\nsampler:")
    #expect(
      Samples.problem(of: text)
        == "a.yaml:17: prior.class_label: needs a network with class_cond: true")
  }
}

// MARK: - From a checkpoint's metadata

@Suite struct UNetArchitectureJSONTests {
  static let fashion = """
    {"image_size": 32, "num_channels": 32, "num_res_blocks": 1, "channel_mult": "1,2,2",
     "learn_sigma": true, "class_cond": false, "attention_resolutions": "8", "num_heads": 4,
     "num_head_channels": 32, "num_heads_upsample": -1, "use_scale_shift_norm": true,
     "dropout": 0.0, "resblock_updown": true, "use_new_attention_order": false}
    """

  static let expected = UNetArchitecture(
    imageSize: 32, modelChannels: 32, residualBlocks: 1, channelMultipliers: [1, 2, 2],
    attentionResolutions: [8], heads: 4, headChannels: 32, usesScaleShiftNorm: true,
    residualResampling: true, learnsVariance: true)

  private func problem(_ json: String) -> String {
    do {
      _ = try UNetArchitecture(json: json, source: "w.safetensors")
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func theMetadataOfTheShippedPriorIsRead() throws {
    #expect(try UNetArchitecture(json: Self.fashion) == Self.expected)
  }

  @Test func otherKeysAreTolerated() throws {
    let extra = Self.fashion.replacing(
      "{", with: "{\"architecture\": \"UNet\", \"training\": {\"a\": [1, {}]}, \"n\": null, ")
    #expect(try UNetArchitecture(json: extra) == Self.expected)
  }

  @Test func numbersAndListsAreReadAsTexts() throws {
    let json = Self.fashion.replacing("\"8\"", with: "8").replacing("\"1,2,2\"", with: "[1, 2, 2]")
    #expect(try UNetArchitecture(json: json) == Self.expected)
  }

  @Test(arguments: [
    ("", "w.safetensors: architecture: the metadata is not a JSON object"),
    ("[1]", "w.safetensors: architecture: the metadata is not a JSON object"),
    (String(repeating: "[", count: 100_000), "w.safetensors: architecture: the metadata"),
    (
      "{\"a\":" + String(repeating: "[", count: 100_000),
      "w.safetensors: architecture: the metadata"
    ),
    ("{}", "w.safetensors: architecture: 'image_size' is missing; give a whole number"),
    (
      Self.fashion.replacing("true", with: "1"),
      "w.safetensors: architecture.use_scale_shift_norm: found '1', expected true or false"
    ),
    (
      Self.fashion.replacing("\"num_channels\": 32", with: "\"num_channels\": 1e300"),
      "w.safetensors: architecture.num_channels: found '1e+300', expected a whole number"
    ),
    (
      Self.fashion.replacing("\"num_channels\": 32", with: "\"num_channels\": {}"),
      "w.safetensors: architecture.num_channels: found a section, expected a whole number"
    ),
  ])
  func aMistakeNamesTheFile(json: String, expected: String) {
    #expect(problem(json).hasPrefix(expected), "\(problem(json))")
  }
}
