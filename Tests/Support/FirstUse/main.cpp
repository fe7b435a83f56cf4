// Whether two threads that compute for the first time in a process get the bits that everybody gets later.
//
//     first-use PROCESSES [OPERATION]
//
// Forks as many processes, each for one of the operations below, or all for one of them; in it two threads call
// that within 1 ms of each other. Prints how many processes found other bits for each, and ends with 1 if any did.
// Of an operation whose first calls race, about one process of 400 finds other bits: thousands are to be forked.
#include "TorchShim.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace {

// MARK: - Tensors

struct Release {
  void operator()(TorchShimTensorRef tensor) const { torch_shim_release(tensor); }
};
using Tensor = std::unique_ptr<std::remove_pointer_t<TorchShimTensorRef>, Release>;
using Shape = std::vector<int64_t>;

Tensor made(TorchShimTensorRef reference) {
  if (!reference) {
    std::fprintf(stderr, "%s\n", torch_shim_error());
    _exit(2);
  }
  return Tensor(reference);
}

int64_t count(const Tensor &tensor) {
  int64_t result = 1;
  for (int64_t dimension = 0; dimension < torch_shim_rank(tensor.get()); ++dimension)
    result *= torch_shim_extent(tensor.get(), dimension);
  return result;
}

/// Values between 0.05 and 1.05.
Tensor values(const Shape &shape, TorchShimType type) {
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  std::vector<float> numbers;
  for (int64_t i = 0; i < size; ++i)
    numbers.push_back(0.05f + static_cast<float>(i * 7919 % 1000) / 1000);
  const auto rank = static_cast<int64_t>(shape.size());
  auto wide = made(torch_shim_from_bytes(numbers.data(), TorchShimTypeFloat32, shape.data(), rank));
  auto narrow = made(torch_shim_convert(wide.get(), type));
  return rank == 4 ? made(torch_shim_contiguous(narrow.get(), true)) : std::move(narrow);
}

std::vector<float> read(const Tensor &tensor) {
  const int64_t size = count(tensor);
  std::vector<float> result(static_cast<size_t>(size));
  if (torch_shim_read(tensor.get(), TorchShimTypeFloat32, result.data(), size * 4) != 0)
    _exit(2);
  return result;
}

// MARK: - Operations

template <TorchShimUnary op> Tensor unary(const Tensor &x, const Tensor &) {
  return made(torch_shim_unary(op, x.get()));
}

Tensor product(const Tensor &x, const Tensor &weight) {
  return made(torch_shim_linear(x.get(), weight.get(), nullptr));
}

Tensor norm(const Tensor &x, const Tensor &) {
  const int64_t dimension = 1;
  return made(torch_shim_reduce(TorchShimReductionEuclideanNorm, x.get(), &dimension, 1, false));
}

Tensor softmax(const Tensor &x, const Tensor &) { return made(torch_shim_softmax(x.get(), 1)); }

Tensor transformAndBack(const Tensor &x, const Tensor &) {
  auto frequencies = made(torch_shim_real_fft2(x.get()));
  return made(torch_shim_inverse_real_fft2(frequencies.get(), torch_shim_extent(x.get(), 1)));
}

Tensor convolution(const Tensor &x, const Tensor &weight) {
  auto filters = torch_shim_filters(weight.get(), nullptr, 1, 1);
  auto result = made(torch_shim_convolution(x.get(), filters, nullptr));
  torch_shim_filters_release(filters);
  return result;
}

Tensor plainConvolution(const Tensor &x, const Tensor &weight) {
  return made(torch_shim_plain_convolution(x.get(), weight.get(), nullptr, 1, 1, 1, false));
}

Tensor normActivation(const Tensor &x, const Tensor &weight) {
  TorchShimTensorRef parts[] = {x.get()};
  return made(torch_shim_norm_activation(parts, 1, 4, weight.get(), weight.get(), nullptr, nullptr,
                                         1e-5, true, nullptr));
}

struct Operation {
  const char *name;
  Tensor (*run)(const Tensor &x, const Tensor &weight);
  Shape x, weight;
  TorchShimType type;
};

