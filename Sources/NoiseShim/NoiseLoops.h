// Random words and their transforms, 32 at a time: four groups of eight blocks.
//
// Included in one file only. All is inlined into functions that are compiled for each generation of
// processors, which take a vector in pieces. No register is as wide: the chains of dependent operations are
// long, and the pieces keep the processor busy meanwhile.
#pragma once

#include <stdint.h>
#include <string.h>

// A fused multiplication and addition would round once where these bits are defined by rounding twice.
#pragma clang fp contract(off)
// How vectors are passed does not matter where nothing is called.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

enum { lanes = 32, bytes = 4 * lanes };

typedef uint32_t Words __attribute__((vector_size(bytes)));
typedef int32_t Integers __attribute__((vector_size(bytes)));
typedef uint64_t Longs __attribute__((vector_size(bytes)));
typedef float Floats __attribute__((vector_size(bytes)));

INLINE Words bitsOf(Floats values) { return (Words)values; }
INLINE Floats floatsOf(Words bits) { return (Floats)bits; }

// MARK: - Philox

enum { rounds = 10 };

struct Blocks {
  Words word[4];
};

/// One block to the lower half of each 64-bit lane; what is in the upper halves is ignored: the
/// widening multiplication of the vector units reads the lower halves only.
struct Half {
  Longs word[4];
};

INLINE struct Half lowerHalves(const struct Blocks *blocks, int shift) {
  struct Half half;
  for (int i = 0; i < 4; ++i)
    half.word[i] = (Longs)blocks->word[i] >> shift;
  return half;
}

INLINE void turn(struct Half *half, uint64_t low, uint64_t high) {
  const uint64_t mask = 0xFFFFFFFF;
  Longs first = (half->word[0] & mask) * 0xD2511F53u;
  Longs second = (half->word[2] & mask) * 0xCD9E8D57u;
  half->word[0] = (second >> 32) ^ half->word[1] ^ low;
  half->word[2] = (first >> 32) ^ half->word[3] ^ high;
  half->word[1] = second;
  half->word[3] = first;
}

/// The words of `lanes` blocks from `first` on.
INLINE struct Blocks drawn(const struct NoiseStreamWords *stream, uint32_t first) {
  Words ramp;
  for (int i = 0; i < lanes; ++i)
    ramp[i] = (uint32_t)i;
  struct Blocks blocks;
  blocks.word[0] = ramp + first;
  for (int i = 0; i < 3; ++i)
    blocks.word[i + 1] = (Words){0} + stream->counter[i];
  struct Half even = lowerHalves(&blocks, 0), odd = lowerHalves(&blocks, 32);
  uint32_t low = stream->key[0], high = stream->key[1];
  for (int i = 0; i < rounds; ++i) {
    turn(&even, low, high);
    turn(&odd, low, high);
    low += 0x9E3779B9u;
    high += 0xBB67AE85u;
  }
  for (int i = 0; i < 4; ++i)
    blocks.word[i] = (Words)((even.word[i] & 0xFFFFFFFFu) | (odd.word[i] << 32));
  return blocks;
}

// MARK: - Numbers

/// Words below 2²⁴ as floats, exactly.
INLINE Floats exactly(Words words) { return __builtin_convertvector((Integers)words, Floats); }

/// The upper 24 bits times 2⁻²⁴.
INLINE Floats unitInterval(Words words) {
  Floats high = exactly(words >> 20) * 4096.0f;
  return (high + exactly((words >> 8) & 0xFFFu)) * 0x1p-24f;
}

/// P in ln(1 + f) = f − f²/2 + f³·P(f), a minimax polynomial (relative error below 1e-8).
INLINE Floats logarithmTail(Floats f) {
  Floats p = f * -0.07644785195589066f + 0.12761956453323364f;
  p = p * f - 0.13155990839004517f;
  p = p * f + 0.14201362431049347f;
  p = p * f - 0.16623803973197937f;
  p = p * f + 0.200012668967247f;
  p = p * f - 0.25000807642936707f;
  return p * f + 0.3333333134651184f;
}

/// ln u for u = (k + ½) / 2³², below 0.
///
/// k + ½ is rounded to a float m·2ᵉ with m in [√½, √2), and f = m − 1. Above √½, f is u − 1 from the
/// integer, as the rounding would leave few bits of it where u is nearly 1.
INLINE Floats logarithm(Words words) {
  const uint32_t squareRootOfHalf = 0x3F3504F3u;
  Floats high = exactly(words >> 16), low = exactly(words & 0xFFFFu);
  Words bits = bitsOf(high * 65536.0f + (low + 0.5f));
  Words exponent = (bits - squareRootOfHalf + 0x00800000u) >> 23;
  Floats mantissa = floatsOf(bits - (exponent << 23) + 0x00800000u);
  Words isLast = (Words)(exponent == 33u);
  Floats belowOne = ((65535.0f - high) * 65536.0f + (65535.5f - low)) * -0x1p-32f;
  Floats f = floatsOf((bitsOf(belowOne) & isLast) | (bitsOf(mantissa - 1.0f) & ~isLast));
  Floats scale = exactly(exponent) - 33.0f;
  Floats tail = f * f * (f * logarithmTail(f) - 0.5f);
  // ln 2 in two parts; the first has few enough bits that its multiples up to 32 are exact.
  return scale * 0x1.62e0p-1f + (f + (scale * 0x1.0bfbe8p-15f + tail));
}

