import Tensors

/// Group normalisation with 32 groups, fused with what follows it.
struct Norm: Sendable {
  static let groups = 32
  let weight: Tensor
  let bias: Tensor
  let epsilon: Double

  init(_ weights: NetworkWeights, epsilon: Double = 1e-5) throws {
    weight = try weights("weight")
    bias = try weights("bias")
    self.epsilon = epsilon
  }

  func callAsFunction(_ x: Tensor, scale: Tensor? = nil, shift: Tensor? = nil) throws -> Tensor {
    try x.normActivation(
      groups: Self.groups, weight: weight, bias: bias, scale: scale, shift: shift,
      epsilon: epsilon)
  }

  /// The norm of an image in parts, and the parts for what goes around it.
  func branching(
    _ parts: [Tensor], activate: Bool = true
  ) throws -> (values: Tensor, rest: [Tensor]) {
    try Tensor.normActivation(
      parts, groups: Self.groups, weight: weight, bias: bias, epsilon: epsilon, activate: activate)
  }
}

/// A convolution in the network's precision.
struct Convolution: Sendable {
  private enum Method: Sendable {
    /// A 1×1 convolution.
    case mixingChannels(Linear)
    case filtering(ConvolutionFilters)
  }

  private let method: Method

  init(
    _ weights: NetworkWeights, precision: NetworkPrecision, stride: Int = 1,
    padding: Int? = nil
  ) throws {
    let size = try weights("weight").shape[2]
    if size == 1 {
      method = .mixingChannels(try Linear(weights, precision: precision))
    } else {
      method = .filtering(
        try ConvolutionFilters(
          weights("weight").converted(to: precision.scalarType),
          bias: weights("bias").converted(to: precision.scalarType), stride: stride,
          padding: padding ?? size / 2))
    }
  }

  func callAsFunction(_ x: Tensor, adding added: Tensor? = nil) throws -> Tensor {
    try self([x], adding: added)
  }

  /// The convolution of an image in parts.
  ///
  /// - Parameter added: is added to the result.
  func callAsFunction(_ parts: [Tensor], adding added: Tensor? = nil) throws -> Tensor {
    switch method {
    case .filtering(let filters):
      return try parts.joined().convolution(filters, adding: added)
    case .mixingChannels(let layer):
      let mixed = try Tensor.mixedChannels(parts, weight: layer.weight, bias: layer.bias)
      return try added.map { try mixed + $0 } ?? mixed
    }
  }
}

extension [Tensor] {
  /// The image whose channels are those of these parts, one after the other.
  func joined() throws -> Tensor { try count == 1 ? self[0] : .concatenated(self, along: 1) }
}

/// A linear layer; `precision` is that of its weights and its input.
struct Linear: Sendable {
  let weight: Tensor
  let bias: Tensor

  init(_ weights: NetworkWeights, precision: NetworkPrecision = .float32) throws {
    let stored = try weights("weight").converted(to: precision.scalarType)
    // 1×1 convolutions are stored as [out, in, 1] (over sequences) or [out, in, 1, 1].
    weight = stored.rank == 2 ? stored : try stored.reshaped(Array(stored.shape.prefix(2)))
    bias = try weights("bias").converted(to: precision.scalarType)
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor { try x.linear(weight: weight, bias: bias) }
}

extension Tensor {
  /// Nearest neighbours up, 2×2 means down, [B,C,H,W].
  public func resampled(_ direction: Resampling?) throws -> Tensor {
    switch direction {
    case nil: self
    case .up: try upsampledNearest()
    case .down: try averagePooled()
    }
  }
}

/// guided-diffusion's `ResBlock`: norm, SiLU, resampling, convolution; embedding; norm, SiLU,
/// convolution; plus the input.
public struct ResidualBlock: Sendable {
  private let inputNorm: Norm
  private let inputConvolution: Convolution
  private let embedding: Linear
  private let outputNorm: Norm
  private let outputConvolution: Convolution
  private let skip: Convolution?
  private let resampling: Resampling?
  private let scaleShift: Bool

  /// - Parameter epsilon: of the norms.
  /// - Throws: ``WeightMismatch`` if a weight is missing.
  public init(
    _ weights: NetworkWeights, resampling: Resampling?, scaleShift: Bool,
    precision: NetworkPrecision, epsilon: Double = 1e-5
  ) throws {
    inputNorm = try Norm(weights.scoped("in_layers.0"), epsilon: epsilon)
    inputConvolution = try Convolution(weights.scoped("in_layers.2"), precision: precision)
    embedding = try Linear(weights.scoped("emb_layers.1"))
    outputNorm = try Norm(weights.scoped("out_layers.0"), epsilon: epsilon)
    outputConvolution = try Convolution(weights.scoped("out_layers.3"), precision: precision)
    skip =
      weights.contains("skip_connection.weight")
      ? try Convolution(weights.scoped("skip_connection"), precision: precision) : nil
    self.resampling = resampling
    self.scaleShift = scaleShift
  }

  /// Runs the block.
  ///
  /// - Parameters:
  ///   - parts: [B,C₁,H,W], [B,C₂,H,W], …: the channels of an image, one after the other.
  ///   - activatedEmbedding: SiLU of the time embedding, [B or 1, 4M], float32.
  public func callAsFunction(_ parts: [Tensor], activatedEmbedding: Tensor) throws -> Tensor {
    let (normed, rest) = try inputNorm.branching(parts)
    var h = try inputConvolution(normed.resampled(resampling))
    let batch = h.shape[0]
    let emb = try embedding(activatedEmbedding).expanded([batch, -1])
    if scaleShift {
      let width = emb.shape[1] / 2
      h = try outputNorm(
        h, scale: emb.sliced(0..<width, along: 1), shift: emb.sliced(width..<2 * width, along: 1))
    } else {
      let added = try emb.converted(to: h.scalarType).reshaped([batch, -1, 1, 1])
      h = try outputNorm(h + added)
    }
    let shortcut = try rest.map { try $0.resampled(resampling) }
    return try outputConvolution(h, adding: skip?(shortcut) ?? shortcut.joined())
  }
}

/// A strided convolution down, or nearest neighbours and a convolution up.
public struct ResamplingConvolution: Sendable {
  private let convolution: Convolution
  private let direction: Resampling

  /// - Throws: ``WeightMismatch`` if a weight is missing.
  public init(_ weights: NetworkWeights, direction: Resampling, precision: NetworkPrecision) throws
  {
    self.direction = direction
    convolution =
      direction == .down
      ? try Convolution(weights.scoped("op"), precision: precision, stride: 2)
      : try Convolution(weights.scoped("conv"), precision: precision)
  }

  /// Runs the layer on [B,C,H,W].
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    try convolution(direction == .down ? x : x.upsampledNearest())
  }
}
