#include "NormKernels.h"

#include <c10/util/BFloat16.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "Generation.h"

namespace normKernels {

namespace {

using c10::BFloat16;

#define GENERATION plain
#include "NormLoops.h"
#undef GENERATION

#if defined(__x86_64__)

#pragma clang attribute push(AVX2_FUNCTIONS, apply_to = function)
#define GENERATION avx2
#include "NormLoops.h"
#undef GENERATION
#pragma clang attribute pop

#pragma clang attribute push(AVX512_FUNCTIONS, apply_to = function)
#define GENERATION avx512
#include "NormLoops.h"
#undef GENERATION
#pragma clang attribute pop

#endif

} // namespace

template <typename Element> const Kernels<Element> &kernels() {
  return CHOSEN(kernels<Element>);
}

template const Kernels<float> &kernels();
template const Kernels<BFloat16> &kernels();

} // namespace normKernels
