import Tensors

/// The network that blurs a sharp image by a blur code: the half of KernelWizard that measurements need.
///
/// An image in [0, 1] becomes features at a quarter of its size, an adapter mixes them with the code, a
/// trunk brings them back to the image's size, and the image is added. Layout and sizes follow from the
/// weights, whose names are those of the published file: `feature_extractor`, `adapter.model`, `recon_trunk`.
///
/// Source: "Exploring Image Deblurring via Encoded Blur Kernel Space" (Tran et al., CVPR 2021), as used by
/// DPS and DAPS (`forward_operator/bkse`).
public struct KernelWizard: Sendable {
  /// Mixes features at a quarter of the image's size with a blur code.
  public let adapter: KernelWizardAdapter
  private let front: [ConvolutionLayer]
  private let frontBlocks: [ResidualPair]
  private let backBlocks: [ResidualPair]
  private let enlarging: [ConvolutionLayer]
  private let output: [ConvolutionLayer]

  /// - Parameter weights: of the whole network; `kernel_extractor` and anything else is passed over.
  /// - Throws: ``KernelWizardError`` or ``WeightMismatch`` for weights that make no such network.
  public init(_ weights: NetworkWeights) throws {
    try weights.checkValues { name in
      ["feature_extractor.", "adapter.model.", "recon_trunk."].contains(where: name.hasPrefix)
    }
    let features = weights.scoped("feature_extractor")
    let trunk = weights.scoped("recon_trunk")
    adapter = try KernelWizardAdapter(weights.scoped("adapter.model"))
    front = try [("0", 1), ("2", 2), ("4", 2)].map { name, stride in
      try ConvolutionLayer(features.scoped(name), stride: stride)
    }
    frontBlocks = try ResidualPair.row(features, from: 6)
    backBlocks = try ResidualPair.row(trunk, from: 0)
    let end = backBlocks.count
    enlarging = try [end, end + 3].map { try ConvolutionLayer(trunk.scoped("\($0)")) }
    output = try [end + 6, end + 8].map { try ConvolutionLayer(trunk.scoped("\($0)")) }
    try checkChannels()
  }

  /// Channels of an image.
  public var imageChannels: Int { front[0].inputs }

  /// The shape [K, h, w] of the blur code for images of a size.
  ///
  /// - Throws: ``KernelWizardError/imageSize(height:width:multiple:)`` if the sides are no multiples of
  ///   ``multiple``.
  public func codeShape(height: Int, width: Int) throws(KernelWizardError) -> [Int] {
    guard height > 0, width > 0, height % multiple == 0, width % multiple == 0 else {
      throw .imageSize(height: height, width: width, multiple: multiple)
    }
    return [adapter.codeChannels, height / multiple, width / multiple]
  }

  /// What the sides of an image are multiples of: 128 for the published network.
  public var multiple: Int { 4 << adapter.levels }

  /// The blurred images [B, C, H, W] of sharp ones in [0, 1].
  ///
  /// - Parameter code: [B, K, h, w], or [1, K, h, w] for all.
  public func callAsFunction(_ sharp: Tensor, code: Tensor) throws -> Tensor {
    var h = sharp
    for layer in front { h = try layer(h).leaky(0.1) }
    for block in frontBlocks { h = try block(h) }
    h = try adapter(h, code: code)
    for block in backBlocks { h = try block(h) }
    for layer in enlarging { h = try layer(h).pixelShuffled(by: 2).leaky(0.1) }
    return try output[1](output[0](h).leaky(0.1)) + sharp
  }

  public func moved(to device: Device) throws -> KernelWizard {
    KernelWizard(
      adapter: try adapter.moved(to: device), front: try front.map { try $0.moved(to: device) },
      frontBlocks: try frontBlocks.map { try $0.moved(to: device) },
      backBlocks: try backBlocks.map { try $0.moved(to: device) },
      enlarging: try enlarging.map { try $0.moved(to: device) },
      output: try output.map { try $0.moved(to: device) })
  }

  private init(
    adapter: KernelWizardAdapter, front: [ConvolutionLayer], frontBlocks: [ResidualPair],
    backBlocks: [ResidualPair], enlarging: [ConvolutionLayer], output: [ConvolutionLayer]
  ) {
    self.adapter = adapter
    self.front = front
    self.frontBlocks = frontBlocks
    self.backBlocks = backBlocks
    self.enlarging = enlarging
    self.output = output
  }

