#include "WinogradKernels.h"

#include <algorithm>

#include "Generation.h"

namespace winograd {

namespace {

/// Rows and vectors of the part of a product that stays in registers.
namespace plain {
constexpr int tileHeight = 2, tileWidth = 1;
}

namespace avx2 {
constexpr int tileHeight = 6, tileWidth = 1;
}

namespace avx512 {
constexpr int tileHeight = 14, tileWidth = 2;
}

#define LOOPS "WinogradLoops.h"
#include "EachGeneration.h"

} // namespace

const Kernels &kernels() { return CHOSEN(kernels); }

} // namespace winograd
