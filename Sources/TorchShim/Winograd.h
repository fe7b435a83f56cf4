// 3×3 convolutions of stride 1 by Winograd's minimal filtering F(4×4, 3×3): a quarter of the
// direct method's multiplications, in float32, with two to three times its rounding error.
#pragma once

#include <ATen/ATen.h>

namespace winograd {

/// Whether this convolution can be computed so, and is large enough to gain from it.
bool applies(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
             const at::Tensor &added, int64_t stride, int64_t padding);

/// (x * weight + bias) + added; `x` [N,C,H,W], `weight` [K,C,3,3], `bias` [K] or undefined, `added` in
/// the shape of the result or undefined.
at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                       const at::Tensor &added);

/// The gradient to x, [N,C,H,W], from the gradient `dy` [N,K,H,W] to the result.
at::Tensor inputGradient(const at::Tensor &dy, const at::Tensor &weight);

} // namespace winograd
