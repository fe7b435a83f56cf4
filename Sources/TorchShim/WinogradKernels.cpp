#include "WinogradKernels.h"

#include <algorithm>

#include "Generation.h"

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

#pragma clang attribute push(AVX2_FUNCTIONS, apply_to = function)
#define GENERATION avx2
#define TILE_HEIGHT 6
#define TILE_WIDTH 1
#include "WinogradLoops.h"
#undef GENERATION
#undef TILE_HEIGHT
#undef TILE_WIDTH
#pragma clang attribute pop

#pragma clang attribute push(AVX512_FUNCTIONS, apply_to = function)
#define GENERATION avx512
#define TILE_HEIGHT 14
#define TILE_WIDTH 2
#include "WinogradLoops.h"
#undef GENERATION
#undef TILE_HEIGHT
#undef TILE_WIDTH
#pragma clang attribute pop

#endif

} // namespace

const Kernels &kernels() { return CHOSEN(kernels); }

} // namespace winograd
