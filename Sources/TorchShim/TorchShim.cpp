#include "TorchShim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/cpu/Utils.h>
#include <cmath>
#include <malloc.h>
#include <torch/torch.h>

#include <string>
#include <vector>

#include "Handles.h"
#include "Layers.h"

struct TorchShimFilters {
  FiltersPointer value;
};

thread_local std::string lastError;

namespace {

at::ScalarType scalarType(TorchShimType type) {
  switch (type) {
  case TorchShimTypeUInt8: return at::kByte;
  case TorchShimTypeInt64: return at::kLong;
  case TorchShimTypeFloat16: return at::kHalf;
  case TorchShimTypeBFloat16: return at::kBFloat16;
  case TorchShimTypeFloat32: return at::kFloat;
  case TorchShimTypeFloat64: return at::kDouble;
  case TorchShimTypeBool: return at::kBool;
  case TorchShimTypeComplex64: return at::kComplexFloat;
  case TorchShimTypeComplex128: return at::kComplexDouble;
  case TorchShimTypeOther: break;
  }
  TORCH_CHECK(false, "an element type this program does not use");
}

at::Device torchDevice(TorchShimDevice device, int index) {
  switch (device) {
  case TorchShimDeviceCPU: return at::Device(at::kCPU);
  case TorchShimDeviceCUDA: return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
  case TorchShimDeviceMeta: return at::Device(at::kMeta);
  }
  TORCH_CHECK(false, "an unknown device");
}

/// The tensor on a device; `isAwaited` is whether a GPU's earlier work is waited for.
///
/// A copy to a GPU waits for it unless it starts in page-locked memory, which libtorch keeps until the
/// copy is made.
at::Tensor moved(const at::Tensor &tensor, at::Device device, bool isAwaited) {
  if (isAwaited || !tensor.is_cpu() || !device.is_cuda())
    return tensor.to(device);
  return tensor.pin_memory().to(device, /*non_blocking=*/true);
}

at::Tensor optional(TorchShimTensorRef tensor) { return tensor ? tensor->value : at::Tensor(); }

} // namespace

// MARK: - Process

const char *torch_shim_error(void) { return lastError.c_str(); }
const char *torch_shim_version(void) { return TORCH_VERSION; }

const char *torch_shim_cpu_capability(void) {
  static const std::string name = at::get_cpu_capability();
  return name.c_str();
}

bool torch_shim_cpu_has_amx_bfloat16(void) {
  auto capabilities = at::cpu::get_cpu_capabilities();
  auto found = capabilities.find("amx_bf16");
  return found != capabilities.end() && found->second.isBool() && found->second.toBool();
}

int64_t torch_shim_cuda_device_count(void) {
  return at::hasCUDA() ? static_cast<int64_t>(torch::cuda::device_count()) : 0;
}

void torch_shim_keep_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  // Worker threads' own arenas cannot grow beyond 64 MB: activations would go back to mmap.
  mallopt(M_ARENA_MAX, 1);
#endif
}

void torch_shim_prepare_gpus(void) {
  at::globalContext().setAllowTF32CuDNN(false);
  at::globalContext().setDeterministicCuDNN(true);
}

bool torch_shim_gpus_are_prepared(void) {
  return !at::globalContext().allowTF32CuDNN() && !at::globalContext().allowTF32CuBLAS() &&
         at::globalContext().deterministicCuDNN();
}

void torch_shim_set_threads(int count) { at::set_num_threads(count); }

// MARK: - Making and reading tensors

TorchShimTensorRef torch_shim_from_bytes(const void *bytes, TorchShimType type,
                                         const int64_t *shape, int64_t rank) {
  return make([&] {
    auto view = at::from_blob(const_cast<void *>(bytes), list(shape, rank), scalarType(type));
    return view.clone();
  });
}

TorchShimTensorRef torch_shim_unwritten(const int64_t *shape, int64_t rank, float **values) {
  return make([&] {
    auto tensor = at::empty(list(shape, rank), at::kFloat);
    *values = tensor.mutable_data_ptr<float>();
    return tensor;
  });
}

