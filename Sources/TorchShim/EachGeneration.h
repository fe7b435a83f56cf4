// Includes the file LOOPS in the namespace of each generation of processors, compiled for it: Generation.h.
// Included once by each file that has loops, inside a namespace of its own.

#define GENERATION plain
#include LOOPS
#undef GENERATION

#if defined(__x86_64__)

#pragma clang attribute push(AVX2_FUNCTIONS, apply_to = function)
#define GENERATION avx2
#include LOOPS
#undef GENERATION
#pragma clang attribute pop

#pragma clang attribute push(AVX512_FUNCTIONS, apply_to = function)
#define GENERATION avx512
#include LOOPS
#undef GENERATION
#pragma clang attribute pop

#endif