  /// Whether each layer takes what the one before gives.
  private func checkChannels() throws(KernelWizardError) {
    let inside = adapter.channels
    var pairs: [(Int, Int)] = [
      (front[0].outputs, front[1].inputs), (front[1].outputs, front[2].inputs),
      (front[2].outputs, inside), (enlarging[0].inputs, inside),
      (enlarging[0].outputs, 4 * enlarging[1].inputs),
      (enlarging[1].outputs, 4 * output[0].inputs), (output[0].outputs, output[1].inputs),
      (output[1].outputs, front[0].inputs),
    ]
    for block in frontBlocks + backBlocks {
      pairs += [(block.inputs, inside), (block.outputs, inside)]
    }
    for (given, taken) in pairs where given != taken { throw .channels(given, taken) }
  }
}

/// Weights or images that KernelWizard does not take.
public enum KernelWizardError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A layer gives so many channels and the next takes so many.
  case channels(Int, Int)
  /// A weight that is no kernel of the size the network has.
  case weight(shape: [Int])
  case noAdapter
  case imageSize(height: Int, width: Int, multiple: Int)
  case imageChannels(Int, expected: Int)
  case code([Int], expected: [Int])

  public var description: String {
    switch self {
    case .channels(let given, let taken):
      "the weights make no KernelWizard: a layer gives \(given) channels, the next takes \(taken)"
    case .weight(let shape):
      "the weights make no KernelWizard: a kernel has the shape \(shape)"
    case .noAdapter:
      "the weights make no KernelWizard: there is no adapter.model.down.0.weight"
    case .imageSize(let height, let width, let multiple):
      "this blur network takes images whose sides are multiples of \(multiple), not "
        + "\(height)×\(width)"
    case .imageChannels(let count, let expected):
      "this blur network takes images of \(expected) channels, not \(count)"
    case .code(let shape, let expected):
      "the blur kernel has the shape \(shape); for these images the network takes \(expected)"
    }
  }
}

// MARK: - Layers

/// A 3×3 correlation with zero padding.
struct ConvolutionLayer: Sendable {
  let weight: Tensor
  let bias: Tensor
  let stride: Int

  var inputs: Int { weight.shape[1] }
  var outputs: Int { weight.shape[0] }

  init(_ weights: NetworkWeights, stride: Int = 1) throws {
    weight = try weights("weight")
    bias = try weights("bias")
    self.stride = stride
    let shape = weight.shape
    guard shape.count == 4, shape[2...] == [3, 3], bias.shape == [shape[0]] else {
      throw KernelWizardError.weight(shape: shape)
    }
  }

  private init(weight: Tensor, bias: Tensor, stride: Int) {
    (self.weight, self.bias, self.stride) = (weight, bias, stride)
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor {
    try x.plainConvolution(
      weight: weight.converted(to: x.scalarType), bias: bias.converted(to: x.scalarType),
      stride: stride, padding: 1)
  }

  func moved(to device: Device) throws -> ConvolutionLayer {
    ConvolutionLayer(
      weight: try weight.moved(to: device), bias: try bias.moved(to: device), stride: stride)
  }
}

/// x + conv(relu(conv(x))).
struct ResidualPair: Sendable {
  private let first, second: ConvolutionLayer

  var inputs: Int { first.inputs }
  var outputs: Int { second.outputs }

  /// The blocks numbered `from` and on, as many as there are.
  static func row(_ weights: NetworkWeights, from: Int) throws -> [ResidualPair] {
    var blocks: [ResidualPair] = []
    while weights.contains("\(from + blocks.count).conv1.weight") {
      let inner = weights.scoped("\(from + blocks.count)")
      blocks.append(
        ResidualPair(
          first: try ConvolutionLayer(inner.scoped("conv1")),
          second: try ConvolutionLayer(inner.scoped("conv2"))))
    }
    return blocks
  }

  private init(first: ConvolutionLayer, second: ConvolutionLayer) {
    (self.first, self.second) = (first, second)
  }

  func callAsFunction(_ x: Tensor) throws -> Tensor { try x + second(first(x).relu()) }

  func moved(to device: Device) throws -> ResidualPair {
    ResidualPair(first: try first.moved(to: device), second: try second.moved(to: device))
  }
}

extension Tensor {
  /// x where x > 0, else `slope`·x; the gradient at 0 is `slope`.
  func leaky(_ slope: Double) throws -> Tensor {
    try isAtMost(0).choosing(self * slope, else: self)
  }
}
