// Streams of random numbers, as wide as the processor computes.
//
// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011) and the Box–Muller transform. The bits are the
// same on every processor: integers, and float additions and multiplications that are each rounded once.
#pragma once

#include <stdint.h>

/// What the blocks of a stream are made from: the key, and the counter's words but the first, which is
/// the number of the block.
struct NoiseStreamWords {
  uint32_t key[2];
  uint32_t counter[3];
};

/// Generations of processors; any gives the same bits.
enum NoiseWidth { NoiseWidthPlain, NoiseWidthAVX2, NoiseWidthAVX512 };

/// The widest that this processor has.
enum NoiseWidth noise_widest(void);

/// Writes the first `count` standard normals of a stream; `width` must be no wider than the widest.
void noise_fill_normals(struct NoiseStreamWords stream, enum NoiseWidth width, float *values,
                        int64_t count);

/// Writes the first `count` uniforms of a stream, in [0, 1), multiples of 2⁻²⁴.
void noise_fill_uniforms(struct NoiseStreamWords stream, enum NoiseWidth width, float *values,
                         int64_t count);
