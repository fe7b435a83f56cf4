// Whether two threads that compute for the first time in a process get the bits that everybody gets later.
//
//     first-use PROCESSES
//
// Forks as many processes, each for one of the operations below; in it two threads call that within 1 ms of
// each other. Prints how many processes found other bits for each, and ends with 1 if any did. Of a library whose
// first calls race, about one process of 200 finds other bits: some thousands are to be forked.
#include "TorchShim.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using Operation = TorchShimTensorRef (*)(TorchShimTensorRef);

template <TorchShimUnary op> TorchShimTensorRef unary(TorchShimTensorRef a) { return torch_shim_unary(op, a); }

TorchShimTensorRef product(TorchShimTensorRef a) { return torch_shim_linear(a, a, nullptr); }

TorchShimTensorRef norm(TorchShimTensorRef a) {
  const int64_t dimension = 1;
  return torch_shim_reduce(TorchShimReductionEuclideanNorm, a, &dimension, 1, false);
}

TorchShimTensorRef transformAndBack(TorchShimTensorRef a) {
  auto frequencies = torch_shim_real_fft2(a);
  auto result = torch_shim_inverse_real_fft2(frequencies, torch_shim_extent(a, 1));
  torch_shim_release(frequencies);
  return result;
}

const struct {
  const char *name;
  Operation run;
} operations[] = {
    {"exponential", unary<TorchShimUnaryExponential>},
    {"square root", unary<TorchShimUnarySquareRoot>},
    {"logarithm", unary<TorchShimUnaryLogarithm>},
    {"sine", unary<TorchShimUnarySine>},
    {"cosine", unary<TorchShimUnaryCosine>},
    {"hyperbolic tangent", unary<TorchShimUnaryHyperbolicTangent>},
    {"product of matrices", product},
    {"norm", norm},
    {"Fourier transform", transformAndBack},
};
constexpr int operationCount = sizeof operations / sizeof operations[0];

TorchShimTensorRef input() {
  const int64_t shape[] = {24, 24};
  std::vector<float> values;
  for (int i = 0; i < 24 * 24; ++i)
    values.push_back(0.05f + 0.003f * static_cast<float>(i));
  return torch_shim_from_bytes(values.data(), TorchShimTypeFloat32, shape, 2);
}

std::vector<float> values(Operation run, TorchShimTensorRef input) {
  auto output = run(input);
  if (!output)
    abort();
  int64_t count = 1;
  for (int64_t dimension = 0; dimension < torch_shim_rank(output); ++dimension)
    count *= torch_shim_extent(output, dimension);
  std::vector<float> result(static_cast<size_t>(count));
  if (torch_shim_read(output, TorchShimTypeFloat32, result.data(), count * 4) != 0)
    abort();
  torch_shim_release(output);
  return result;
}

void spin(std::chrono::nanoseconds duration) {
  auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) {
  }
}

bool areAsLater(Operation run, std::chrono::nanoseconds delay) {
  std::atomic<int> ready{0};
  std::vector<float> found[2];
  auto compute = [&](int thread) {
    torch_shim_set_threads(1);
    auto from = input();
    for (++ready; ready < 2;) {
    }
    spin(thread == 0 ? std::chrono::nanoseconds(0) : delay);
    found[thread] = values(run, from);
    torch_shim_release(from);
  };
  std::thread first(compute, 0), second(compute, 1);
  first.join();
  second.join();
  auto from = input();
  auto later = values(run, from);
  torch_shim_release(from);
  return found[0] == later && found[1] == later;
}

/// Up to 1 ms, another for each process.
std::chrono::nanoseconds delay(int process) {
  return std::chrono::nanoseconds(static_cast<uint32_t>(process) * 2654435761u % 1'000'000);
}

} // namespace

int main(int count, char **arguments) {
  int processes = count > 1 ? std::atoi(arguments[1]) : 0;
  int different[operationCount] = {};
  for (int process = 0; process < processes; ++process) {
    int operation = process % operationCount;
    pid_t child = fork();
    if (child == 0)
      _exit(areAsLater(operations[operation].run, delay(process)) ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    different[operation] += status != 0;
  }
  int sum = 0;
  for (int operation = 0; operation < operationCount; ++operation) {
    std::printf("%s: %d differ\n", operations[operation].name, different[operation]);
    sum += different[operation];
  }
  std::printf("%d of %d processes differ\n", sum, processes);
  return sum == 0 && processes > 0 ? 0 : 1;
}
