// 1 × 1 convolutions as matrix products on channels-last memory: libtorch unfolds the image for them when it runs
// on one thread. Of an image in parts each is multiplied with its own columns of the weights.
#include <torch/torch.h>

#include <algorithm>

#include "Layers.h"
#include "Parts.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// A row for each pixel of [N,C,H,W].
Tensor pixelRows(const Tensor &x) {
  return x.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1}).reshape({-1, x.size(1)});
}

/// [N,C,H,W] of the rows of its pixels.
Tensor image(const Tensor &rows, int64_t samples, int64_t height, int64_t width) {
  return rows.view({samples, height, width, rows.size(1)}).permute({0, 3, 1, 2});
}

/// Calls `body` with each width and its columns of `weight`.
template <typename Body>
void forColumns(const std::vector<int64_t> &widths, const Tensor &weight, Body body) {
  int64_t first = 0;
  for (size_t part = 0; part < widths.size(); ++part) {
    body(part, weight.narrow(1, first, widths[part]));
    first += widths[part];
  }
}

std::vector<int64_t> widths(at::TensorList parts) {
  std::vector<int64_t> result;
  for (const auto &part : parts)
    result.push_back(part.size(1));
  return result;
}

Tensor mixed(at::TensorList parts, const Tensor &weight, const Tensor &bias) {
  Tensor rows;
  forColumns(widths(parts), weight, [&](size_t part, const Tensor &columns) {
    auto from = pixelRows(parts[part]);
    if (part == 0)
      rows = at::linear(from, columns, bias);
    else
      rows.addmm_(from, columns.t());
  });
  return image(rows, parts[0].size(0), parts[0].size(2), parts[0].size(3));
}

struct Mixing : torch::autograd::Function<Mixing> {
  static Tensor forward(AutogradContext *context, const Tensor &weight, const Tensor &bias,
                        at::TensorList parts) {
    context->save_for_backward({weight});
    context->saved_data["widths"] = widths(parts);
    return mixed(parts, weight, bias);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    const auto &dy = gradients[0];
    auto rows = pixelRows(dy);
    variable_list result(2);
    forColumns(context->saved_data["widths"].toIntVector(), context->get_saved_variables()[0],
               [&](size_t, const Tensor &columns) {
                 result.push_back(
                     image(at::mm(rows, columns), dy.size(0), dy.size(2), dy.size(3)));
               });
    return result;
  }
};

} // namespace

Tensor mixedChannels(at::TensorList parts, const Tensor &weight, const Tensor &bias) {
  int64_t channels = checkedChannels(parts, "mixedChannels");
  TORCH_CHECK(weight.dim() == 2 && weight.size(1) == channels && bias.sizes() == weight.sizes().slice(0, 1),
              "mixedChannels: weights ", weight.sizes(), " and bias ", bias.sizes(), " for ",
              channels, " channels");
  bool wantsGradient = std::any_of(parts.begin(), parts.end(),
                                   [](const Tensor &part) { return part.requires_grad(); });
  return wantsGradient ? Mixing::apply(weight, bias, parts) : mixed(parts, weight, bias);
}
