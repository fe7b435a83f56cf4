#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "Layers.h"
#include "NormKernels.h"
#include "Parts.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Tensors = std::vector<Tensor>;

/// Rows a chunk of work: fixed, so that sums never depend on the number of threads.
constexpr int64_t chunkRows = 1024;

Tensor channelsLast(const Tensor &x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

/// Some pixels of one part of one sample.
struct Piece {
  size_t part;
  int64_t chunk, rows, channels;
  /// The first of its channels among those of all samples and parts.
  int64_t channel;
  /// Where it begins in the memory of its part, and in that of all channels.
  int64_t inPart, inWhole;
};

/// Images whose channels lie one after the other in several tensors, each in channels-last memory.
struct Parts {
  Tensors tensors;
  int64_t samples, rows, chunks, channels = 0;

  explicit Parts(at::TensorList given) {
    for (const auto &part : given) {
      tensors.push_back(channelsLast(part));
      channels += part.size(1);
    }
    samples = given[0].size(0);
    rows = given[0].size(2) * given[0].size(3);
    chunks = (rows + chunkRows - 1) / chunkRows;
  }

  /// Memory for all channels in one tensor.
  Tensor whole() const {
    return at::empty({samples, channels, tensors[0].size(2), tensors[0].size(3)},
                     tensors[0].options().memory_format(at::MemoryFormat::ChannelsLast));
  }

  /// Calls `body` for every part of every chunk of every sample.
  template <typename Body> void forPieces(Body body) const {
    at::parallel_for(0, samples * chunks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        inChunk(i / chunks, i % chunks, body);
    });
  }

private:
  template <typename Body> void inChunk(int64_t sample, int64_t chunk, Body body) const {
    int64_t first = chunk * chunkRows, count = std::min(chunkRows, rows - first);
    int64_t row = sample * rows + first, channel = 0;
    for (size_t part = 0; part < tensors.size(); ++part) {
      int64_t width = tensors[part].size(1);
      body(Piece{part, chunk, count, width, sample * channels + channel, row * width,
                 row * channels + channel});
      channel += width;
    }
  }
};

/// Per sample and channel sums of two quantities, added chunk by chunk in a fixed order.
struct ChannelSums {
  int64_t all, chunks;
  std::vector<double> first, second;

  explicit ChannelSums(const Parts &parts)
      : all(parts.samples * parts.channels), chunks(parts.chunks),
        first(static_cast<size_t>(chunks * all)), second(first.size()) {}

  int64_t offset(const Piece &piece) const { return piece.chunk * all + piece.channel; }

  double firstTotal(int64_t channel) const { return total(first, channel); }
  double secondTotal(int64_t channel) const { return total(second, channel); }

private:
  double total(const std::vector<double> &values, int64_t channel) const {
    double result = 0;
    for (int64_t chunk = 0; chunk < chunks; ++chunk)
      result += values[static_cast<size_t>(chunk * all + channel)];
    return result;
  }
};

/// What a norm is made of besides its input: `scale` and `shift` are [N,C], `weight` and `bias` [C], all float32.
struct Settings {
  int64_t groups;
  double epsilon;
  bool activate;
  Tensor weight, bias;
};

const float *pointer(const Tensor &values) { return values.const_data_ptr<float>(); }

/// The normalisation of one input, folded to y = f(a·x + b) for each sample and channel.
///
/// Sums are taken around an origin, the first pixel of each sample and channel: squares of values that
/// are far from zero would cancel.
struct Folded final : torch::CustomClassHolder {
  std::vector<float> a, b, origin;
  /// Of each sample and group.
  std::vector<float> mean, reciprocalStd;
};

using FoldedPointer = c10::intrusive_ptr<Folded>;

template <typename Element> std::vector<float> firstPixels(const Parts &parts) {
  std::vector<float> result;
  for (int64_t sample = 0; sample < parts.samples; ++sample)
    for (const auto &part : parts.tensors) {
      auto pixel = part.template const_data_ptr<Element>() + sample * parts.rows * part.size(1);
      result.insert(result.end(), pixel, pixel + part.size(1));
    }
  return result;
}

template <typename Element>
ChannelSums moments(const Parts &parts, const std::vector<float> &origin) {
  ChannelSums sums(parts);
  parts.forPieces([&](const Piece &piece) {
    auto values = parts.tensors[piece.part].template const_data_ptr<Element>();
    normKernels::kernels<Element>().moments(
        values + piece.inPart, origin.data() + piece.channel, piece.rows, piece.channels,
        sums.first.data() + sums.offset(piece), sums.second.data() + sums.offset(piece));
  });
  return sums;
}