/// √x for x in [0, 64]: x times a reciprocal root from the exponent trick and three Newton steps.
INLINE Floats squareRoot(Floats values) {
  Floats half = values * 0.5f;
  Floats reciprocal = floatsOf(0x5F3759DFu - (bitsOf(values) >> 1));
  for (int i = 0; i < 3; ++i)
    reciprocal *= 1.5f - half * reciprocal * reciprocal;
  return values * reciprocal;
}

/// k + ½ − 2²⁹ for words k below 2³⁰, rounded once.
INLINE Floats centred30(Words words) {
  Floats high = floatsOf((words >> 15) | 0x4B000000u) - (0x1p23f + 0x1p14f);
  return high * 32768.0f + (exactly(words & 0x7FFFu) + 0.5f);
}

/// Cosine and sine of 2π(k + ½)/2³². The turn is cut at the nearest quarter in integers, which is
/// exact, and the polynomials see an angle in [−π/4, π/4].
INLINE void cosineAndSine(Words words, Floats *cosine, Floats *sine) {
  Words shifted = words + 0x20000000u;
  Floats angle = centred30(shifted & 0x3FFFFFFFu) * 0x1.921fb6p-30f;
  Floats z = angle * angle;
  Floats sineTail =
      (z * -0.00019517593318596482f + 0.00833218079060316f) * z - 0.16666655242443085f;
  Floats cosineTail =
      (z * 2.4439483240712434e-05f - 0.0013887378154322505f) * z + 0.04166664555668831f;
  Words s = bitsOf(angle + angle * z * sineTail);
  Words c = bitsOf(1.0f + z * (z * cosineTail - 0.5f));
  // Bits 31 and 30 of `shifted` are the quarter.
  const uint32_t sign = 0x80000000u;
  Words swap = (Words)((Integers)(shifted << 1) >> 31);
  *cosine = floatsOf(((c & ~swap) | (s & swap)) ^ ((shifted + 0x40000000u) & sign));
  *sine = floatsOf(((s & ~swap) | (c & swap)) ^ (shifted & sign));
}

/// Radius and angle of a pair of words (k₁, k₂) are √(−2 ln((k₁+½)/2³²)) and 2π(k₂+½)/2³².
INLINE void normals(Words radiusWords, Words angleWords, Floats *first, Floats *second) {
  Floats radius = squareRoot(logarithm(radiusWords) * -2.0f);
  Floats cosine, sine;
  cosineAndSine(angleWords, &cosine, &sine);
  *first = radius * cosine;
  *second = radius * sine;
}

// MARK: - Elements

/// Elements of one group of eight blocks, and those of all that are drawn at a time.
enum { groupSize = 32, batchSize = 4 * lanes };

/// The numbers of a batch in the order of elements: of each group the eight of its first word, of its
/// second, and so on.
INLINE void store(const Floats values[4], float *target) {
  for (int group = 0; group < lanes / 8; ++group)
    for (int word = 0; word < 4; ++word)
      memcpy(target + group * groupSize + word * 8, (const float *)&values[word] + group * 8,
             8 * sizeof(float));
}

INLINE void fillNormals(struct NoiseStreamWords stream, float *values, int64_t batches,
                        int64_t from) {
  for (int64_t batch = from; batch < from + batches; ++batch, values += batchSize) {
    struct Blocks blocks = drawn(&stream, (uint32_t)(batch * lanes));
    Floats numbers[4];
    normals(blocks.word[0], blocks.word[1], &numbers[0], &numbers[1]);
    normals(blocks.word[2], blocks.word[3], &numbers[2], &numbers[3]);
    store(numbers, values);
  }
}

INLINE void fillUniforms(struct NoiseStreamWords stream, float *values, int64_t batches,
                         int64_t from) {
  for (int64_t batch = from; batch < from + batches; ++batch, values += batchSize) {
    struct Blocks blocks = drawn(&stream, (uint32_t)(batch * lanes));
    Floats numbers[4];
    for (int i = 0; i < 4; ++i)
      numbers[i] = unitInterval(blocks.word[i]);
    store(numbers, values);
  }
}
