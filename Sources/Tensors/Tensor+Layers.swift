import TorchShim

extension Tensor {
  /// x·Wᵀ + b for x [..., in], W [out, in], b [out].
  public func linear(weight: Tensor, bias: Tensor?) throws -> Tensor {
    try Tensor(torch_shim_linear(reference, weight.reference, bias?.reference), "linear")
  }

  /// libtorch's own convolution (a correlation) of [N,C,H,W], with zero padding.
  ///
  /// - Parameters:
  ///   - weight: [out, C/groups, kh, kw]; for a transposed one [C, out/groups, kh, kw].
  ///   - transposed: whether it is the transpose, which enlarges the image by `stride`.
  public func plainConvolution(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1,
    transposed: Bool = false
  ) throws -> Tensor {
    try Tensor(
      torch_shim_plain_convolution(
        reference, weight.reference, bias?.reference, Int64(stride), Int64(padding),
        Int64(groups), transposed), "plainConvolution")
  }

  /// Group normalisation of [N,C,…] from libtorch's own operator; the reference of
  /// ``normActivation(groups:weight:bias:scale:shift:epsilon:activate:)``.
  public func groupNorm(groups: Int, weight: Tensor, bias: Tensor, epsilon: Double = 1e-5)
    throws -> Tensor
  {
    try Tensor(
      torch_shim_group_norm(
        reference, Int64(groups), weight.reference, bias.reference, epsilon), "groupNorm")
  }

  /// SiLU(GroupNorm(x)·(1 + scale) + shift) of [N,C,H,W] in one pass over memory each way.
  ///
  /// Arithmetic is float32 whatever the element type. Its gradient goes to the input, scale and shift:
  /// weight and bias are constants here.
  /// - Parameters:
  ///   - scale: [N,C], or `nil` for 0.
  ///   - shift: [N,C], or `nil` for 0.
  ///   - activate: whether the SiLU is applied.
  public func normActivation(
    groups: Int, weight: Tensor, bias: Tensor, scale: Tensor? = nil, shift: Tensor? = nil,
    epsilon: Double = 1e-5, activate: Bool = true
  ) throws -> Tensor {
    try Self.normActivation(
      [self], groups: groups, weight: weight, bias: bias, scale: scale, shift: shift,
      epsilon: epsilon, activate: activate
    ).values
  }

  /// The same of an image whose channels are those of `parts`, one after the other, without joining them; and the
  /// parts again, for what else is made of the image.
  ///
  /// Gradients to `rest` join that of the norm in the pass over memory that writes it; those to `parts`
  /// themselves would be added in another.
  /// - Parameter parts: [N,C₁,H,W], [N,C₂,H,W], ….
  public static func normActivation(
    _ parts: [Tensor], groups: Int, weight: Tensor, bias: Tensor, scale: Tensor? = nil,
    shift: Tensor? = nil, epsilon: Double = 1e-5, activate: Bool = true
  ) throws -> (values: Tensor, rest: [Tensor]) {
    var rest = [TorchShimTensorRef?](repeating: nil, count: parts.count)
    let values = try withReferences(parts) {
      try Tensor(
        torch_shim_norm_activation(
          $0, Int64(parts.count), Int64(groups), weight.reference, bias.reference,
          scale?.reference, shift?.reference, epsilon, activate, &rest), "normActivation")
    }
    return (values, try rest.map { try Tensor($0, "normActivation") })
  }

  /// The 1×1 convolution of an image whose channels are those of `parts`, one after the other, without
  /// joining them: a matrix product on channels-last memory.
  ///
  /// Its gradient goes to the parts. In bfloat16 what the first parts gave is rounded before the next is added.
  /// - Parameters:
  ///   - parts: [N,C₁,H,W], [N,C₂,H,W], ….
  ///   - weight: [K,C], C being that of all parts together.
  ///   - bias: [K].
  public static func mixedChannels(
    _ parts: [Tensor], weight: Tensor, bias: Tensor
  ) throws -> Tensor {
    try withReferences(parts) {
      try Tensor(
        torch_shim_mix_channels($0, Int64(parts.count), weight.reference, bias.reference),
        "mixedChannels")
    }
  }

  /// Doubles height and width of [N,C,H,W] by repeating pixels.
  public func upsampledNearest() throws -> Tensor {
    try Tensor(torch_shim_upsample_nearest(reference), "upsampledNearest")
  }

  /// [N,C,H,W] interpolated to another size, linearly between pixel centres.
  public func resizedBilinear(height: Int, width: Int) throws -> Tensor {
    try Tensor(torch_shim_resize(reference, Int64(height), Int64(width), true), "resizedBilinear")
  }

  /// [N,C,H,W] brought to another size by repeating or dropping pixels.
  public func resizedNearest(height: Int, width: Int) throws -> Tensor {
    try Tensor(torch_shim_resize(reference, Int64(height), Int64(width), false), "resizedNearest")
  }

  /// Moves groups of factor² channels of [N,C,H,W] into blocks of factor × factor pixels.
  public func pixelShuffled(by factor: Int) throws -> Tensor {
    try Tensor(torch_shim_pixel_shuffle(reference, Int64(factor)), "pixelShuffled")
  }

  /// Means of the 2×2 blocks of [N,C,H,W]; an odd last row or column is dropped.
  public func averagePooled() throws -> Tensor {
    try Tensor(torch_shim_average_pool(reference), "averagePooled")
  }
}
