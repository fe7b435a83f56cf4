// The inner loops of Winograd's minimal filtering F(4×4, 3×3), channels innermost (Lavin & Gray,
// Fast algorithms for convolutional neural networks, CVPR 2016).
//
// Interpolation points 0, 1, −1, −2, 1/2, ∞: of the usual sets the one with the smallest error in
// float32 (Barabasz et al., ACM TOMS 46(4), 2020). The set is closed under a ↦ −1/a, so the
// transformed filters serve the data gradient too: turning a filter by half a turn maps the point
// a to −1/a once the image's odd rows and columns have changed sign.
#pragma once

#include "Lanes.h"

namespace winograd {

constexpr int64_t outputSide = 4, inputSide = 6, points = 36;
/// Columns of a product's right factor that lie together, row by row.
constexpr int64_t panel = 2 * lanes;

/// The transforms of one direction. Channels are multiples of `lanes`.
struct Transforms {
  /// One tile, given as 36 pixels of `channels` values each, to `points` rows `stride` apart.
  void (*inputs)(const float *const *pixels, int64_t channels, float *to, int64_t stride);

  /// The products of one tile back to 16 pixels, plus `bias`, plus the `added` pixels unless that is
  /// NULL; pixels that are NULL are left out.
  void (*outputs)(const float *from, int64_t stride, const float *bias, const float *const *added,
                  int64_t channels, float *const *pixels);
};

struct Kernels {
  Transforms forward, gradient;

  /// `lanes` filters for each of `rows` channels, `filterStep` and `rowStep` values apart, to `points`
  /// sets of `rows` vectors: the vectors are `panel` floats apart, the sets `stride`.
  void (*filters)(const float *values, int64_t filterStep, int64_t rowStep, int64_t rows,
                  float *to, int64_t stride);

  /// c = a·b: `a` rows × depth, `b` depth × columns in panels, `c` rows × columns.
  ///
  /// Each element is one sum in the order of the depth, whatever the number of rows and columns.
  void (*product)(const float *a, const float *b, int64_t rows, int64_t depth, int64_t columns,
                  float *c);
};

/// Those for the processor this runs on.
const Kernels &kernels();

} // namespace winograd
