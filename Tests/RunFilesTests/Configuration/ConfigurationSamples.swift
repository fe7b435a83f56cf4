import Foundation
import Testing

@testable import RunFiles

/// Texts that the tests of configurations start from.
enum ConfigurationSamples {
  /// A configuration with all that is needed and nothing more; its lines are numbered in the tests.
  static let minimal = """
    data:
      images: pictures
    measurement:
      operator: {name: denoising}
      noise: {name: gaussian, sigma: 0.05}
    prior:
      kind: guided-diffusion
      checkpoint: weights.safetensors
    sampler:
      name: dps

    """

  /// A configuration with every section, one key a line.
  static let full = """
    run:
      seed: 7
      samples: 32
      unit: 4
      output: runs/full
      checkpoint: 30
      lease: 120
    data:
      images: pictures
      range: 0-7,9
    measurement:
      operator:
        name: inpainting
        mask_type: box
        mask_len_range: [12, 13]
        margin: [4, 5]
        image_size: 32
      noise:
        name: gaussian
        sigma: 0.05
    prior:
      kind: guided-diffusion
      checkpoint: weights.safetensors
      diffusion:
        noise_schedule: linear
        steps: 1000
        model_mean_type: epsilon
        model_var_type: learned_range
        rescale_timesteps: false
    sampler:
      name: dps
      method: ps
      scale: 0.5
      steps: 250
      process: ddim
      eta: 0.5
      clip_denoised: true
      dynamic_threshold: false
    compute:
      device: cpu
      precision: float32
      threads: 2
      workers: 3
    statistics:
      quantiles: [0.1, 0.9]
      keep_samples: 2
      save_samples: true
      pictures: false

    """

  /// A layout that can exist, as the lines of a block.
  static let architecture = """
    image_size: 32
    num_channels: 32
    num_res_blocks: 1
    channel_mult: "1,2,2"
    learn_sigma: true
    attention_resolutions: "8"
    num_head_channels: 32

    """

  static func load(
    _ text: String, _ overrides: [String] = []
  ) throws(ConfigurationError) -> Configuration {
    try Configuration.load(text: text, name: "a.yaml", overrides: overrides).configuration
  }

  /// The error's text, or "no error".
  static func problem(of text: String, _ overrides: [String] = []) -> String {
    do {
      _ = try load(text, overrides)
      return "no error"
    } catch {
      return error.description
    }
  }

  /// The full sample with one passage in place of another, which must be there once.
  static func full(_ old: String, _ new: String) -> String {
    #expect(full.components(separatedBy: old).count == 2, "'\(old)' must occur once")
    return full.replacingOccurrences(of: old, with: new)
  }

  /// The folder with Sources, Tests and configs.
  static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The names of the configurations that ship.
  static let shipped: [String] = {
    let folder = package.appending(path: "configs").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
  }()

  /// The configurations of the published systems, by their path below `configs`.
  static let published: [String] = {
    let folder = package.appending(path: "configs").path
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".yaml") && $0.contains("/") }.sorted()
  }()
}

extension String {
  func indented(_ count: Int) -> String {
    split(separator: "\n").map { String(repeating: " ", count: count) + $0 + "\n" }.joined()
  }
}
