// Loops compiled once for each generation of processors; which of them run is decided once.
//
// EachGeneration.h includes a file of loops in the namespaces `plain`, `avx2` and `avx512`.
#pragma once

enum class Generation { plain, avx2, avx512 };

/// The widest that the processor has and libtorch is not told to leave alone (ATEN_CPU_CAPABILITY);
/// the same for the whole life of the process, so that results repeat.
Generation generation();

#if defined(__x86_64__)

#define AVX2_FUNCTIONS __attribute__((target("arch=x86-64-v3")))
#define AVX512_FUNCTIONS __attribute__((target("arch=x86-64-v4")))

/// `name` in the namespace of the generation.
#define CHOSEN(name)                                                                               \
  (generation() == Generation::avx512 ? avx512::name                                               \
   : generation() == Generation::avx2 ? avx2::name                                                 \
                                      : plain::name)

#else
#define CHOSEN(name) plain::name
#endif
