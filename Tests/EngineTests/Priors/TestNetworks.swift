import Tensors

@testable import Engine

/// Small networks with random weights.
enum TestNetworks {
  static let small = GuidedDiffusionArchitecture(
    imageSize: 16, imageChannels: 3, modelChannels: 32, residualBlocks: 1,
    channelMultipliers: [1, 2], attentionResolutions: [8], heads: 4, headChannels: 32,
    headsOnTheWayUp: nil, scaleShiftNorm: true, resamplingBlocks: true, newAttentionOrder: false,
    learnsVariance: true, classes: nil)

  /// Normal weights that keep the size of what passes through; norms are 1 ± 0.1.
  ///
  /// They repeat 4093 draws, a prime, which no row of a weight is a multiple of: drawing all of them
  /// would take a debug build seconds.
  static func weights(
    _ architecture: GuidedDiffusionArchitecture, seed: UInt64 = 1
  ) throws -> [String: Tensor] {
    let pool = NoiseStream(seed: seed, image: 0, purpose: .probe).normals(4093)
    var tensors: [String: Tensor] = [:]
    for (index, weight) in architecture.stateDictionary.enumerated() {
      let (count, start) = (weight.shape.reduce(1, *), 131 * index % 4093)
      var normals = Array(pool[start...])
      while normals.count < count { normals += pool }
      tensors[weight.name] = try initial(Array(normals.prefix(count)), weight)
    }
    return tensors
  }

  private static func initial(_ normals: [Float], _ weight: WeightShape) throws -> Tensor {
    let plain = try Tensor(normals, shape: weight.shape)
    guard weight.shape.count > 1 else {
      return try plain * 0.1 + (weight.name.hasSuffix("weight") ? 1 : 0)
    }
    let fanIn = weight.shape.dropFirst().reduce(1, *)
    return try plain / Double(fanIn).squareRoot()
  }

  static func network(
    _ architecture: GuidedDiffusionArchitecture = small, seed: UInt64 = 1,
    precision: NetworkPrecision = .float32, label: Int? = nil
  ) throws -> GuidedDiffusionUNet {
    try GuidedDiffusionUNet(
      architecture, weights: NetworkWeights(weights(architecture, seed: seed)),
      precision: precision, label: label)
  }

  /// Normal images for a network; row `r` depends on `rows[r]` alone.
  static func images(_ rows: [Int], shape: [Int] = small.imageShape) throws -> Tensor {
    let noise = try PhiloxNoise(seed: 3, image: 4, samples: rows)
    return try noise.normalTensor(purpose: .initial, step: 0, rowShape: shape)
  }
}

extension GuidedDiffusionArchitecture {
  var imageShape: [Int] { [imageChannels, imageSize, imageSize] }
}

extension Tensor {
  func bits() throws -> [UInt32] { try floats().map(\.bitPattern) }
  func row(_ index: Int) throws -> Tensor { try sliced(index..<index + 1, along: 0) }
  func largest() throws -> Double { try doubles().reduce(0) { max($0, abs($1)) } }

  func distance(to other: Tensor) throws -> Double {
    zip(try doubles(), try other.doubles()).reduce(0) { largest, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isNaN || difference > largest ? difference : largest
    }
  }

  /// ‖self − exact‖/‖exact‖.
  func relativeError(to exact: Tensor) throws -> Double {
    let squares = { (x: Tensor) in try x.doubles().reduce(0) { $0 + $1 * $1 } }
    return try (squares(self - exact) / squares(exact)).squareRoot()
  }
}
