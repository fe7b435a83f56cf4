#include <torch/torch.h>

#include "Layers.h"
#include "Winograd.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Output padding that gives a transposed convolution the extent the forward one started from.
int64_t missing(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding) {
  return in - ((out - 1) * stride - 2 * padding + kernel);
}

at::Tensor values(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                  const at::Tensor &added, int64_t stride, int64_t padding) {
  if (winograd::applies(x, weight, bias, added, stride, padding))
    return winograd::convolution(x, weight, bias, added);
  auto result = at::conv2d(x, weight, bias, stride, padding);
  return added.defined() ? result + added : result;
}

struct InputGradientConvolution : torch::autograd::Function<InputGradientConvolution> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x,
                            const at::Tensor &weight, const at::Tensor &bias,
                            const std::optional<at::Tensor> &added, int64_t stride,
                            int64_t padding) {
    context->save_for_backward({weight});
    context->saved_data["height"] = x.size(2);
    context->saved_data["width"] = x.size(3);
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["adds"] = added.has_value();
    return values(x, weight, bias, added.value_or(at::Tensor()), stride, padding);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto weight = context->get_saved_variables()[0];
    auto stride = context->saved_data["stride"].toInt();
    auto padding = context->saved_data["padding"].toInt();
    const auto &gradient = gradients[0];
    // What is added has the gradient of the result.
    auto toAdded = context->saved_data["adds"].toBool() ? gradient : at::Tensor();
    auto all = [&](const at::Tensor &toInput) -> variable_list {
      return {toInput, at::Tensor(), at::Tensor(), toAdded, at::Tensor(), at::Tensor()};
    };
    if (winograd::applies(gradient, weight.transpose(0, 1), {}, {}, stride, padding))
      return all(winograd::inputGradient(gradient, weight));
    auto rows = missing(context->saved_data["height"].toInt(), gradient.size(2), weight.size(2),
                        stride, padding);
    auto columns = missing(context->saved_data["width"].toInt(), gradient.size(3),
                           weight.size(3), stride, padding);
    return all(at::conv_transpose2d(gradient, weight, {}, stride, padding, {rows, columns}));
  }
};

} // namespace

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                       const at::Tensor &added, int64_t stride, int64_t padding) {
  if (!x.requires_grad() && !(added.defined() && added.requires_grad()))
    return values(x, weight, bias, added, stride, padding);
  // Autograd cannot carry a tensor that is not there.
  auto shift = bias.defined() ? bias : at::zeros({weight.size(0)}, weight.options());
  auto rest = added.defined() ? std::optional(added) : std::nullopt;
  return InputGradientConvolution::apply(x, weight, shift, rest, stride, padding);
}
