#include "Unfolding.h"

#include <torch/torch.h>

#include <array>
#include <vector>

#include "Filters.h"

namespace unfolding {

namespace {

/// What every pixel of the result sees of each channel, and where.
struct Window {
  std::array<int64_t, 2> size, one{1, 1}, padding, stride;

  Window(const at::Tensor &weight, int64_t stride, int64_t padding)
      : size{weight.size(2), weight.size(3)}, padding{padding, padding}, stride{stride, stride} {}
};

/// The filters as they lie in memory: a row for each output.
at::Tensor matrix(const at::Tensor &weight) { return weight.reshape({weight.size(0), -1}); }

/// Calls `body` with each sample of a batch, so that none sees another, and joins what it makes.
template <typename Body> at::Tensor forSamples(const at::Tensor &batch, Body body) {
  std::vector<at::Tensor> results;
  for (int64_t sample = 0; sample < batch.size(0); ++sample)
    results.push_back(body(batch[sample]));
  return at::stack(results).contiguous(at::MemoryFormat::ChannelsLast);
}

} // namespace

bool applies(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
             int64_t pixels) {
  for (const auto &t : {x, weight, bias})
    if (t.defined() && (!t.is_cpu() || t.scalar_type() != at::kFloat))
      return false;
  bool fits = weight.is_contiguous() && (!bias.defined() || bias.numel() == weight.size(0));
  return fits && pixels > 0 && pixels <= mostPixels && pixels < weight.size(0) &&
         weight.size(0) * weight.size(1) > fewFilters;
}

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                       int64_t stride, int64_t padding) {
  Window window(weight, stride, padding);
  auto filters = matrix(weight);
  std::vector<int64_t> sizes{weight.size(0)};
  for (size_t i = 0; i < 2; ++i)
    sizes.push_back((x.sizes()[2 + i] + 2 * padding - window.size[i]) / stride + 1);
  return forSamples(x, [&](const at::Tensor &image) {
    auto seen = at::im2col(image, window.size, window.one, window.padding, window.stride);
    auto values = bias.defined() ? at::addmm(bias.unsqueeze(1), filters, seen) : filters.mm(seen);
    return values.view(sizes);
  });
}

at::Tensor inputGradient(const at::Tensor &dy, const at::Tensor &weight, at::IntArrayRef extent,
                         int64_t stride, int64_t padding) {
  Window window(weight, stride, padding);
  auto turned = matrix(weight).t();
  return forSamples(dy, [&](const at::Tensor &image) {
    auto seen = turned.mm(image.reshape({image.size(0), -1}));
    return at::col2im(seen, extent, window.size, window.one, window.padding, window.stride);
  });
}

} // namespace unfolding