struct Moments {
  double mean, variance;
};

/// Those of `rows` pixels of channels `first` to `last`.
Moments groupMoments(const ChannelSums &sums, const std::vector<float> &origin, int64_t first,
                     int64_t last, int64_t rows) {
  double count = static_cast<double>(rows), size = count * static_cast<double>(last - first);
  double sum = 0, squares = 0;
  for (int64_t c = first; c < last; ++c)
    sum += sums.firstTotal(c) + count * origin[static_cast<size_t>(c)];
  double mean = sum / size;
  for (int64_t c = first; c < last; ++c) {
    double offset = mean - origin[static_cast<size_t>(c)];
    squares += sums.secondTotal(c) - 2 * offset * sums.firstTotal(c) + count * offset * offset;
  }
  // std::max(0, NaN) is 0: a group with a NaN or an infinity has no norm.
  if (!std::isfinite(squares))
    return {mean, std::numeric_limits<double>::quiet_NaN()};
  return {mean, std::max(0.0, squares / size)};
}

template <typename Element>
FoldedPointer fold(const Parts &parts, const Settings &settings, const float *scale,
                   const float *shift) {
  auto folded = c10::make_intrusive<Folded>();
  folded->origin = firstPixels<Element>(parts);
  auto sums = moments<Element>(parts, folded->origin);
  auto weight = pointer(settings.weight), bias = pointer(settings.bias);
  int64_t width = parts.channels / settings.groups;
  for (int64_t group = 0; group < parts.samples * settings.groups; ++group) {
    int64_t first = group * width;
    auto found = groupMoments(sums, folded->origin, first, first + width, parts.rows);
    double reciprocal = 1 / std::sqrt(found.variance + settings.epsilon);
    folded->mean.push_back(static_cast<float>(found.mean));
    folded->reciprocalStd.push_back(static_cast<float>(reciprocal));
    for (int64_t i = first; i < first + width; ++i) {
      int64_t c = i % parts.channels;
      double outer = 1.0 + scale[i];
      folded->a.push_back(static_cast<float>(reciprocal * weight[c] * outer));
      folded->b.push_back(static_cast<float>(
          (bias[c] - found.mean * reciprocal * weight[c]) * outer + shift[i]));
    }
  }
  return folded;
}

template <typename Element>
Tensor values(const Parts &parts, const Folded &folded, bool activate) {
  Tensor y = parts.whole();
  auto to = y.data_ptr<Element>();
  parts.forPieces([&](const Piece &piece) {
    auto from = parts.tensors[piece.part].template const_data_ptr<Element>();
    normKernels::kernels<Element>().apply(
        from + piece.inPart, folded.a.data() + piece.channel, folded.b.data() + piece.channel,
        piece.rows, piece.channels, activate, to + piece.inWhole, parts.channels);
  });
  return y;
}

struct Gradients {
  Tensors parts;
  Tensor scale, shift;
};

/// dx = a·dz + p·x + q for each sample and channel, with dz the gradient to a·x + b.
struct InnerGradient {
  std::vector<float> p, q;
};

/// Also finds the gradients to scale and shift where there is memory for them.
InnerGradient innerGradient(const Parts &parts, const Settings &settings, const Folded &folded,
                            const float *scale, const ChannelSums &sums, Gradients &result) {
  InnerGradient inner;
  auto weight = pointer(settings.weight), bias = pointer(settings.bias);
  int64_t width = parts.channels / settings.groups;
  double size = static_cast<double>(parts.rows * width);
  for (int64_t group = 0; group < parts.samples * settings.groups; ++group) {
    double mean = folded.mean[static_cast<size_t>(group)];
    double reciprocal = folded.reciprocalStd[static_cast<size_t>(group)];
    // m1, m2: means over the group of ∂x̂ and ∂x̂·x̂, with x̂ the normalised input.
    double m1 = 0, m2 = 0;
    for (int64_t i = group * width; i < (group + 1) * width; ++i) {
      int64_t c = i % parts.channels;
      double gain = weight[c] * (1.0 + scale[i]), sum = sums.firstTotal(i);
      double offset = mean - folded.origin[static_cast<size_t>(i)];
      double centred = (sums.secondTotal(i) - offset * sum) * reciprocal;
      m1 += gain * sum / size;
      m2 += gain * centred / size;
      if (!result.scale.defined())
        continue;
      result.scale.data_ptr<float>()[i] = static_cast<float>(weight[c] * centred + bias[c] * sum);
      result.shift.data_ptr<float>()[i] = static_cast<float>(sum);
    }
    auto p = static_cast<float>(-reciprocal * reciprocal * m2);
    auto q = static_cast<float>(reciprocal * (mean * reciprocal * m2 - m1));
    inner.p.insert(inner.p.end(), static_cast<size_t>(width), p);
    inner.q.insert(inner.q.end(), static_cast<size_t>(width), q);
  }
  return inner;
}

