// Convolutions in bfloat16 on the processor. oneDNN computes them from filters in blocks, which at::conv2d
// makes anew from plain ones in each call: on few pixels that takes as long as the convolution.
#include <torch/torch.h>

#include <array>
#include <mutex>

#include "Filters.h"

namespace {

using c10::IntArrayRef;
using Text = std::string_view;
template <typename Value> using Maybe = std::optional<Value>;
using Bias = Maybe<at::Tensor>;
using Scalars = c10::List<Maybe<at::Scalar>>;

constexpr std::array<int64_t, 2> ones{1, 1};

/// An operator that libtorch has for its own compiler, without a declaration in C++.
template <typename Signature> auto libtorchOperator(const char *name, const char *overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

at::Tensor product(const at::Tensor &x, const at::Tensor &weight, const Bias &bias,
                   IntArrayRef padding, IntArrayRef stride) {
  using Signature =
      at::Tensor(const at::Tensor &, const at::Tensor &, const Bias &, IntArrayRef, IntArrayRef,
                 IntArrayRef, int64_t, Text, Scalars, Maybe<Text>);
  static const auto run = libtorchOperator<Signature>("mkldnn::_convolution_pointwise");
  return run.call(x, weight, bias, padding, stride, ones, 1, "none", Scalars(), std::nullopt);
}

at::Tensor productAndSum(const at::Tensor &x, const at::Tensor &added, const at::Tensor &weight,
                         const Bias &bias, IntArrayRef padding, IntArrayRef stride) {
  using Signature = at::Tensor(const at::Tensor &, const at::Tensor &, const at::Tensor &,
                               const Bias &, IntArrayRef, IntArrayRef, IntArrayRef, int64_t, Text,
                               Maybe<at::Scalar>, Maybe<Text>, Scalars, Maybe<Text>);
  static const auto run = libtorchOperator<Signature>("mkldnn::_convolution_pointwise", "binary");
  return run.call(x, added, weight, bias, padding, stride, ones, 1, "add", std::nullopt,
                  std::nullopt, Scalars(), std::nullopt);
}

at::Tensor transposedProduct(const at::Tensor &dy, const at::Tensor &weight, IntArrayRef padding,
                             IntArrayRef outputPadding, IntArrayRef stride) {
  using Signature =
      at::Tensor(const at::Tensor &, const at::Tensor &, const Bias &, IntArrayRef, IntArrayRef,
                 IntArrayRef, IntArrayRef, int64_t, Text, Scalars, Maybe<Text>);
  static const auto run = libtorchOperator<Signature>("mkldnn::_convolution_transpose_pointwise");
  return run.call(dy, weight, {}, padding, outputPadding, stride, ones, 1, "none", Scalars(),
                  std::nullopt);
}

at::Tensor packedForTransposed(const at::Tensor &weight, IntArrayRef padding,
                               IntArrayRef outputPadding, IntArrayRef stride, IntArrayRef input) {
  using Signature = at::Tensor(const at::Tensor &, IntArrayRef, IntArrayRef, IntArrayRef,
                               IntArrayRef, int64_t, c10::OptionalIntArrayRef);
  static const auto run =
      libtorchOperator<Signature>("mkldnn::_reorder_convolution_transpose_weight");
  return run.call(weight, padding, outputPadding, stride, ones, 1, input);
}

bool hasBFloat16() {
  static const bool has =
      at::hasMKLDNN() && at::globalContext().userEnabledMkldnn() &&
      libtorchOperator<bool()>("mkldnn::_is_mkldnn_bf16_supported").call();
  return has;
}

bool isBFloat16(const at::Tensor &tensor) {
  return tensor.is_cpu() && tensor.scalar_type() == at::kBFloat16;
}

/// Filters are packed for the first input they meet, whose sizes decide on the layout, and for gradients when
/// the first is asked for. Inputs of other sizes give the same bits as with filters packed for them.
struct PackedFilters final : Filters {
  const Bias bias;
  const std::array<int64_t, 2> kernel, stride, padding;

  PackedFilters(const at::Tensor &weight, const at::Tensor &bias, int64_t stride, int64_t padding)
      : bias(bias.defined() ? Bias(bias) : std::nullopt), kernel{weight.size(2), weight.size(3)},
        stride{stride, stride}, padding{padding, padding}, plain(weight) {}

  at::Tensor convolution(const at::Tensor &x, const at::Tensor &added) override {
    TORCH_CHECK(isBFloat16(x) && x.dim() == 4, "filters in bfloat16 on the processor for ",
                x.toString(), " ", x.sizes());
    const auto &weight = packedForValues(x.sizes());
    if (!added.defined())
      return product(x, weight, bias, padding, stride);
    // oneDNN would read beyond an `added` that is too small.
    auto sizes = resultSizes(x, weight.size(0));
    TORCH_CHECK(added.sizes() == sizes, "adding ", added.sizes(), " to ", IntArrayRef(sizes));
    return productAndSum(x, added, weight, bias, padding, stride);
  }

  /// Costs what the values cost: at stride 1 oneDNN's transposed convolution is its convolution with filters
  /// turned by half a turn.
  at::Tensor inputGradient(const at::Tensor &dy, IntArrayRef extent) override {
    const std::array<int64_t, 2> rest{
        missing(extent[0], dy.size(2), kernel[0], stride[0], padding[0]),
        missing(extent[1], dy.size(3), kernel[1], stride[1], padding[1])};
    const auto &weight = packedForGradients(dy.sizes(), rest);
    return transposedProduct(dy, weight, padding, rest, stride);
  }

private:
  /// Until they are packed.
  at::Tensor plain;
  at::Tensor forValues, forGradients;
  std::once_flag packsForValues, packsForGradients;

  const at::Tensor &packedForValues(IntArrayRef input) {
    std::call_once(packsForValues, [&] {
      forValues = at::mkldnn_reorder_conv2d_weight(plain.to_mkldnn(), padding, stride, ones, 1,
                                                   input);
      plain.reset();
    });
    return forValues;
  }

  /// Values come before gradients, so there is a packing to start from.
  const at::Tensor &packedForGradients(IntArrayRef input, IntArrayRef outputPadding) {
    std::call_once(packsForGradients, [&] {
      forGradients =
          packedForTransposed(forValues.to_dense(), padding, outputPadding, stride, input);
    });
    return forGradients;
  }

  std::array<int64_t, 4> resultSizes(const at::Tensor &x, int64_t channels) const {
    auto extent = [&](size_t i) {
      return (x.sizes()[2 + i] + 2 * padding[i] - kernel[i]) / stride[i] + 1;
    };
    return {x.size(0), channels, extent(0), extent(1)};
  }
};

} // namespace

FiltersPointer makePackedFilters(const at::Tensor &weight, const at::Tensor &bias, int64_t stride,
                                 int64_t padding) {
  bool fits = isBFloat16(weight) && weight.dim() == 4 && (!bias.defined() || isBFloat16(bias));
  if (!fits || !hasBFloat16())
    return {};
  return c10::make_intrusive<PackedFilters>(weight, bias, stride, padding);
}
