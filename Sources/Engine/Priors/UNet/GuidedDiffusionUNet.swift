import Tensors

/// guided-diffusion's UNet (Dhariwal & Nichol, 2021), the network behind DPS, DAPS and ALD.
///
/// Runs on channels-last memory. Gradients flow to the image, never to weights.
public struct GuidedDiffusionUNet: DiffusionModel {
  /// Sizes and choices the weights were trained with.
  public let architecture: GuidedDiffusionArchitecture
  /// Precision of convolutions and matrix products.
  public let precision: NetworkPrecision

  public var imageShape: [Int] {
    [architecture.imageChannels, architecture.imageSize, architecture.imageSize]
  }

  private let timeEmbedding: (Linear, Linear)
  private let labelEmbedding: Tensor?
  private let label: Int?
  private let input: [[Layer]]
  private let middle: [Layer]
  private let output: [[Layer]]
  private let lastNorm: Norm
  private let lastConvolution: Convolution
  private let device: Device

  /// Builds the network around `weights`.
  ///
  /// - Parameters:
  ///   - weights: exactly the tensors of ``GuidedDiffusionArchitecture/stateDictionary``, float32.
  ///     They are used where they are when no conversion is needed, so mapped weights stay mapped.
  ///   - device: where the weights are sent to.
  ///   - label: the class a class-conditional network draws.
  /// - Throws: ``ArchitectureError``, ``WeightMismatch``, ``LabelError``.
  public init(
    _ architecture: GuidedDiffusionArchitecture, weights: NetworkWeights,
    precision: NetworkPrecision = .float32, label: Int? = nil, device: Device = .cpu
  ) throws {
    try architecture.check()
    let placed = try weights.checked(against: architecture.stateDictionary, on: device)
    try LabelError.check(label, classes: architecture.classes)
    self.architecture = architecture
    self.precision = precision
    self.label = label
    self.device = device
    timeEmbedding = (
      try Linear(placed.scoped("time_embed.0")), try Linear(placed.scoped("time_embed.2"))
    )
    labelEmbedding = architecture.classes == nil ? nil : try placed("label_emb.weight")
    let plan = UNetPlan(architecture)
    let layer = { (plan: LayerPlan) in
      try Layer(plan, placed, architecture: architecture, precision: precision)
    }
    input = try plan.input.map { try $0.map(layer) }
    middle = try plan.middle.map(layer)
    output = try plan.output.map { try $0.map(layer) }
    lastNorm = try Norm(placed.scoped("out.0"))
    lastConvolution = try Convolution(placed.scoped("out.2"), precision: precision)
  }

  public func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let labels = label.map { [Int](repeating: $0, count: times.count) }
    let result = try forward(x, times: times, labels: labels)
    let channels = architecture.imageChannels
    guard architecture.learnsVariance else { return ModelOutput(mean: result) }
    return ModelOutput(
      mean: try result.sliced(0..<channels, along: 1),
      variance: try result.sliced(channels..<2 * channels, along: 1))
  }

  /// All output channels, [B, C or 2C, H, W] in float32.
  ///
  /// - Parameter labels: a class per row of a class-conditional network.
  public func forward(_ x: Tensor, times: [Float], labels: [Int]? = nil) throws -> Tensor {
    let embedding = try embed(times: times, labels: labels).silu()
    var h = try x.converted(to: precision.scalarType).channelsLast()
    var skips: [Tensor] = []
    for block in input {
      h = try run(block, [h], embedding)
      skips.append(h)
    }
    h = try run(middle, [h], embedding)
    for block in output {
      h = try run(block, [h, skips.removeLast()], embedding)
    }
    return try lastConvolution(lastNorm(h)).converted(to: .float32)
  }

  /// Runs the layers on an image in parts.
  private func run(_ block: [Layer], _ parts: [Tensor], _ embedding: Tensor) throws -> Tensor {
    try block.reduce(parts) { [try $1($0, activatedEmbedding: embedding)] }.joined()
  }

  /// The time and label embedding: one row if all rows of the batch share it, else one a row.
  private func embed(times: [Float], labels: [Int]?) throws -> Tensor {
    let shared = Set(times).count == 1 && Set(labels ?? []).count <= 1
    let distinct = shared ? Array(times.prefix(1)) : times
    let waves = try TimestepEmbedding.tensor(
      times: distinct, dimension: architecture.modelChannels, device: device)
    let embedding = try timeEmbedding.1(timeEmbedding.0(waves).silu())
    guard let labelEmbedding else { return embedding }
    guard let labels else { throw LabelError.missing(classes: labelEmbedding.shape[0]) }
    return try embedding + labelEmbedding.rows(shared ? Array(labels.prefix(1)) : labels)
  }
}

/// One layer of a block.
private enum Layer: Sendable {
  case convolution(Convolution)
  case residual(ResidualBlock)
  case attention(AttentionBlock)
  case resample(ResamplingConvolution)

  init(
    _ plan: LayerPlan, _ weights: NetworkWeights, architecture: GuidedDiffusionArchitecture,
    precision: NetworkPrecision
  ) throws {
    let own = weights.scoped(plan.prefix)
    switch plan.kind {
    case .convolution:
      self = .convolution(try Convolution(own, precision: precision))
    case .residual(_, _, let resampling):
      self = .residual(
        try ResidualBlock(
          own, resampling: resampling, scaleShift: architecture.scaleShiftNorm,
          precision: precision))
    case .attention(_, let heads):
      self = .attention(
        try AttentionBlock(
          own, heads: heads, newOrder: architecture.newAttentionOrder, precision: precision))
    case .resample(_, let direction):
      self = .resample(
        try ResamplingConvolution(own, direction: direction, precision: precision))
    }
  }

  func callAsFunction(_ parts: [Tensor], activatedEmbedding: Tensor) throws -> Tensor {
    switch self {
    case .convolution(let layer): try layer(parts)
    case .residual(let layer): try layer(parts, activatedEmbedding: activatedEmbedding)
    case .attention(let layer): try layer(parts.joined())
    case .resample(let layer): try layer(parts.joined())
    }
  }
}

/// A class label that does not fit the network.
public enum LabelError: Error, Sendable, Equatable, CustomStringConvertible {
  case missing(classes: Int)
  case notConditional(label: Int)
  case outOfRange(label: Int, classes: Int)

  public var description: String {
    switch self {
    case .missing(let classes):
      "the network is class-conditional: give a class_label from 0 to \(classes - 1)"
    case .notConditional(let label):
      "class_label \(label) is given, but the network has no classes"
    case .outOfRange(let label, let classes):
      "class_label \(label) is outside 0…\(classes - 1)"
    }
  }

  static func check(_ label: Int?, classes: Int?) throws(LabelError) {
    guard let label else {
      return
    }
    guard let classes else { throw .notConditional(label: label) }
    guard (0..<classes).contains(label) else { throw .outOfRange(label: label, classes: classes) }
  }
}
