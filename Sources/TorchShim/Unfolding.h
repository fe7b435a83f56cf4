// Convolutions of few pixels with many filters, as a product of the filters, just as they lie in memory, with the
// image unfolded: reading the filters takes longest, and libtorch first writes them in another order, in each call.
#pragma once

#include <ATen/ATen.h>

namespace unfolding {

/// Of the results of a batch; with more, reading the filters is no longer what takes longest.
constexpr int64_t mostPixels = 64;

/// Whether results of `pixels` in all are found in this way: float32 on the processor, with many filters that lie
/// in order, more outputs than pixels.
bool applies(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
             int64_t pixels);

/// x * weight + bias.
at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                       int64_t stride, int64_t padding);

/// The gradient to an x of `extent` [H,W].
at::Tensor inputGradient(const at::Tensor &dy, const at::Tensor &weight, at::IntArrayRef extent,
                         int64_t stride, int64_t padding);

} // namespace unfolding