/// - `dy`: the gradient to the values.
/// - `rest`: gradients to the parts from elsewhere, undefined where there is none.
template <typename Element>
void backward(const Parts &parts, const Settings &settings, const Folded &folded,
              const float *scale, const Tensor &dy, const Tensors &rest, Gradients &result) {
  const auto &loops = normKernels::kernels<Element>();
  ChannelSums sums(parts);
  auto outer = dy.const_data_ptr<Element>();
  parts.forPieces([&](const Piece &piece) {
    loops.outerGradient(
        parts.tensors[piece.part].template const_data_ptr<Element>() + piece.inPart,
        outer + piece.inWhole, parts.channels, folded.origin.data() + piece.channel,
        folded.a.data() + piece.channel, folded.b.data() + piece.channel, piece.rows,
        piece.channels, settings.activate,
        result.parts[piece.part].template data_ptr<Element>() + piece.inPart,
        sums.first.data() + sums.offset(piece), sums.second.data() + sums.offset(piece));
  });
  auto inner = innerGradient(parts, settings, folded, scale, sums, result);
  parts.forPieces([&](const Piece &piece) {
    const auto &added = rest[piece.part];
    loops.innerGradient(
        parts.tensors[piece.part].template const_data_ptr<Element>() + piece.inPart,
        folded.a.data() + piece.channel, inner.p.data() + piece.channel,
        inner.q.data() + piece.channel,
        added.defined() ? added.template const_data_ptr<Element>() + piece.inPart : nullptr,
        piece.rows, piece.channels,
        result.parts[piece.part].template data_ptr<Element>() + piece.inPart);
  });
}

/// [N,C] values in float32; zeros for a tensor that is not there, which autograd cannot carry.
Tensor perSample(const Tensor &values, int64_t samples, const Settings &settings) {
  if (!values.defined())
    return at::zeros({samples, settings.weight.numel()}, at::TensorOptions(at::kFloat));
  return values.to(at::kFloat).contiguous();
}

bool isFloat(const Parts &parts) { return parts.tensors[0].scalar_type() == at::kFloat; }

FoldedPointer foldAny(const Parts &parts, const Settings &settings, const Tensor &scale,
                      const Tensor &shift) {
  auto run = isFloat(parts) ? fold<float> : fold<c10::BFloat16>;
  return run(parts, settings, pointer(scale), pointer(shift));
}

Tensor valuesAny(const Parts &parts, const Folded &folded, bool activate) {
  auto run = isFloat(parts) ? values<float> : values<c10::BFloat16>;
  return run(parts, folded, activate);
}

/// The values, and the parts again: what else is made of them has its gradient joined to that of the norm in the
/// pass over memory that writes it.
struct FusedNorm : torch::autograd::Function<FusedNorm> {
  static variable_list forward(AutogradContext *context, const Tensor &scaleIn,
                               const Tensor &shiftIn, const Settings &settings,
                               at::TensorList given) {
    context->set_materialize_grads(false);
    Parts parts(given);
    auto scale = scaleIn.contiguous(), shift = shiftIn.contiguous();
    auto folded = foldAny(parts, settings, scale, shift);
    Tensors saved{settings.weight, settings.bias, scale};
    saved.insert(saved.end(), parts.tensors.begin(), parts.tensors.end());
    context->save_for_backward(saved);
    context->saved_data["groups"] = settings.groups;
    context->saved_data["activate"] = settings.activate;
    context->saved_data["wantsScale"] = scaleIn.requires_grad() || shiftIn.requires_grad();
    context->saved_data["folded"] = c10::IValue::make_capsule(folded);
    variable_list result{valuesAny(parts, *folded, settings.activate)};
    // Autograd would view an input that is returned, and lose the order of memory of a single sample.
    for (const auto &part : given)
      result.push_back(part.detach());
    return result;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    Settings settings{context->saved_data["groups"].toInt(), 0,
                      context->saved_data["activate"].toBool(), saved[0], saved[1]};
    const auto &scale = saved[2];
    Parts parts(at::TensorList(saved).slice(3));
    auto rest = inOrder({gradients.begin() + 1, gradients.end()});
    if (!gradients[0].defined())
      return join({rest, {}, {}});
    Gradients result;
    for (const auto &part : parts.tensors)
      result.parts.push_back(at::empty_like(part));
    if (context->saved_data["wantsScale"].toBool()) {
      result.scale = at::empty_like(scale);
      result.shift = at::empty_like(scale);
    }
    auto folded = c10::static_intrusive_pointer_cast<Folded>(
        context->saved_data["folded"].toCapsule());
    auto run = isFloat(parts) ? ::backward<float> : ::backward<c10::BFloat16>;
    run(parts, settings, *folded, pointer(scale), channelsLast(gradients[0]), rest, result);
    return join(result);
  }

private:
  static Tensors inOrder(Tensors gradients) {
    for (auto &gradient : gradients)
      if (gradient.defined())
        gradient = channelsLast(gradient);
    return gradients;
  }

