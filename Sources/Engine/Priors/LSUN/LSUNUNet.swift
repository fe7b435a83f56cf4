import Foundation
import Tensors

/// The DDPM UNet of Ho et al. 2020 as `pytorch_diffusion` converts it.
///
/// It differs from guided-diffusion's in its embedding (sines first, i/(half − 1)), the ε of its
/// norms, one head of attention, and strided convolutions that pad below and right only. Gradients
/// flow to the image, never to weights.
public struct LSUNUNet: DiffusionModel {
  /// The sizes the weights were made for.
  public let architecture: LSUNArchitecture
  let precision: NetworkPrecision

  public var imageShape: [Int] {
    [architecture.imageChannels, architecture.imageSize, architecture.imageSize]
  }

  /// ε of the norms.
  static let epsilon = 1e-6

  private let timeEmbedding: (Linear, Linear)
  private let first: Convolution
  private let down: [Level]
  private let middle: (ResidualBlock, AttentionBlock, ResidualBlock)
  private let up: [Level]
  private let lastNorm: Norm
  private let last: Convolution
  private let device: Device

  /// Builds the network around `weights`.
  ///
  /// - Parameters:
  ///   - weights: exactly those of ``LSUNArchitecture/stateDictionary``, float32.
  ///   - device: where the weights are sent to.
  /// - Throws: ``ArchitectureError``, ``WeightMismatch``.
  public init(
    _ architecture: LSUNArchitecture, weights: NetworkWeights,
    precision: NetworkPrecision = .float32, device: Device = .cpu
  ) throws {
    try architecture.check()
    let placed = try weights.checked(against: architecture.stateDictionary, on: device)
    self.architecture = architecture
    self.precision = precision
    self.device = device
    timeEmbedding = (
      try Linear(placed.scoped("temb.dense.0")), try Linear(placed.scoped("temb.dense.1"))
    )
    first = try Convolution(placed.scoped("conv_in"), precision: precision)
    let level = { try Level($0, placed, precision: precision) }
    down = try architecture.encoder.levels.map(level)
    up = try architecture.decoder.map(level)
    let scope = placed.scoped("mid")
    middle = (
      try .ddpm(scope.scoped("block_1"), precision: precision),
      try .ddpm(scope.scoped("attn_1"), precision: precision),
      try .ddpm(scope.scoped("block_2"), precision: precision)
    )
    lastNorm = try Norm(placed.scoped("norm_out"), epsilon: Self.epsilon)
    last = try Convolution(placed.scoped("conv_out"), precision: precision)
  }

  public func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let result = try forward(x, times: times)
    let channels = architecture.imageChannels
    guard architecture.outputChannels == 2 * channels else { return ModelOutput(mean: result) }
    return ModelOutput(
      mean: try result.sliced(0..<channels, along: 1),
      variance: try result.sliced(channels..<2 * channels, along: 1))
  }

  /// All output channels in float32.
  public func forward(_ x: Tensor, times: [Float]) throws -> Tensor {
    let embedding = try embed(times).silu()
    var h = try first(x.converted(to: precision.scalarType).channelsLast())
    var skips = [h]
    for level in down {
      for index in level.blocks.indices {
        h = try level(index, [h], embedding)
        skips.append(h)
      }
      if let change = level.change {
        h = try change(h.padded(top: 0, bottom: 1, left: 0, right: 1, .zeros).channelsLast())
        skips.append(h)
      }
    }
    h = try middle.0([h], activatedEmbedding: embedding)
    h = try middle.2([middle.1(h)], activatedEmbedding: embedding)
    for level in up {
      for index in level.blocks.indices {
        h = try level(index, [h, skips.removeLast()], embedding)
      }
      if let change = level.change { h = try change(h.upsampledNearest()) }
    }
    return try last(lastNorm(h)).converted(to: .float32)
  }

  /// One row if all rows of the batch share their time, else one a row.
  private func embed(_ times: [Float]) throws -> Tensor {
    let distinct = Set(times).count == 1 ? Array(times.prefix(1)) : times
    let values = TimestepEmbedding.ddpmValues(
      times: distinct, dimension: architecture.channels)
    let waves = try Tensor(values, shape: [distinct.count, architecture.channels])
    return try timeEmbedding.1(timeEmbedding.0(waves.sent(to: device)).silu())
  }
}