TorchShimTensorRef torch_shim_from_memory(const void *bytes, TorchShimType type,
                                          const int64_t *shape, const int64_t *strides,
                                          int64_t rank, void (*release)(void *), void *context) {
  auto result = make([&] {
    auto memory = const_cast<void *>(bytes);
    auto deleter = [release, context](void *) { release(context); };
    if (strides)
      return at::from_blob(memory, list(shape, rank), list(strides, rank), deleter,
                           scalarType(type));
    return at::from_blob(memory, list(shape, rank), deleter, scalarType(type));
  });
  return result;
}

TorchShimTensorRef torch_shim_full(double value, TorchShimType type, const int64_t *shape,
                                   int64_t rank, TorchShimDevice device, int index) {
  return make([&] {
    auto options = at::TensorOptions(scalarType(type)).device(torchDevice(device, index));
    return at::full(list(shape, rank), value, options);
  });
}

void torch_shim_release(TorchShimTensorRef tensor) { delete tensor; }

int64_t torch_shim_rank(TorchShimTensorRef tensor) { return tensor->value.dim(); }

int64_t torch_shim_extent(TorchShimTensorRef tensor, int64_t dimension) {
  return tensor->value.sizes()[static_cast<size_t>(dimension)];
}

TorchShimType torch_shim_type(TorchShimTensorRef tensor) {
  switch (tensor->value.scalar_type()) {
  case at::kByte: return TorchShimTypeUInt8;
  case at::kLong: return TorchShimTypeInt64;
  case at::kHalf: return TorchShimTypeFloat16;
  case at::kBFloat16: return TorchShimTypeBFloat16;
  case at::kFloat: return TorchShimTypeFloat32;
  case at::kDouble: return TorchShimTypeFloat64;
  case at::kBool: return TorchShimTypeBool;
  case at::kComplexFloat: return TorchShimTypeComplex64;
  case at::kComplexDouble: return TorchShimTypeComplex128;
  default: return TorchShimTypeOther;
  }
}

TorchShimDevice torch_shim_device(TorchShimTensorRef tensor, int *index) {
  auto device = tensor->value.device();
  *index = device.has_index() ? device.index() : 0;
  if (device.is_cuda())
    return TorchShimDeviceCUDA;
  return device.is_meta() ? TorchShimDeviceMeta : TorchShimDeviceCPU;
}

bool torch_shim_is_channels_last(TorchShimTensorRef tensor) {
  return tensor->value.is_contiguous(at::MemoryFormat::ChannelsLast);
}

int torch_shim_read(TorchShimTensorRef tensor, TorchShimType type, void *destination,
                    int64_t byteCount) {
  auto copied = make([&] {
    auto host = tensor->value.detach().to(at::kCPU, scalarType(type)).contiguous();
    auto size = static_cast<int64_t>(host.nbytes());
    TORCH_CHECK(size == byteCount, "reading ", size, " bytes into a buffer of ", byteCount);
    if (size > 0)
      std::memcpy(destination, host.const_data_ptr(), static_cast<size_t>(size));
    return at::Tensor();
  });
  torch_shim_release(copied);
  return copied ? 0 : -1;
}

int torch_shim_is_finite(TorchShimTensorRef tensor) {
  return guarded<int>(-1, [&] {
    if (tensor->value.numel() == 0)
      return 1;
    // One pass at the speed of memory; both ends are NaN if one element is.
    auto [low, high] = at::aminmax(tensor->value.detach());
    return std::isfinite(low.item<double>()) && std::isfinite(high.item<double>()) ? 1 : 0;
  });
}

TorchShimTensorRef torch_shim_convert(TorchShimTensorRef tensor, TorchShimType type) {
  return make([&] { return tensor->value.to(scalarType(type)); });
}

TorchShimTensorRef torch_shim_move(TorchShimTensorRef tensor, TorchShimDevice device, int index,
                                   bool isAwaited) {
  return make([&] { return moved(tensor->value, torchDevice(device, index), isAwaited); });
}

TorchShimTensorRef torch_shim_contiguous(TorchShimTensorRef tensor, bool channelsLast) {
  auto format = channelsLast ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
  return make([&] { return tensor->value.contiguous(format); });
}

