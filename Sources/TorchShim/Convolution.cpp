#include <torch/torch.h>

#include <algorithm>

#include "Layers.h"
#include "Unfolding.h"
#include "Winograd.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// By Winograd's method where that applies, with the image unfolded where pixels are few, else as libtorch
/// does it.
struct PlainFilters final : Filters {
  const at::Tensor weight, bias;
  const int64_t stride, padding;

  PlainFilters(const at::Tensor &weight, const at::Tensor &bias, int64_t stride, int64_t padding)
      : weight(weight), bias(bias), stride(stride), padding(padding) {}

  at::Tensor convolution(const at::Tensor &x, const at::Tensor &added) override {
    if (winograd::applies(x, weight, bias, added, stride, padding))
      return winograd::convolution(x, weight, bias, added);
    bool unfolds = unfolding::applies(x, weight, bias, resultPixels(x));
    auto result = unfolds ? unfolding::convolution(x, weight, bias, stride, padding)
                          : at::conv2d(x, weight, bias, stride, padding);
    return added.defined() ? result + added : result;
  }

  at::Tensor inputGradient(const at::Tensor &dy, at::IntArrayRef extent) override {
    if (winograd::applies(dy, weight.transpose(0, 1), {}, {}, stride, padding))
      return winograd::inputGradient(dy, weight);
    if (unfolding::applies(dy, weight, {}, dy.size(0) * dy.size(2) * dy.size(3)))
      return unfolding::inputGradient(dy, weight, extent, stride, padding);
    auto rows = missing(extent[0], dy.size(2), weight.size(2), stride, padding);
    auto columns = missing(extent[1], dy.size(3), weight.size(3), stride, padding);
    // The network's result, and so its gradient, is planar: oneDNN would rearrange result and gradient alike.
    auto inOrder = dy.contiguous(at::MemoryFormat::ChannelsLast);
    return at::conv_transpose2d(inOrder, weight, {}, stride, padding, {rows, columns});
  }

private:
  /// Those of all samples; 0 where there is no result, which is libtorch's to refuse.
  int64_t resultPixels(const at::Tensor &x) const {
    if (x.dim() != 4 || weight.dim() != 4 || x.size(1) != weight.size(1) || stride < 1)
      return 0;
    int64_t pixels = x.size(0);
    for (int64_t i = 2; i < 4; ++i)
      pixels *= std::max<int64_t>(0, x.size(i) + 2 * padding - weight.size(i) + stride) / stride;
    return pixels;
  }
};

struct InputGradientConvolution : torch::autograd::Function<InputGradientConvolution> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x,
                            const FiltersPointer &filters,
                            const std::optional<at::Tensor> &added) {
    context->saved_data["filters"] = c10::IValue::make_capsule(filters);
    context->saved_data["extent"] = x.sizes().slice(2).vec();
    context->saved_data["adds"] = added.has_value();
    return filters->convolution(x, added.value_or(at::Tensor()));
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto filters =
        c10::static_intrusive_pointer_cast<Filters>(context->saved_data["filters"].toCapsule());
    auto extent = context->saved_data["extent"].toIntVector();
    // What is added has the gradient of the result.
    auto toAdded = context->saved_data["adds"].toBool() ? gradients[0] : at::Tensor();
    return {filters->inputGradient(gradients[0], extent), at::Tensor(), toAdded};
  }
};

} // namespace

FiltersPointer makeFilters(const at::Tensor &weight, const at::Tensor &bias, int64_t stride,
                           int64_t padding) {
  if (auto packed = makePackedFilters(weight, bias, stride, padding))
    return packed;
  return c10::make_intrusive<PlainFilters>(weight, bias, stride, padding);
}

at::Tensor convolution(const at::Tensor &x, const FiltersPointer &filters,
                       const at::Tensor &added) {
  if (!x.requires_grad() && !(added.defined() && added.requires_grad()))
    return filters->convolution(x, added);
  // Autograd cannot carry a tensor that is not there.
  auto rest = added.defined() ? std::optional(added) : std::nullopt;
  return InputGradientConvolution::apply(x, filters, rest);
}