/// A level of either path.
private struct Level: Sendable {
  let blocks: [ResidualBlock]
  let attentions: [AttentionBlock]
  /// The convolution at its end, where the resolution changes.
  let change: Convolution?

  init(
    _ plan: LSUNArchitecture.Level, _ weights: NetworkWeights, precision: NetworkPrecision
  ) throws {
    blocks = try plan.blocks.map { try .ddpm(weights.scoped($0.prefix), precision: precision) }
    attentions =
      plan.attends
      ? try plan.blocks.indices.map {
        try .ddpm(weights.scoped("\(plan.prefix).attn.\($0)"), precision: precision)
      } : []
    let own = weights.scoped(plan.prefix)
    let isDown = own.contains("downsample.conv.weight")
    change =
      plan.resamples
      ? try Convolution(
        own.scoped(isDown ? "downsample.conv" : "upsample.conv"), precision: precision,
        stride: isDown ? 2 : 1, padding: isDown ? 0 : 1) : nil
  }

  func callAsFunction(_ index: Int, _ parts: [Tensor], _ embedding: Tensor) throws -> Tensor {
    let h = try blocks[index](parts, activatedEmbedding: embedding)
    return attentions.isEmpty ? h : try attentions[index](h)
  }
}

// MARK: - Layers under guided-diffusion's names

extension ResidualBlock {
  fileprivate static func ddpm(
    _ weights: NetworkWeights, precision: NetworkPrecision
  ) throws -> ResidualBlock {
    let names = [
      "norm1": "in_layers.0", "conv1": "in_layers.2", "temb_proj": "emb_layers.1",
      "norm2": "out_layers.0", "conv2": "out_layers.3",
    ]
    var renamed: [String: Tensor] = [:]
    for (own, other) in names {
      for part in ["weight", "bias"] { renamed["\(other).\(part)"] = try weights("\(own).\(part)") }
    }
    if weights.contains("nin_shortcut.weight") {
      for part in ["weight", "bias"] {
        renamed["skip_connection.\(part)"] = try weights("nin_shortcut.\(part)")
      }
    }
    return try ResidualBlock(
      NetworkWeights(renamed), resampling: nil, scaleShift: false, precision: precision,
      epsilon: LSUNUNet.epsilon)
  }
}

extension AttentionBlock {
  fileprivate static func ddpm(
    _ weights: NetworkWeights, precision: NetworkPrecision
  ) throws -> AttentionBlock {
    let joined = { (part: String) in
      try Tensor.concatenated(["q", "k", "v"].map { try weights("\($0).\(part)") }, along: 0)
    }
    let matrix = { (tensor: Tensor) in try tensor.reshaped(tensor.shape.prefix(2) + [1]) }
    return try AttentionBlock(
      NetworkWeights([
        "norm.weight": weights("norm.weight"), "norm.bias": weights("norm.bias"),
        "qkv.weight": matrix(joined("weight")), "qkv.bias": joined("bias"),
        "proj_out.weight": matrix(weights("proj_out.weight")),
        "proj_out.bias": weights("proj_out.bias"),
      ]), heads: 1, newOrder: true, precision: precision, epsilon: LSUNUNet.epsilon)
  }
}

extension TimestepEmbedding {
  /// DDPM's embedding [sin(t·f_i), cos(t·f_i)] with f_i = 10000^(−i/(half − 1)), sines first.
  ///
  /// - Returns: `times.count` rows of `dimension` values; an odd dimension ends with a zero.
  public static func ddpmValues(
    times: [Float], dimension: Int, maxPeriod: Double = 10_000
  ) -> [Float] {
    let half = dimension / 2
    let frequencies = (0..<half).map {
      Float(exp(-log(maxPeriod) * Double($0) / Double(max(1, half - 1))))
    }
    return times.flatMap { time in
      let angles = frequencies.map { Double(time * $0) }
      return angles.map { Float(sin($0)) } + angles.map { Float(cos($0)) }
        + [Float](repeating: 0, count: dimension % 2)
    }
  }
}
