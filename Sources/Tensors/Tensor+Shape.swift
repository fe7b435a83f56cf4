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

  /// The elements `range` of one dimension, or every `step`-th of them, sharing memory.
  public func sliced(_ range: Range<Int>, along dimension: Int, step: Int = 1) throws -> Tensor {
    guard (0..<rank).contains(dimension), range.lowerBound >= 0, step > 0,
      range.upperBound <= shape[dimension]
    else {
      throw TensorError(
        operation: "sliced", message: "\(range) is outside dimension \(dimension) of \(shape)")
    }
    return try Tensor(
      torch_shim_slice(
        reference, Int64(dimension), Int64(range.lowerBound), Int64(range.upperBound),
        Int64(step)), "sliced")
  }

  /// Joins tensors along one dimension.
  public static func concatenated(_ parts: [Tensor], along dimension: Int) throws -> Tensor {
    try withReferences(parts) {
      try Tensor(
        torch_shim_concatenate($0, Int64(parts.count), Int64(dimension)), "concatenated")
    }
  }

  /// The rows (entries of the first dimension) with the given numbers, copied.
  public func rows(_ numbers: [Int]) throws -> Tensor {
    try selected(numbers, along: 0)
  }

  /// The entries of one dimension with the given numbers, copied.
  public func selected(_ numbers: [Int], along dimension: Int) throws -> Tensor {
    let indices = numbers.map(Int64.init)
    return try Tensor(
      torch_shim_select(reference, Int64(dimension), indices, Int64(indices.count)), "selected")
  }

  /// The elements moved on by `shifts`, those that leave an end entering at the other.
  public func rolled(by shifts: [Int], along dimensions: [Int]) throws -> Tensor {
    guard shifts.count == dimensions.count else {
      throw TensorError(operation: "rolled", message: "\(shifts) does not fit \(dimensions)")
    }
    return try Tensor(
      torch_shim_roll(
        reference, shifts.map(Int64.init), dimensions.map(Int64.init), Int64(shifts.count)),
      "rolled")
  }

  /// How ``padded(_:_:)`` fills what it adds.
  public enum Padding: Sendable {
    case zeros
    /// Mirrored without repeating the edge.
    case reflect
    /// The edge repeated.
    case replicate
    /// The other side.
    case circular
  }

  /// Adds to the last two dimensions of [N,C,H,W] by so many rows and columns on each side.
  public func padded(
    top: Int, bottom: Int, left: Int, right: Int, _ padding: Padding
  ) throws -> Tensor {
    let amounts = [left, right, top, bottom].map(Int64.init)
    return try Tensor(torch_shim_pad(reference, amounts, padding.shim), "padded")
  }
}

extension Tensor.Padding {
  fileprivate var shim: TorchShimPadding {
    switch self {
    case .zeros: TorchShimPaddingZeros
    case .reflect: TorchShimPaddingReflect
    case .replicate: TorchShimPaddingReplicate
    case .circular: TorchShimPaddingCircular
    }
  }
}
