#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

#include "Layers.h"
#include "NormKernels.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Rows a chunk of work: fixed, so that sums never depend on the number of threads.
constexpr int64_t chunkRows = 1024;

/// Calls `body(sample, first row, number of rows, chunk)` for every chunk of every sample.
template <typename Body> void forChunks(int64_t samples, int64_t rows, Body body) {
  int64_t chunks = (rows + chunkRows - 1) / chunkRows;
  at::parallel_for(0, samples * chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t first = (i % chunks) * chunkRows;
      body(i / chunks, first, std::min(chunkRows, rows - first), i % chunks);
    }
  });
}

/// Per sample and channel sums of two quantities, added chunk by chunk in a fixed order.
struct ChannelSums {
  int64_t samples, channels, chunks;
  std::vector<double> first, second;

  ChannelSums(int64_t samples, int64_t rows, int64_t channels)
      : samples(samples), channels(channels), chunks((rows + chunkRows - 1) / chunkRows),
        first(static_cast<size_t>(samples * chunks * channels)), second(first.size()) {}

  int64_t offset(int64_t sample, int64_t chunk) const {
    return (sample * chunks + chunk) * channels;
  }

  static double total(const std::vector<double> &values, const ChannelSums &sums, int64_t sample,
                      int64_t channel) {
    double result = 0;
    for (int64_t k = 0; k < sums.chunks; ++k)
      result += values[static_cast<size_t>(sums.offset(sample, k) + channel)];
    return result;
  }
  double firstTotal(int64_t n, int64_t c) const { return total(first, *this, n, c); }
  double secondTotal(int64_t n, int64_t c) const { return total(second, *this, n, c); }
};

/// The normalisation of one input, folded to y = f(a·x + b) for each sample and channel.
///
/// Sums are taken around an origin, the first pixel of each sample and channel: squares of values that
/// are far from zero would cancel.
struct Folded {
  std::vector<float> a, b, mean, reciprocalStd, origin;
};

template <typename Element>
std::vector<float> firstPixels(const Element *values, int64_t samples, int64_t rows,
                               int64_t channels) {
  std::vector<float> result(static_cast<size_t>(samples * channels));
  for (int64_t n = 0; n < samples; ++n)
    for (int64_t c = 0; c < channels; ++c)
      result[static_cast<size_t>(n * channels + c)] =
          static_cast<float>(values[n * rows * channels + c]);
  return result;
}

template <typename Element>
Folded fold(const Tensor &x, int64_t groups, const float *weight, const float *bias,
            const float *scale, const float *shift, double epsilon) {
  int64_t samples = x.size(0), channels = x.size(1), rows = x.size(2) * x.size(3);
  ChannelSums sums(samples, rows, channels);
  auto values = x.const_data_ptr<Element>();
  Folded folded;
  folded.origin = firstPixels(values, samples, rows, channels);
  forChunks(samples, rows, [&](int64_t n, int64_t first, int64_t count, int64_t chunk) {
    normKernels::kernels<Element>().moments(
        values + (n * rows + first) * channels, folded.origin.data() + n * channels, count,
        channels, sums.first.data() + sums.offset(n, chunk),
        sums.second.data() + sums.offset(n, chunk));
  });
  folded.a.resize(static_cast<size_t>(samples * channels));
  folded.b.resize(folded.a.size());
  folded.mean.resize(static_cast<size_t>(samples * groups));
  folded.reciprocalStd.resize(folded.mean.size());
  int64_t width = channels / groups;
  for (int64_t n = 0; n < samples; ++n)
    for (int64_t g = 0; g < groups; ++g) {
      double sum = 0, squares = 0, size = static_cast<double>(rows * width);
      auto origin = folded.origin.data() + n * channels;
      for (int64_t c = g * width; c < (g + 1) * width; ++c)
        sum += sums.firstTotal(n, c) + static_cast<double>(rows) * origin[c];
      double mean = sum / size;
      for (int64_t c = g * width; c < (g + 1) * width; ++c) {
        double offset = mean - origin[c];
        squares += sums.secondTotal(n, c) - 2 * offset * sums.firstTotal(n, c) +
                   static_cast<double>(rows) * offset * offset;
      }
      double variance = std::max(0.0, squares / size);
      // std::max(0, NaN) is 0: a group with a NaN or an infinity has no norm.
      if (!std::isfinite(squares))
        variance = std::numeric_limits<double>::quiet_NaN();
      double reciprocal = 1 / std::sqrt(variance + epsilon);
      folded.mean[static_cast<size_t>(n * groups + g)] = static_cast<float>(mean);
      folded.reciprocalStd[static_cast<size_t>(n * groups + g)] = static_cast<float>(reciprocal);
      for (int64_t c = g * width; c < (g + 1) * width; ++c) {
        auto i = static_cast<size_t>(n * channels + c);
        double outer = 1.0 + scale[i];
        folded.a[i] = static_cast<float>(reciprocal * weight[c] * outer);
        folded.b[i] = static_cast<float>((bias[c] - mean * reciprocal * weight[c]) * outer +
                                         shift[i]);
      }
    }
  return folded;
}

