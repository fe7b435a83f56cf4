// Layers whose gradient libtorch computes more slowly, or keeps more memory for, than a network
// that is only ever differentiated with respect to its input needs.
#pragma once

#include <ATen/ATen.h>

#include "Filters.h"

/// A convolution, plus `added` if that is defined; its graph keeps the filters only, never the input.
at::Tensor convolution(const at::Tensor &x, const FiltersPointer &filters,
                       const at::Tensor &added);

/// SiLU(GroupNorm(x)·(1 + scale) + shift); see `torch_shim_norm_activation`.
at::Tensor normActivation(const at::Tensor &x, int64_t groups, const at::Tensor &weight,
                          const at::Tensor &bias, const at::Tensor &scale,
                          const at::Tensor &shift, double epsilon, bool activate);

/// [N,C,H,W] with each pixel repeated in a block of 2 × 2.
at::Tensor upsampledNearest(const at::Tensor &x);

/// The means of the 2 × 2 blocks of [N,C,H,W]; an odd last row or column is dropped.
at::Tensor averagePooled(const at::Tensor &x);
