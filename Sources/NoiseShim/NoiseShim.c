#include "NoiseShim.h"

#include "NoiseLoops.h"

/// Writes whole batches, `from` being the number of the first.
typedef void (*Fill)(struct NoiseStreamWords stream, float *values, int64_t batches, int64_t from);

#define FILLS(width, target)                                                                       \
  target static void normals##width(struct NoiseStreamWords stream, float *values,                 \
                                    int64_t batches, int64_t from) {                               \
    fillNormals(stream, values, batches, from);                                                    \
  }                                                                                                \
  target static void uniforms##width(struct NoiseStreamWords stream, float *values,                \
                                     int64_t batches, int64_t from) {                              \
    fillUniforms(stream, values, batches, from);                                                   \
  }

FILLS(Plain, )
#if defined(__x86_64__)
FILLS(AVX2, __attribute__((target("arch=x86-64-v3"))))
FILLS(AVX512, __attribute__((target("arch=x86-64-v4"))))
static const Fill normalFills[] = {normalsPlain, normalsAVX2, normalsAVX512};
static const Fill uniformFills[] = {uniformsPlain, uniformsAVX2, uniformsAVX512};
#else
static const Fill normalFills[] = {normalsPlain};
static const Fill uniformFills[] = {uniformsPlain};
#endif

enum NoiseWidth noise_widest(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4"))
    return NoiseWidthAVX512;
  if (__builtin_cpu_supports("x86-64-v3"))
    return NoiseWidthAVX2;
#endif
  return NoiseWidthPlain;
}

/// The last batch may be wanted in part.
static void fill(Fill chosen, struct NoiseStreamWords stream, float *values, int64_t count) {
  int64_t batches = count / batchSize, rest = count % batchSize;
  chosen(stream, values, batches, 0);
  if (rest == 0)
    return;
  float last[batchSize];
  chosen(stream, last, 1, batches);
  memcpy(values + batches * batchSize, last, (size_t)rest * sizeof(float));
}

void noise_fill_normals(struct NoiseStreamWords stream, enum NoiseWidth width, float *values,
                        int64_t count) {
  fill(normalFills[width], stream, values, count);
}

void noise_fill_uniforms(struct NoiseStreamWords stream, enum NoiseWidth width, float *values,
                         int64_t count) {
  fill(uniformFills[width], stream, values, count);
}
