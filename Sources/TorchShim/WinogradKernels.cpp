#include "WinogradKernels.h"

#include <ATen/Version.h>

#include <algorithm>

#include "Lanes.h"

namespace winograd {

namespace {

#define GENERATION plain
#define TILE_HEIGHT 2
#define TILE_WIDTH 1
#include "WinogradLoops.h"
#undef GENERATION
#undef TILE_HEIGHT
#undef TILE_WIDTH

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define GENERATION avx2
#define TILE_HEIGHT 6
#define TILE_WIDTH 1
#include "WinogradLoops.h"
#undef GENERATION
#undef TILE_HEIGHT
#undef TILE_WIDTH
#pragma clang attribute pop

// Without the width the compiler would rather use half of each register.
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"), min_vector_width(512))),     \
                             apply_to = function)
#define GENERATION avx512
#define TILE_HEIGHT 14
#define TILE_WIDTH 2
#include "WinogradLoops.h"
#pragma clang attribute pop

#endif

} // namespace

#if defined(__x86_64__)
/// The widest that the processor has and libtorch is not told to leave alone (ATEN_CPU_CAPABILITY).
static const Kernels &widest() {
  auto allowed = at::get_cpu_capability();
  if (allowed == "AVX512" && __builtin_cpu_supports("x86-64-v4"))
    return avx512::kernels;
  if ((allowed == "AVX512" || allowed == "AVX2") && __builtin_cpu_supports("x86-64-v3"))
    return avx2::kernels;
  return plain::kernels;
}
#else
static const Kernels &widest() { return plain::kernels; }
#endif

const Kernels &kernels() {
  static const Kernels &chosen = widest();
  return chosen;
}

} // namespace winograd