// MARK: - Arithmetic

TorchShimTensorRef torch_shim_unary(TorchShimUnary op, TorchShimTensorRef a) {
  return make([&]() -> at::Tensor {
    const auto &x = a->value;
    switch (op) {
    case TorchShimUnaryNegate: return x.neg();
    case TorchShimUnaryAbsolute: return x.abs();
    case TorchShimUnarySquare: return x.square();
    case TorchShimUnarySquareRoot: return x.sqrt();
    case TorchShimUnaryExponential: return x.exp();
    case TorchShimUnaryLogarithm: return x.log();
    case TorchShimUnarySine: return x.sin();
    case TorchShimUnaryCosine: return x.cos();
    case TorchShimUnaryHyperbolicTangent: return x.tanh();
    case TorchShimUnarySigmoid: return x.sigmoid();
    case TorchShimUnarySiLU: return at::silu(x);
    case TorchShimUnaryReLU: return at::relu(x);
    case TorchShimUnaryRound: return x.round();
    case TorchShimUnaryRealPart: return at::real(x).clone();
    case TorchShimUnaryImaginaryPart: return at::imag(x).clone();
    case TorchShimUnaryConjugate: return x.conj().resolve_conj();
    }
    TORCH_CHECK(false, "unknown unary operation");
  });
}

TorchShimTensorRef torch_shim_binary(TorchShimBinary op, TorchShimTensorRef a,
                                     TorchShimTensorRef b) {
  return make([&]() -> at::Tensor {
    const auto &x = a->value;
    const auto &y = b->value;
    switch (op) {
    case TorchShimBinaryAdd: return x + y;
    case TorchShimBinarySubtract: return x - y;
    case TorchShimBinaryMultiply: return x * y;
    case TorchShimBinaryDivide: return x / y;
    case TorchShimBinaryMatrixProduct: return at::matmul(x, y);
    case TorchShimBinaryMaximum: return at::maximum(x, y);
    case TorchShimBinaryMinimum: return at::minimum(x, y);
    case TorchShimBinaryComplex: return at::complex(x, y);
    case TorchShimBinaryLess: return x.lt(y);
    case TorchShimBinaryLessOrEqual: return x.le(y);
    }
    TORCH_CHECK(false, "unknown binary operation");
  });
}

TorchShimTensorRef torch_shim_binary_scalar(TorchShimBinary op, TorchShimTensorRef a, double b) {
  return make([&]() -> at::Tensor {
    const auto &x = a->value;
    switch (op) {
    case TorchShimBinaryAdd: return x + b;
    case TorchShimBinarySubtract: return x - b;
    case TorchShimBinaryMultiply: return x * b;
    case TorchShimBinaryDivide: return x / b;
    case TorchShimBinaryMaximum: return at::clamp_min(x, b);
    case TorchShimBinaryMinimum: return at::clamp_max(x, b);
    case TorchShimBinaryLess: return x.lt(b);
    case TorchShimBinaryLessOrEqual: return x.le(b);
    case TorchShimBinaryMatrixProduct:
    case TorchShimBinaryComplex: break;
    }
    TORCH_CHECK(false, "no such operation with a number");
  });
}

TorchShimTensorRef torch_shim_clamp(TorchShimTensorRef a, double low, double high) {
  return make([&] { return at::clamp(a->value, low, high); });
}

TorchShimTensorRef torch_shim_reduce(TorchShimReduction op, TorchShimTensorRef a,
                                     const int64_t *dimensions, int64_t count, bool keep) {
  return make([&]() -> at::Tensor {
    const auto &x = a->value;
    auto over = list(dimensions, count);
    switch (op) {
    case TorchShimReductionSum: return x.sum(over, keep);
    case TorchShimReductionMean: return x.mean(over, keep);
    case TorchShimReductionMaximum: return x.amax(over, keep);
    case TorchShimReductionMinimum: return x.amin(over, keep);
    case TorchShimReductionEuclideanNorm: return at::linalg_vector_norm(x, 2, over, keep);
    case TorchShimReductionLogSumExp: return at::logsumexp(x, over, keep);
    }
    TORCH_CHECK(false, "unknown reduction");
  });
}

