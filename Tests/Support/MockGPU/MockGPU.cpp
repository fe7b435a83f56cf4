#include "MockGPU.h"

#include <ATen/EmptyTensor.h>
#include <ATen/NativeFunctions.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>
#include <torch/torch.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <set>
#include <vector>

namespace {

using at::Tensor;

constexpr auto gpu = c10::DeviceType::CUDA;
constexpr size_t devices = 3;
const c10::DispatchKeySet keys(c10::DispatchKey::CUDA);

/// Memory that a GPU can read by itself, while the processor goes on.
struct PageLocked final : c10::Allocator {
  std::mutex mutex;
  std::set<void *> blocks;

  c10::DataPtr allocate(size_t size) override {
    void *bytes = std::malloc(std::max<size_t>(1, size));
    std::lock_guard lock(mutex);
    blocks.insert(bytes);
    return {bytes, bytes, raw_deleter(), c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override;
  void copy_data(void *to, const void *from, size_t size) const override {
    default_copy_data(to, from, size);
  }
  bool holds(const void *bytes) {
    std::lock_guard lock(mutex);
    return blocks.count(const_cast<void *>(bytes)) > 0;
  }
  void release(void *bytes) {
    std::lock_guard lock(mutex);
    blocks.erase(bytes);
    std::free(bytes);
  }
};

PageLocked &pageLocked() {
  static PageLocked all;
  return all;
}

c10::DeleterFnPtr PageLocked::raw_deleter() const {
  return [](void *bytes) { pageLocked().release(bytes); };
}

/// Of all threads: a gradient is computed on a thread of the device's own.
struct Traffic {
  std::atomic<int64_t> uploads, uploadedBytes, blockingUploads, reads, readBytes;
};
std::array<Traffic, devices> traffic;

Traffic &trafficOf(const Tensor &tensor) { return traffic[static_cast<size_t>(tensor.get_device())]; }

void countUpload(const Tensor &from, const Tensor &to, bool isNonBlocking) {
  auto &counts = trafficOf(to);
  ++counts.uploads;
  counts.uploadedBytes += static_cast<int64_t>(from.nbytes());
  counts.blockingUploads += isNonBlocking && pageLocked().holds(from.const_data_ptr()) ? 0 : 1;
}

void countRead(const Tensor &from) {
  auto &counts = trafficOf(from);
  ++counts.reads;
  counts.readBytes += static_cast<int64_t>(from.nbytes());
}

// MARK: - Memory

struct Memory final : c10::Allocator {
  c10::DeviceIndex index = 0;

  c10::DataPtr allocate(size_t size) override {
    void *bytes = size > 0 ? std::malloc(size) : nullptr;
    return {bytes, bytes, &std::free, c10::Device(gpu, index)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &std::free; }
  void copy_data(void *to, const void *from, size_t size) const override {
    default_copy_data(to, from, size);
  }
};

/// Throws for a GPU that is not there.
Memory *memory(c10::Device device) {
  static std::array<Memory, devices> all;
  auto index = device.has_index() ? device.index() : c10::DeviceIndex(0);
  auto &chosen = all.at(static_cast<size_t>(index));
  chosen.index = index;
  return &chosen;
}

Tensor strided(at::IntArrayRef sizes, at::IntArrayRef strides, at::ScalarType type,
               c10::Device device) {
  return at::detail::empty_strided_generic(sizes, strides, memory(device), keys, type);
}

/// The memory of a tensor of the GPU as a tensor of the processor.
Tensor seen(const Tensor &tensor) {
  auto result = at::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(),
                              at::TensorOptions(tensor.scalar_type()));
  result._set_conj(tensor.is_conj());
  result._set_neg(tensor.is_neg());
  return result;
}

Tensor uploaded(const Tensor &host, c10::Device device) {
  auto result = strided(host.sizes(), host.strides(), host.scalar_type(), device);
  seen(result).copy_(host);
  return result;
}

Tensor emptyTensor(at::IntArrayRef sizes, std::optional<at::ScalarType> type,
                   std::optional<at::Layout>, std::optional<at::Device> device,
                   std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(sizes, memory(*device), keys, type.value_or(at::kFloat),
                                   format);
}

Tensor emptyStrided(at::IntArrayRef sizes, at::IntArrayRef strides,
                    std::optional<at::ScalarType> type, std::optional<at::Layout>,
                    std::optional<at::Device> device, std::optional<bool>) {
  return strided(sizes, strides, type.value_or(at::kFloat), *device);
}

// MARK: - Copies

Tensor &copy(Tensor &to, const Tensor &from, bool isNonBlocking) {
  if (to.is_cuda() && from.is_cuda()) {
    seen(to).copy_(seen(from));
  } else if (to.is_cuda()) {
    countUpload(from, to, isNonBlocking);
    seen(to).copy_(from);
  } else {
    // A copy to the processor that is not waited for would be read before it is there.
    TORCH_CHECK(!isNonBlocking, "a copy to the processor must be waited for");
    countRead(from);
    to.copy_(seen(from));
  }
  return to;
}

at::Scalar number(const Tensor &tensor) {
  countRead(tensor);
  return seen(tensor).item();
}

// MARK: - Everything else

/// Operators whose result has a size, or is an answer, that the processor must wait for.
const std::set<std::string> waiting{"aten::nonzero", "aten::masked_select", "aten::equal",
                                    "aten::_unique2"};

/// One call of an operator, its tensors exchanged for the processor's.
struct Call {
  const c10::FunctionSchema &schema;
  c10::Device device;
  /// (the processor's, the GPU's)
  std::vector<std::pair<Tensor, Tensor>> lent;

  Tensor lend(const Tensor &tensor) {
    if (!tensor.defined())
      return tensor;
    // As on a GPU: numbers may come from the processor.
    bool isNumber = tensor.is_cpu() && tensor.dim() == 0;
    TORCH_CHECK(tensor.is_cuda() || isNumber, schema.name(),
                ": expected all tensors to be on the same device, found ", tensor.sizes(), " on ",
                tensor.device());
    if (isNumber)
      return tensor;
    TORCH_CHECK(lent.empty() || tensor.device() == device, schema.name(),
                ": expected all tensors to be on the same device, found ", device, " and ",
                tensor.device());
    device = tensor.device();
    if (waiting.count(schema.name()))
      countRead(tensor);
    // Results of unknown size are handed in empty, to be enlarged.
    lent.emplace_back(tensor.numel() > 0 ? seen(tensor) : at::empty(tensor.sizes(), tensor.scalar_type()), tensor);
    return lent.back().first;
  }

  Tensor takeBack(const Tensor &host, bool isView) {
    if (!host.defined())
      return host;
    for (auto &[theirs, own] : lent)
      if (host.is_same(theirs))
        return own;
    TORCH_CHECK(!isView, schema.name(), " gives a view, which the mock must learn to do");
    return uploaded(host, device);
  }

  void fill() {
    for (auto &[theirs, own] : lent) {
      if (theirs.sizes() == own.sizes())
        continue;
      auto full = uploaded(theirs, device);
      auto *tensor = own.unsafeGetTensorImpl();
      tensor->set_storage_keep_dtype(full.storage());
      tensor->set_sizes_and_strides(full.sizes(), full.strides());
    }
  }
};

/// Exchanges the tensor or the tensors of a list.
template <typename Exchange> void exchange(c10::IValue &value, Exchange other) {
  if (value.isTensor()) {
    value = other(value.toTensor());
  } else if (value.isList()) {
    auto all = value.toList().copy();
    for (size_t i = 0; i < all.size(); ++i) {
      c10::IValue entry = all.get(i);
      if (entry.isTensor())
        all.set(i, other(entry.toTensor()));
    }
    value = all;
  }
}

void lendArgument(Call &call, c10::IValue &value) {
  exchange(value, [&](const Tensor &tensor) { return call.lend(tensor); });
  if (value.isDevice()) {
    call.device = value.toDevice();
    value = c10::Device(c10::kCPU);
  }
}

/// Computes any operator with the processor's kernel on the same memory.
void onProcessor(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  Call call{op.schema(), {gpu, 0}, {}};
  for (auto at = stack->size() - op.schema().arguments().size(); at < stack->size(); ++at)
    lendArgument(call, (*stack)[at]);
  op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
  call.fill();
  const auto &returns = op.schema().returns();
  for (size_t i = 0; i < returns.size(); ++i)
    exchange((*stack)[stack->size() - returns.size() + i], [&](const Tensor &tensor) {
      return call.takeBack(tensor, returns[i].alias_info() != nullptr);
    });
}

// MARK: - What libtorch asks of a device

struct Guard final : c10::impl::DeviceGuardImplInterface {
  static thread_local c10::DeviceIndex current;

  c10::DeviceType type() const override { return gpu; }
  c10::Device getDevice() const override { return {gpu, current}; }
  void setDevice(c10::Device device) const override { current = device.index(); }
  void uncheckedSetDevice(c10::Device device) const noexcept override { setDevice(device); }
  c10::Device exchangeDevice(c10::Device device) const override {
    auto before = getDevice();
    setDevice(device);
    return before;
  }
  c10::Stream getStream(c10::Device device) const override {
    return c10::Stream(c10::Stream::DEFAULT, device);
  }
  c10::Stream exchangeStream(c10::Stream stream) const override { return stream; }
  c10::DeviceIndex deviceCount() const noexcept override { return devices; }
};
thread_local c10::DeviceIndex Guard::current = 0;

/// It counts no GPUs, so that `device: auto` in other tests stays the processor.
struct Hooks final : at::CUDAHooksInterface {
  explicit Hooks(at::CUDAHooksArgs) {}
  void init() const override {}
  bool hasCUDA() const override { return true; }
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  at::Allocator *getPinnedMemoryAllocator() const override { return &pageLocked(); }
  bool isPinnedPtr(const void *bytes) const override { return pageLocked().holds(bytes); }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex getCurrentDevice() const override { return Guard::current; }
  c10::DeviceIndex current_device() const override { return Guard::current; }
};

void registerKernels() {
  static torch::Library fallback(torch::Library::IMPL, "_", c10::DispatchKey::CUDA, __FILE__,
                                 __LINE__);
  fallback.fallback(torch::CppFunction::makeFromBoxedFunction<&onProcessor>());
  static torch::Library own(torch::Library::IMPL, "aten", c10::DispatchKey::CUDA, __FILE__,
                            __LINE__);
  own.impl("empty.memory_format", TORCH_FN(emptyTensor));
  own.impl("empty_strided", TORCH_FN(emptyStrided));
  own.impl("copy_", TORCH_FN(copy));
  own.impl("_local_scalar_dense", TORCH_FN(number));
  own.impl("as_strided", TORCH_FN(at::native::as_strided_tensorimpl));
  own.impl("view", TORCH_FN(at::native::view));
  own.impl("_reshape_alias", TORCH_FN(at::native::_reshape_alias));
  own.impl("view_as_real", TORCH_FN(at::native::view_as_real));
  own.impl("view_as_complex", TORCH_FN(at::native::view_as_complex));
  // Whole, as libtorch would look for parts that only CUDA has.
  for (auto name : {"convolution", "convolution_backward"})
    own.impl(name, torch::CppFunction::makeFromBoxedFunction<&onProcessor>());
}

/// Before anything asks libtorch for its devices: it looks once.
const bool isInstalled = [] {
  if (at::CUDAHooksRegistry()->Has("CUDAHooks"))
    return false;
  at::CUDAHooksRegistry()->Register(
      "CUDAHooks", [](at::CUDAHooksArgs arguments) -> std::unique_ptr<at::CUDAHooksInterface> {
        return std::make_unique<Hooks>(arguments);
      });
  static c10::impl::DeviceGuardImplRegistrar guard(gpu, new Guard);
  registerKernels();
  return true;
}();

} // namespace

bool mock_gpu_is_installed(void) { return isInstalled; }

MockGPUTraffic mock_gpu_traffic(int device) {
  const auto &counts = traffic[static_cast<size_t>(device)];
  return {counts.uploads, counts.uploadedBytes, counts.blockingUploads, counts.reads,
          counts.readBytes};
}
