#include "NormKernels.h"

#include <c10/util/BFloat16.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "Generation.h"

namespace normKernels {

namespace {

using c10::BFloat16;

#define LOOPS "NormLoops.h"
#include "EachGeneration.h"

} // namespace

template <typename Element> const Kernels<Element> &kernels() {
  return CHOSEN(kernels<Element>);
}

template const Kernels<float> &kernels();
template const Kernels<BFloat16> &kernels();

} // namespace normKernels
