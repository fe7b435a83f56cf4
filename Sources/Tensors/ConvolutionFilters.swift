import TorchShim

/// The filters of a convolution with its bias, stride and zero padding.
///
/// In bfloat16 on a processor they are kept in the blocks that oneDNN computes from, where it has bfloat16: packed
/// once, for the sizes of the first input they meet, and once more for gradients when the first is asked
/// for. Everywhere else they stay where they are.
public final class ConvolutionFilters: @unchecked Sendable {
  /// Safe to share: packing happens once whichever thread comes first, and nothing else changes.
  let reference: TorchShimFiltersRef

  /// - Parameters:
  ///   - weight: [out, C, kh, kw]. Packed filters do not hold on to it.
  ///   - bias: [out], or `nil` for 0.
  public init(_ weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int) throws {
    guard
      let made = torch_shim_filters(
        weight.reference, bias?.reference, Int64(stride), Int64(padding))
    else {
      throw TensorError(
        operation: "ConvolutionFilters", message: String(cString: torch_shim_error()))
    }
    reference = made
  }

  deinit { torch_shim_filters_release(reference) }
}

extension Tensor {
  /// Two-dimensional correlation of [N,C,H,W] with `filters`.
  ///
  /// Its gradient goes to the input, and to what is added: filters are constants here.
  /// - Parameter added: is added to the result, in one pass over it. In bfloat16 packed filters round the
  ///   sum once; others round it without what is added, then with it.
  public func convolution(_ filters: ConvolutionFilters, adding added: Tensor? = nil) throws
    -> Tensor
  {
    try Tensor(
      torch_shim_convolution(reference, filters.reference, added?.reference), "convolution")
  }

  /// A convolution with filters that are used this once.
  public func convolution(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int, adding added: Tensor? = nil
  ) throws -> Tensor {
    let filters = try ConvolutionFilters(weight, bias: bias, stride: stride, padding: padding)
    return try convolution(filters, adding: added)
  }
}
