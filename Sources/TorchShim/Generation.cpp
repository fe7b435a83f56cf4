#include "Generation.h"

#include <ATen/Version.h>

static Generation widest() {
#if defined(__x86_64__)
  auto allowed = at::get_cpu_capability();
  if (allowed == "AVX512" && __builtin_cpu_supports("x86-64-v4"))
    return Generation::avx512;
  if ((allowed == "AVX512" || allowed == "AVX2") && __builtin_cpu_supports("x86-64-v3"))
    return Generation::avx2;
#endif
  return Generation::plain;
}

Generation generation() {
  static const Generation found = widest();
  return found;
}
