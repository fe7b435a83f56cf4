import TorchShim

extension Tensor {
  /// The same elements in row-major order under another shape; one extent may be −1.
  public func reshaped(_ shape: [Int]) throws -> Tensor {
    let extents = shape.map(Int64.init)
    return try Tensor(
      torch_shim_reshape(reference, extents, Int64(extents.count)), "reshaped(\(shape))")
  }

  /// Repeats dimensions of extent 1, without copying; −1 keeps an extent.
  public func expanded(_ shape: [Int]) throws -> Tensor {
    let extents = shape.map(Int64.init)
    return try Tensor(
      torch_shim_expand(reference, extents, Int64(extents.count)), "expanded(\(shape))")
  }

  /// Reorders the dimensions: dimension `i` of the result is dimension `order[i]`.
  public func permuted(_ order: [Int]) throws -> Tensor {
    let axes = order.map(Int64.init)
    return try Tensor(
      torch_shim_permute(reference, axes, Int64(axes.count)), "permuted(\(order))")
  }

  /// Exchanges the last two dimensions.
  public func transposed() throws -> Tensor {
    let axes = Array(0..<rank)
    return try permuted(axes.dropLast(2) + [rank - 1, rank - 2])
  }

  /// The elements `range` of one dimension, sharing memory.
  public func sliced(_ range: Range<Int>, along dimension: Int) throws -> Tensor {
    guard (0..<rank).contains(dimension), range.lowerBound >= 0,
      range.upperBound <= shape[dimension]
    else {
      throw TensorError(
        operation: "sliced", message: "\(range) is outside dimension \(dimension) of \(shape)")
    }
    return try Tensor(
      torch_shim_slice(
        reference, Int64(dimension), Int64(range.lowerBound), Int64(range.upperBound)), "sliced")
  }

  /// Joins tensors along one dimension.
  public static func concatenated(_ parts: [Tensor], along dimension: Int) throws -> Tensor {
    let references: [TorchShimTensorRef?] = parts.map(\.reference)
    return try withExtendedLifetime(parts) {
      try Tensor(
        torch_shim_concatenate(references, Int64(references.count), Int64(dimension)),
        "concatenated")
    }
  }

  /// The rows (entries of the first dimension) with the given numbers, copied.
  public func rows(_ numbers: [Int]) throws -> Tensor {
    let indices = numbers.map(Int64.init)
    return try Tensor(
      torch_shim_select_rows(reference, indices, Int64(indices.count)), "rows")
  }
}
