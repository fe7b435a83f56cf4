// A GPU for tests: memory of its own kind, numbers from the processor.
//
// It stands in for CUDA in a libtorch without it, in the whole process. Tensors on `cuda:0` to `cuda:2` are
// CUDA tensors to libtorch and to the program, which takes every branch that it takes for a GPU. Kernels
// are those of the processor, so values can be compared; what a GPU would refuse (tensors of two devices
// in one operation) is refused, and what costs on one (copies, waiting) is counted.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What crossed between the processor and one GPU.
typedef struct {
  /// Copies to the GPU, and their bytes.
  int64_t uploads, uploadedBytes;
  /// Those of them that wait until all earlier work of the GPU is done.
  int64_t blockingUploads;
  /// Copies to the processor and other answers it waits for, and their bytes.
  int64_t reads, readBytes;
} MockGPUTraffic;

/// False where libtorch has CUDA itself; then there is no mock.
bool mock_gpu_is_installed(void);

/// The traffic of GPU 0, 1 or 2 so far. Tests that count have one for themselves.
MockGPUTraffic mock_gpu_traffic(int device);

#ifdef __cplusplus
}
#endif