const std::vector<Operation> operations = {
    {"exponential", unary<TorchShimUnaryExponential>, {24, 24}, {1}, TorchShimTypeFloat32},
    {"square root", unary<TorchShimUnarySquareRoot>, {24, 24}, {1}, TorchShimTypeFloat32},
    {"logarithm", unary<TorchShimUnaryLogarithm>, {24, 24}, {1}, TorchShimTypeFloat32},
    {"sine", unary<TorchShimUnarySine>, {24, 24}, {1}, TorchShimTypeFloat32},
    {"cosine", unary<TorchShimUnaryCosine>, {24, 24}, {1}, TorchShimTypeFloat32},
    {"hyperbolic tangent", unary<TorchShimUnaryHyperbolicTangent>, {24, 24}, {1}, TorchShimTypeFloat32},
    {"product", product, {24, 24}, {24, 24}, TorchShimTypeFloat32},
    {"product in bfloat16", product, {24, 24}, {24, 24}, TorchShimTypeBFloat16},
    {"norm", norm, {24, 24}, {1}, TorchShimTypeFloat32},
    {"softmax", softmax, {24, 24}, {1}, TorchShimTypeFloat32},
    {"Fourier transform", transformAndBack, {24, 24}, {1}, TorchShimTypeFloat32},
    {"convolution by Winograd", convolution, {1, 32, 16, 16}, {32, 32, 3, 3}, TorchShimTypeFloat32},
    {"unfolded convolution", convolution, {1, 144, 4, 4}, {144, 144, 3, 3}, TorchShimTypeFloat32},
    {"packed convolution", convolution, {1, 32, 8, 8}, {32, 32, 3, 3}, TorchShimTypeBFloat16},
    {"libtorch's convolution", plainConvolution, {1, 32, 8, 8}, {32, 32, 3, 3}, TorchShimTypeFloat32},
    {"norm and activation", normActivation, {1, 32, 8, 8}, {32}, TorchShimTypeFloat32},
};

// MARK: - Processes

void spin(std::chrono::nanoseconds duration) {
  auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) {
  }
}

bool areAsLater(const Operation &operation, std::chrono::nanoseconds delay) {
  std::atomic<int> ready{0};
  std::array<std::vector<float>, 2> found;
  auto compute = [&](size_t thread) {
    torch_shim_set_threads(1);
    auto x = values(operation.x, operation.type), weight = values(operation.weight, operation.type);
    for (++ready; ready < 2;) {
    }
    spin(thread == 0 ? std::chrono::nanoseconds(0) : delay);
    found[thread] = read(operation.run(x, weight));
  };
  std::thread first(compute, 0), second(compute, 1);
  first.join();
  second.join();
  auto x = values(operation.x, operation.type), weight = values(operation.weight, operation.type);
  torch_shim_set_threads(1);
  auto later = read(operation.run(x, weight));
  return found[0] == later && found[1] == later;
}

/// Up to 1 ms, another for each process.
std::chrono::nanoseconds delay(size_t process) {
  return std::chrono::nanoseconds(static_cast<uint32_t>(process) * 2654435761u % 1'000'000);
}

/// What the process that is forked for this ended with: 0 for the same bits, 1 for others.
int ending(const Operation &operation, std::chrono::nanoseconds delay) {
  pid_t child = fork();
  if (child == 0)
    _exit(areAsLater(operation, delay) ? 0 : 1);
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

int main(int count, char **arguments) {
  const size_t processes = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 0;
  std::vector<const Operation *> wanted;
  for (const auto &operation : operations)
    if (count < 3 || std::strcmp(arguments[2], operation.name) == 0)
      wanted.push_back(&operation);
  size_t different = 0;
  for (size_t process = 0; process < processes && !wanted.empty(); ++process) {
    const auto &operation = *wanted[process % wanted.size()];
    const int code = ending(operation, delay(process));
    if (code == 0)
      continue;
    ++different;
    std::printf("process %zu, %s: ended with %d\n", process, operation.name, code);
  }
  std::printf("%zu of %zu processes differ\n", different, processes);
  return different == 0 && processes > 0 && !wanted.empty() ? 0 : 1;
}
