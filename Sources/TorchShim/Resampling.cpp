// Doubling by repeated pixels and halving by means of 2×2 blocks: but for a factor of four, each is the
// gradient of the other. libtorch's own gradients go through planar memory, or over it twice.
#include <torch/torch.h>

#include "Layers.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor doubled(const at::Tensor &x) {
  return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
}

/// Sums of 2×2 blocks, over `divisor`.
at::Tensor blockSums(const at::Tensor &x, int64_t divisor) {
  return at::avg_pool2d(x, {2, 2}, {2, 2}, 0, false, true, divisor);
}

struct Doubling : torch::autograd::Function<Doubling> {
  static at::Tensor forward(AutogradContext *, const at::Tensor &x) { return doubled(x); }

  static variable_list backward(AutogradContext *, variable_list gradients) {
    return {blockSums(gradients[0], 1)};
  }
};

struct Halving : torch::autograd::Function<Halving> {
  static at::Tensor forward(AutogradContext *, const at::Tensor &x) { return blockSums(x, 4); }

  static variable_list backward(AutogradContext *, variable_list gradients) {
    return {doubled(gradients[0] / 4)};
  }
};

} // namespace

at::Tensor upsampledNearest(const at::Tensor &x) {
  TORCH_CHECK(x.dim() == 4, "upsampledNearest needs [N,C,H,W], found ", x.sizes());
  return Doubling::apply(x);
}

at::Tensor averagePooled(const at::Tensor &x) {
  TORCH_CHECK(x.dim() == 4, "averagePooled needs [N,C,H,W], found ", x.sizes());
  // What is dropped at an odd border has a gradient too: zeros.
  bool isWhole = x.size(2) % 2 == 0 && x.size(3) % 2 == 0;
  return isWhole ? Halving::apply(x) : blockSums(x, 4);
}
