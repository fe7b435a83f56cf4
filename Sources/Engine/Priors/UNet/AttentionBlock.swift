import Foundation
import Tensors

/// guided-diffusion's `AttentionBlock`: self-attention over all pixels, plus the input.
public struct AttentionBlock: Sendable {
  private let norm: Norm
  private let queriesKeysValues: Linear
  private let projection: Linear
  private let heads: Int
  private let newOrder: Bool

  /// - Parameter epsilon: of the norm.
  /// - Throws: ``WeightMismatch`` if a weight is missing.
  public init(
    _ weights: NetworkWeights, heads: Int, newOrder: Bool, precision: NetworkPrecision,
    epsilon: Double = 1e-5
  ) throws {
    norm = try Norm(weights.scoped("norm"), epsilon: epsilon)
    queriesKeysValues = try Linear(weights.scoped("qkv"), precision: precision)
    projection = try Linear(weights.scoped("proj_out"), precision: precision)
    self.heads = heads
    self.newOrder = newOrder
  }

  /// Runs the block on [B,C,H,W].
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (normed, rest) = try norm.branching([x], activate: false)
    let tokens = try normed.permuted([0, 2, 3, 1]).reshaped([batch, height * width, channels])
    let mixed = try attend(split(queriesKeysValues(tokens)))
      .permuted([0, 2, 1, 3]).reshaped([batch, height * width, channels])
    let image = try projection(mixed).reshaped([batch, height, width, channels])
    return try rest.joined() + image.permuted([0, 3, 1, 2])
  }

  /// Queries, keys and values, each [B, heads, T, channels a head], from [B, T, 3C].
  ///
  /// Channel order is head, then q|k|v in the published networks; q|k|v, then head in the newer.
  private func split(_ joined: Tensor) throws -> [Tensor] {
    let (batch, tokens, width) = (joined.shape[0], joined.shape[1], joined.shape[2])
    let perHead = width / 3 / heads
    let parts =
      newOrder
      ? try joined.reshaped([batch, tokens, 3, heads, perHead]).permuted([2, 0, 3, 1, 4])
      : try joined.reshaped([batch, tokens, heads, 3, perHead]).permuted([3, 0, 2, 1, 4])
    return try (0..<3).map {
      try parts.sliced($0..<$0 + 1, along: 0).reshaped([batch, heads, tokens, perHead])
    }
  }

  private func attend(_ parts: [Tensor]) throws -> Tensor {
    // Both factors carry ch^(−1/4): their product stays in range in half precision.
    let scale = 1 / sqrt(sqrt(Double(parts[0].shape[3])))
    let scores = try (parts[0] * scale).matrixProduct((parts[1] * scale).transposed())
    let weights = try scores.converted(to: .float32).softmax(along: 3)
    return try weights.converted(to: parts[2].scalarType).matrixProduct(parts[2])
  }
}