TorchShimTensorRef torch_shim_quantile(TorchShimTensorRef a, double q, int64_t dimension,
                                       bool keep) {
  return make([&] { return at::quantile(a->value, q, dimension, keep); });
}

TorchShimTensorRef torch_shim_softmax(TorchShimTensorRef a, int64_t dimension) {
  return make([&] { return at::softmax(a->value, dimension); });
}

// MARK: - Shape

TorchShimTensorRef torch_shim_reshape(TorchShimTensorRef a, const int64_t *shape, int64_t rank) {
  return make([&] { return a->value.reshape(list(shape, rank)); });
}

TorchShimTensorRef torch_shim_expand(TorchShimTensorRef a, const int64_t *shape, int64_t rank) {
  return make([&] { return a->value.expand(list(shape, rank)); });
}

TorchShimTensorRef torch_shim_permute(TorchShimTensorRef a, const int64_t *order, int64_t rank) {
  return make([&] { return a->value.permute(list(order, rank)); });
}

TorchShimTensorRef torch_shim_slice(TorchShimTensorRef a, int64_t dimension, int64_t start,
                                    int64_t end, int64_t step) {
  return make([&] { return a->value.slice(dimension, start, end, step); });
}

TorchShimTensorRef torch_shim_concatenate(const TorchShimTensorRef *parts, int64_t count,
                                          int64_t dimension) {
  return make([&] { return at::cat(tensors(parts, count), dimension); });
}

TorchShimTensorRef torch_shim_select(TorchShimTensorRef a, int64_t dimension,
                                     const int64_t *indices, int64_t count) {
  return make([&] {
    auto index = at::from_blob(const_cast<int64_t *>(indices), {count}, at::kLong).clone();
    return a->value.index_select(dimension, moved(index, a->value.device(), false));
  });
}

TorchShimTensorRef torch_shim_where(TorchShimTensorRef condition, TorchShimTensorRef a,
                                    TorchShimTensorRef b) {
  return make([&] { return at::where(condition->value, a->value, b->value); });
}

TorchShimTensorRef torch_shim_roll(TorchShimTensorRef a, const int64_t *shifts,
                                   const int64_t *dimensions, int64_t count) {
  return make([&] { return at::roll(a->value, list(shifts, count), list(dimensions, count)); });
}

TorchShimTensorRef torch_shim_pad(TorchShimTensorRef a, const int64_t *amounts,
                                  TorchShimPadding mode) {
  return make([&] {
    auto name = [&]() -> const char * {
      switch (mode) {
      case TorchShimPaddingZeros: return "constant";
      case TorchShimPaddingReflect: return "reflect";
      case TorchShimPaddingReplicate: return "replicate";
      case TorchShimPaddingCircular: return "circular";
      }
      return "";
    }();
    return at::pad(a->value, list(amounts, 4), name);
  });
}

// MARK: - Fourier transform

TorchShimTensorRef torch_shim_fft2(TorchShimTensorRef a, bool inverse, bool orthonormal) {
  return make([&] {
    auto norm = orthonormal ? "ortho" : "backward";
    const std::vector<int64_t> axes{-2, -1};
    return inverse ? at::fft_ifft2(a->value, c10::nullopt, axes, norm)
                   : at::fft_fft2(a->value, c10::nullopt, axes, norm);
  });
}

TorchShimTensorRef torch_shim_real_fft2(TorchShimTensorRef a) {
  return make([&] { return at::fft_rfft2(a->value); });
}

TorchShimTensorRef torch_shim_inverse_real_fft2(TorchShimTensorRef a, int64_t width) {
  return make([&] {
    const std::vector<int64_t> size{a->value.size(-2), width};
    return at::fft_irfft2(a->value, at::IntArrayRef(size));
  });
}

// MARK: - Network layers

TorchShimTensorRef torch_shim_linear(TorchShimTensorRef x, TorchShimTensorRef weight,
                                     TorchShimTensorRef bias) {
  return make([&] { return at::linear(x->value, weight->value, optional(bias)); });
}

