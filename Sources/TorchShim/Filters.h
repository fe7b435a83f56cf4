// What a convolution needs besides its input: filters, bias, stride and zero padding.
#pragma once

#include <torch/custom_class.h>

/// Used by several threads at once.
struct Filters : torch::CustomClassHolder {
  /// x * filters + bias, plus `added` if that is defined; `x` [N,C,H,W].
  virtual at::Tensor convolution(const at::Tensor &x, const at::Tensor &added) = 0;
  /// The gradient to an x of `extent` [H,W], from the gradient `dy` [N,K,H',W'] to the result.
  virtual at::Tensor inputGradient(const at::Tensor &dy, at::IntArrayRef extent) = 0;
};

using FiltersPointer = c10::intrusive_ptr<Filters>;

/// `weight` [K,C,h,w], `bias` [K] or undefined, by the method that suits their type and device.
FiltersPointer makeFilters(const at::Tensor &weight, const at::Tensor &bias, int64_t stride,
                           int64_t padding);

/// Filters in the layout that oneDNN computes bfloat16 convolutions from; NULL where it has none.
FiltersPointer makePackedFilters(const at::Tensor &weight, const at::Tensor &bias, int64_t stride,
                                 int64_t padding);

/// Up to this many, reading the filters takes less time than the products, also for few pixels.
constexpr int64_t fewFilters = 128 * 128;

/// Output padding that gives a transposed convolution the extent the forward one started from.
inline int64_t missing(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding) {
  return in - ((out - 1) * stride - 2 * padding + kernel);
}
