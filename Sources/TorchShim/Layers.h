// Layers whose gradient libtorch computes more slowly, or keeps more memory for, than a network
// that is only ever differentiated with respect to its input needs.
#pragma once

#include <ATen/ATen.h>

#include "Filters.h"

/// A convolution, plus `added` if that is defined; its graph keeps the filters only, never the input.
at::Tensor convolution(const at::Tensor &x, const FiltersPointer &filters,
                       const at::Tensor &added);

/// What a norm made of an image, and the parts of that image for whatever else is made of them.
struct Normed {
  at::Tensor values;
  std::vector<at::Tensor> rest;
};

/// SiLU(GroupNorm(x)·(1 + scale) + shift) of an image whose channels are those of `parts`, one after the other; see
/// `torch_shim_norm_activation`.
Normed normActivation(at::TensorList parts, int64_t groups, const at::Tensor &weight,
                      const at::Tensor &bias, const at::Tensor &scale, const at::Tensor &shift,
                      double epsilon, bool activate);

/// The 1 × 1 convolution of such an image with `weight` [K,C] and `bias` [K].
at::Tensor mixedChannels(at::TensorList parts, const at::Tensor &weight, const at::Tensor &bias);

/// [N,C,H,W] with each pixel repeated in a block of 2 × 2.
at::Tensor upsampledNearest(const at::Tensor &x);

/// The means of the 2 × 2 blocks of [N,C,H,W]; an odd last row or column is dropped.
at::Tensor averagePooled(const at::Tensor &x);
