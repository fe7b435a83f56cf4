// The inner loops of the fused normalisation, on channels-last memory: `rows` pixels of
// `channels` values each. Float32 arithmetic inside, float32 or bfloat16 outside.
#pragma once

#include <cstdint>

namespace normKernels {

template <typename Element> struct Kernels {
  /// Adds Σ(x − origin) and Σ(x − origin)² of each channel over `rows` pixels to `sum` and
  /// `squares`.
  void (*moments)(const Element *x, const float *origin, int64_t rows, int64_t channels,
                  double *sum, double *squares);

  /// y = f(a·x + b) with f = SiLU or the identity; `a`, `b` per channel. From a pixel of y to the next
  /// are `step` values.
  void (*apply)(const Element *x, const float *a, const float *b, int64_t rows, int64_t channels,
                bool activate, Element *y, int64_t step);

  /// dz = dy·f′(a·x + b), and Σdz and Σdz·(x − origin) of each channel are added to `sum` and
  /// `products`. From a pixel of dy to the next are `step` values.
  void (*outerGradient)(const Element *x, const Element *dy, int64_t step, const float *origin,
                        const float *a, const float *b, int64_t rows, int64_t channels,
                        bool activate, Element *dz, double *sum, double *products);

  /// dx = a·dz + p·x + q, plus `added` unless that is NULL, in place of dz; `a`, `p`, `q` per channel.
  void (*innerGradient)(const Element *x, const float *a, const float *p, const float *q,
                        const Element *added, int64_t rows, int64_t channels, Element *dz);
};

/// Those for the processor this runs on; for float and c10::BFloat16.
template <typename Element> const Kernels<Element> &kernels();

} // namespace normKernels