template <typename Element>
Tensor forwardValues(const Tensor &x, const Folded &folded, bool activate) {
  int64_t channels = x.size(1), rows = x.size(2) * x.size(3);
  Tensor y = at::empty_like(x);
  auto from = x.const_data_ptr<Element>();
  auto to = y.data_ptr<Element>();
  forChunks(x.size(0), rows, [&](int64_t n, int64_t first, int64_t count, int64_t) {
    int64_t at = (n * rows + first) * channels;
    normKernels::kernels<Element>().apply(
        from + at, folded.a.data() + n * channels, folded.b.data() + n * channels, count, channels,
        activate, to + at);
  });
  return y;
}

struct Gradients {
  Tensor x, scale, shift;
};

template <typename Element>
Gradients backwardValues(const Tensor &x, const Tensor &dy, const Folded &folded, int64_t groups,
                         const float *weight, const float *bias, const float *scale,
                         bool activate, bool wantsScale) {
  int64_t samples = x.size(0), channels = x.size(1), rows = x.size(2) * x.size(3);
  ChannelSums sums(samples, rows, channels);
  Tensor dz = at::empty_like(x);
  auto values = x.const_data_ptr<Element>();
  auto outer = dy.const_data_ptr<Element>();
  auto inner = dz.data_ptr<Element>();
  forChunks(samples, rows, [&](int64_t n, int64_t first, int64_t count, int64_t chunk) {
    int64_t at = (n * rows + first) * channels;
    normKernels::kernels<Element>().outerGradient(
        values + at, outer + at, folded.origin.data() + n * channels,
        folded.a.data() + n * channels, folded.b.data() + n * channels,
        count, channels, activate, inner + at, sums.first.data() + sums.offset(n, chunk),
        sums.second.data() + sums.offset(n, chunk));
  });

  Gradients result{dz, {}, {}};
  auto shape = at::TensorOptions(at::kFloat);
  if (wantsScale) {
    result.scale = at::empty({samples, channels}, shape);
    result.shift = at::empty({samples, channels}, shape);
  }
  std::vector<float> p(static_cast<size_t>(samples * channels)), q(p.size());
  int64_t width = channels / groups;
  double size = static_cast<double>(rows * width);
  for (int64_t n = 0; n < samples; ++n)
    for (int64_t g = 0; g < groups; ++g) {
      double mean = folded.mean[static_cast<size_t>(n * groups + g)];
      double reciprocal = folded.reciprocalStd[static_cast<size_t>(n * groups + g)];
      // m1, m2: means over the group of ∂x̂ and ∂x̂·x̂, with x̂ the normalised input.
      double m1 = 0, m2 = 0;
      for (int64_t c = g * width; c < (g + 1) * width; ++c) {
        auto i = static_cast<size_t>(n * channels + c);
        double gain = weight[c] * (1.0 + scale[i]);
        double sum = sums.firstTotal(n, c);
        double centred = (sums.secondTotal(n, c) - (mean - folded.origin[i]) * sum) * reciprocal;
        m1 += gain * sum / size;
        m2 += gain * centred / size;
        if (wantsScale) {
          result.scale.data_ptr<float>()[i] = static_cast<float>(weight[c] * centred + bias[c] * sum);
          result.shift.data_ptr<float>()[i] = static_cast<float>(sum);
        }
      }
      for (int64_t c = g * width; c < (g + 1) * width; ++c) {
        auto i = static_cast<size_t>(n * channels + c);
        p[i] = static_cast<float>(-reciprocal * reciprocal * m2);
        q[i] = static_cast<float>(reciprocal * (mean * reciprocal * m2 - m1));
      }
    }
  forChunks(samples, rows, [&](int64_t n, int64_t first, int64_t count, int64_t) {
    int64_t at = (n * rows + first) * channels;
    normKernels::kernels<Element>().innerGradient(
        values + at, folded.a.data() + n * channels, p.data() + n * channels,
        q.data() + n * channels, count, channels, inner + at);
  });
  return result;
}