  /// In the order of the arguments of `forward`.
  static variable_list join(const Gradients &gradients) {
    variable_list result{gradients.scale, gradients.shift, Tensor()};
    result.insert(result.end(), gradients.parts.begin(), gradients.parts.end());
    return result;
  }
};

/// The same layer from libtorch's own operators: for GPUs and other element types.
Tensor composed(const Tensor &x, const Settings &settings, const Tensor &scale,
                const Tensor &shift) {
  auto h = at::group_norm(x.to(at::kFloat), settings.groups, settings.weight, settings.bias,
                          settings.epsilon)
               .to(x.scalar_type());
  auto spread = [&](const Tensor &t) { return t.to(x.scalar_type()).unsqueeze(2).unsqueeze(3); };
  if (scale.defined())
    h = h * (1 + spread(scale));
  if (shift.defined())
    h = h + spread(shift);
  return settings.activate ? at::silu(h) : h;
}

void check(at::TensorList parts, const Settings &settings, const Tensor &scale,
           const Tensor &shift) {
  int64_t channels = checkedChannels(parts, "normActivation"), samples = parts[0].size(0);
  TORCH_CHECK(settings.groups > 0 && channels % settings.groups == 0, "normActivation: ", channels,
              " channels do not divide into ", settings.groups, " groups");
  TORCH_CHECK(settings.weight.numel() == channels && settings.bias.numel() == channels,
              "normActivation: weight or bias does not have ", channels, " entries");
  for (const auto &t : {scale, shift})
    TORCH_CHECK(!t.defined() || t.sizes() == at::IntArrayRef({samples, channels}),
                "normActivation: scale and shift must be [", samples, ", ", channels, "]");
}

/// Whether our own loops take this.
bool isFused(at::TensorList parts, const Settings &settings, const Tensor &scale,
             const Tensor &shift) {
  auto isOnProcessor = [](const Tensor &t) { return !t.defined() || t.is_cpu(); };
  auto isPlain = [](const Tensor &t) {
    return t.scalar_type() == at::kFloat && t.is_contiguous() && t.is_cpu();
  };
  auto type = parts[0].scalar_type();
  bool hasPixels = parts[0].size(2) * parts[0].size(3) > 0;
  return hasPixels && std::all_of(parts.begin(), parts.end(), isOnProcessor) && isOnProcessor(scale) &&
         isOnProcessor(shift) && isPlain(settings.weight) && isPlain(settings.bias) &&
         (type == at::kFloat || type == at::kBFloat16);
}

} // namespace

Normed normActivation(at::TensorList parts, int64_t groups, const Tensor &weight,
                      const Tensor &bias, const Tensor &scale, const Tensor &shift,
                      double epsilon, bool activate) {
  Settings settings{groups, epsilon, activate, weight, bias};
  check(parts, settings, scale, shift);
  if (!isFused(parts, settings, scale, shift)) {
    auto x = parts.size() == 1 ? parts[0] : at::cat(parts, 1);
    return {composed(x, settings, scale, shift), parts.vec()};
  }
  int64_t samples = parts[0].size(0);
  auto s = perSample(scale, samples, settings), t = perSample(shift, samples, settings);
  auto wantsGradient = [](const Tensor &x) { return x.requires_grad(); };
  if (std::any_of(parts.begin(), parts.end(), wantsGradient) || wantsGradient(s) ||
      wantsGradient(t)) {
    auto result = FusedNorm::apply(s, t, settings, parts);
    return {result[0], {result.begin() + 1, result.end()}};
  }
  Parts laidOut(parts);
  return {valuesAny(laidOut, *foldAny(laidOut, settings, s, t), activate), parts.vec()};
}