TorchShimFiltersRef torch_shim_filters(TorchShimTensorRef weight, TorchShimTensorRef bias,
                                       int64_t stride, int64_t padding) {
  return guarded<TorchShimFiltersRef>(nullptr, [&] {
    return new TorchShimFilters{makeFilters(weight->value, optional(bias), stride, padding)};
  });
}

void torch_shim_filters_release(TorchShimFiltersRef filters) { delete filters; }

TorchShimTensorRef torch_shim_convolution(TorchShimTensorRef x, TorchShimFiltersRef filters,
                                          TorchShimTensorRef added) {
  return make([&] { return convolution(x->value, filters->value, optional(added)); });
}

TorchShimTensorRef torch_shim_plain_convolution(TorchShimTensorRef x, TorchShimTensorRef weight,
                                                TorchShimTensorRef bias, int64_t stride,
                                                int64_t padding, int64_t groups,
                                                bool transposed) {
  return make([&] {
    return at::convolution(x->value, weight->value, optional(bias), {stride, stride},
                           {padding, padding}, {1, 1}, transposed, {0, 0}, groups);
  });
}

TorchShimTensorRef torch_shim_group_norm(TorchShimTensorRef x, int64_t groups,
                                         TorchShimTensorRef weight, TorchShimTensorRef bias,
                                         double epsilon) {
  return make(
      [&] { return at::group_norm(x->value, groups, weight->value, bias->value, epsilon); });
}

TorchShimTensorRef torch_shim_norm_activation(const TorchShimTensorRef *parts, int64_t count,
                                              int64_t groups, TorchShimTensorRef weight,
                                              TorchShimTensorRef bias, TorchShimTensorRef scale,
                                              TorchShimTensorRef shift, double epsilon,
                                              bool activate, TorchShimTensorRef *rest) {
  return make([&] {
    auto normed = normActivation(tensors(parts, count), groups, weight->value, bias->value,
                                 optional(scale), optional(shift), epsilon, activate);
    for (int64_t i = 0; rest && i < count; ++i)
      rest[i] = new TorchShimTensor{normed.rest[static_cast<size_t>(i)]};
    return normed.values;
  });
}

TorchShimTensorRef torch_shim_mix_channels(const TorchShimTensorRef *parts, int64_t count,
                                           TorchShimTensorRef weight, TorchShimTensorRef bias) {
  return make([&] {
    return mixedChannels(tensors(parts, count), weight->value, bias->value);
  });
}

TorchShimTensorRef torch_shim_upsample_nearest(TorchShimTensorRef x) {
  return make([&] { return upsampledNearest(x->value); });
}

TorchShimTensorRef torch_shim_resize(TorchShimTensorRef x, int64_t height, int64_t width,
                                     bool bilinear) {
  return make([&] {
    return bilinear ? at::upsample_bilinear2d(x->value, {height, width}, false)
                    : at::upsample_nearest2d(x->value, {height, width});
  });
}

TorchShimTensorRef torch_shim_pixel_shuffle(TorchShimTensorRef x, int64_t factor) {
  return make([&] { return at::pixel_shuffle(x->value, factor); });
}

TorchShimTensorRef torch_shim_average_pool(TorchShimTensorRef x) {
  return make([&] { return averagePooled(x->value); });
}

// MARK: - Gradients

TorchShimTensorRef torch_shim_leaf(TorchShimTensorRef tensor) {
  return make([&] { return tensor->value.detach().requires_grad_(true); });
}

TorchShimTensorRef torch_shim_detach(TorchShimTensorRef tensor) {
  return make([&] { return tensor->value.detach(); });
}

TorchShimTensorRef torch_shim_gradient(TorchShimTensorRef output, TorchShimTensorRef cotangent,
                                       TorchShimTensorRef leaf) {
  return make([&] {
    if (!output->value.requires_grad())
      return at::zeros_like(leaf->value);
    auto seed = cotangent ? cotangent->value : at::ones_like(output->value);
    auto gradients = torch::autograd::grad({output->value}, {leaf->value}, {seed},
                                           /*retain_graph=*/false, /*create_graph=*/false,
                                           /*allow_unused=*/true);
    return gradients[0].defined() ? gradients[0] : at::zeros_like(leaf->value);
  });
}