Tensor channelsLast(const Tensor &x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

/// [N,C] values in float32; zeros for a tensor that is not there, which autograd cannot carry.
Tensor perSample(const Tensor &values, const Tensor &x) {
  if (!values.defined())
    return at::zeros({x.size(0), x.size(1)}, at::TensorOptions(at::kFloat));
  return values.to(at::kFloat).contiguous();
}

const float *pointer(const Tensor &values) { return values.const_data_ptr<float>(); }

Folded foldAny(const Tensor &x, int64_t groups, const Tensor &weight, const Tensor &bias,
               const Tensor &scale, const Tensor &shift, double epsilon) {
  auto run = x.scalar_type() == at::kFloat ? fold<float> : fold<c10::BFloat16>;
  return run(x, groups, pointer(weight), pointer(bias), pointer(scale), pointer(shift), epsilon);
}

Tensor forwardAny(const Tensor &x, const Folded &folded, bool activate) {
  return x.scalar_type() == at::kFloat ? forwardValues<float>(x, folded, activate)
                                       : forwardValues<c10::BFloat16>(x, folded, activate);
}

struct FusedNorm : torch::autograd::Function<FusedNorm> {
  static Tensor forward(AutogradContext *context, const Tensor &input, int64_t groups,
                        const Tensor &weight, const Tensor &bias, const Tensor &scaleIn,
                        const Tensor &shiftIn, double epsilon, bool activate) {
    auto x = channelsLast(input);
    auto scale = scaleIn.contiguous(), shift = shiftIn.contiguous();
    context->save_for_backward({x, weight, bias, scale, shift});
    context->saved_data["groups"] = groups;
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["activate"] = activate;
    context->saved_data["wantsScale"] = scaleIn.requires_grad() || shiftIn.requires_grad();
    return forwardAny(x, foldAny(x, groups, weight, bias, scale, shift, epsilon), activate);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &bias = saved[2], &scale = saved[3];
    auto groups = context->saved_data["groups"].toInt();
    auto activate = context->saved_data["activate"].toBool();
    auto wantsScale = context->saved_data["wantsScale"].toBool();
    auto folded = foldAny(x, groups, weight, bias, scale, saved[4],
                          context->saved_data["epsilon"].toDouble());
    auto run = x.scalar_type() == at::kFloat ? backwardValues<float>
                                             : backwardValues<c10::BFloat16>;
    auto result = run(x, channelsLast(gradients[0]), folded, groups, pointer(weight),
                      pointer(bias), pointer(scale), activate, wantsScale);
    return {result.x,     Tensor(),     Tensor(), Tensor(), result.scale,
            result.shift, Tensor(), Tensor()};
  }
};

/// The same layer from libtorch's own operators: for GPUs and other element types.
Tensor composed(const Tensor &x, int64_t groups, const Tensor &weight, const Tensor &bias,
                const Tensor &scale, const Tensor &shift, double epsilon, bool activate) {
  auto h = at::group_norm(x.to(at::kFloat), groups, weight, bias, epsilon).to(x.scalar_type());
  auto spread = [&](const Tensor &t) { return t.to(x.scalar_type()).unsqueeze(2).unsqueeze(3); };
  if (scale.defined())
    h = h * (1 + spread(scale));
  if (shift.defined())
    h = h + spread(shift);
  return activate ? at::silu(h) : h;
}

} // namespace

at::Tensor normActivation(const Tensor &x, int64_t groups, const Tensor &weight,
                          const Tensor &bias, const Tensor &scale, const Tensor &shift,
                          double epsilon, bool activate) {
  TORCH_CHECK(x.dim() == 4, "normActivation needs [N,C,H,W], found ", x.sizes());
  TORCH_CHECK(groups > 0 && x.size(1) % groups == 0, "normActivation: ", x.size(1),
              " channels do not divide into ", groups, " groups");
  TORCH_CHECK(weight.numel() == x.size(1) && bias.numel() == x.size(1),
              "normActivation: weight or bias does not have ", x.size(1), " entries");
  for (const auto &t : {scale, shift})
    TORCH_CHECK(!t.defined() || t.sizes() == at::IntArrayRef({x.size(0), x.size(1)}),
                "normActivation: scale and shift must be [", x.size(0), ", ", x.size(1), "]");
  auto type = x.scalar_type();
  bool isOnProcessor = true;
  for (const auto &t : {x, weight, bias, scale, shift})
    isOnProcessor = isOnProcessor && (!t.defined() || t.is_cpu());
  bool fused = isOnProcessor && (type == at::kFloat || type == at::kBFloat16) &&
               weight.scalar_type() == at::kFloat && bias.scalar_type() == at::kFloat &&
               weight.is_contiguous() && bias.is_contiguous();
  if (!fused)
    return composed(x, groups, weight, bias, scale, shift, epsilon, activate);
  auto s = perSample(scale, x), t = perSample(shift, x);
  if (x.requires_grad() || s.requires_grad() || t.requires_grad())
    return FusedNorm::apply(x, groups, weight, bias, s, t, epsilon, activate);
  auto laidOut = channelsLast(x);
  return forwardAny(laidOut, foldAny(laidOut, groups, weight, bias, s, t, epsilon), activate);
}
