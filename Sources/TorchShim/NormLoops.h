// The loops of the fused normalisation, included once for each processor generation by NormKernels.cpp,
// which names the namespace; written so that the compiler vectorises each.

namespace GENERATION {

inline float load(float value) { return value; }
inline float load(BFloat16 value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value.x) << 16);
}

inline void store(float value, float *to) { *to = value; }
inline void store(float value, BFloat16 *to) {
  auto bits = std::bit_cast<uint32_t>(value);
  auto rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  to->x = static_cast<uint16_t>(value != value ? 0x7fc0u : rounded);
}

/// exp(x) to 2 units in the last place; NaN stays NaN, the range is clamped to finite results.
inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float magic = 12582912.0f;
  float shifted = x * 1.44269504f + magic;
  float n = shifted - magic;
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  auto exponent = (std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(magic)) + 127u;
  return p * std::bit_cast<float>(exponent << 23);
}

inline float sigmoid(float z) { return 1.0f / (1.0f + exponential(-z)); }

/// Rows whose sums are kept in float32 before they go to float64: bounds the rounding.
constexpr int64_t block = 64;

template <typename Element>
void moments(const Element *x, const float *origin, int64_t rows, int64_t channels, double *sum,
             double *squares) {
  std::vector<float> partial(static_cast<size_t>(2 * channels));
  float *s = partial.data(), *q = s + channels;
  for (int64_t start = 0; start < rows; start += block) {
    std::fill(partial.begin(), partial.end(), 0.0f);
    for (int64_t row = start; row < std::min(rows, start + block); ++row)
      for (int64_t c = 0; c < channels; ++c) {
        float value = load(x[row * channels + c]) - origin[c];
        s[c] += value;
        q[c] += value * value;
      }
    for (int64_t c = 0; c < channels; ++c) {
      sum[c] += static_cast<double>(s[c]);
      squares[c] += static_cast<double>(q[c]);
    }
  }
}

template <typename Element>
void apply(const Element *x, const float *a, const float *b, int64_t rows, int64_t channels,
           bool activate, Element *y, int64_t step) {
  for (int64_t row = 0; row < rows; ++row) {
    const Element *from = x + row * channels;
    Element *to = y + row * step;
    if (activate)
      for (int64_t c = 0; c < channels; ++c) {
        float z = a[c] * load(from[c]) + b[c];
        store(z * sigmoid(z), to + c);
      }
    else
      for (int64_t c = 0; c < channels; ++c)
        store(a[c] * load(from[c]) + b[c], to + c);
  }
}

template <typename Element>
void outerGradient(const Element *x, const Element *dy, int64_t step, const float *origin,
                   const float *a, const float *b, int64_t rows, int64_t channels, bool activate,
                   Element *dz, double *sum, double *products) {
  std::vector<float> partial(static_cast<size_t>(2 * channels));
  float *s = partial.data(), *q = s + channels;
  for (int64_t start = 0; start < rows; start += block) {
    std::fill(partial.begin(), partial.end(), 0.0f);
    for (int64_t row = start; row < std::min(rows, start + block); ++row) {
      int64_t at = row * channels;
      const Element *outer = dy + row * step;
      for (int64_t c = 0; c < channels; ++c) {
        float value = load(x[at + c]);
        float z = a[c] * value + b[c];
        float sigma = sigmoid(z);
        float slope = activate ? sigma * (1.0f + z * (1.0f - sigma)) : 1.0f;
        float gradient = load(outer[c]) * slope;
        s[c] += gradient;
        q[c] += gradient * (value - origin[c]);
        store(gradient, dz + at + c);
      }
    }
    for (int64_t c = 0; c < channels; ++c) {
      sum[c] += static_cast<double>(s[c]);
      products[c] += static_cast<double>(q[c]);
    }
  }
}

template <typename Element>
void innerGradient(const Element *x, const float *a, const float *p, const float *q,
                   const Element *added, int64_t rows, int64_t channels, Element *dz) {
  for (int64_t row = 0; row < rows; ++row) {
    int64_t at = row * channels;
    if (added)
      for (int64_t c = 0; c < channels; ++c)
        store(a[c] * load(dz[at + c]) + p[c] * load(x[at + c]) + q[c] + load(added[at + c]),
              dz + at + c);
    else
      for (int64_t c = 0; c < channels; ++c)
        store(a[c] * load(dz[at + c]) + p[c] * load(x[at + c]) + q[c], dz + at + c);
  }
}

template <typename Element>
constexpr Kernels<Element> kernels{moments<Element>, apply<Element>, outerGradient<Element>,
                                   innerGradient<Element>};

} // namespace GENERATION
