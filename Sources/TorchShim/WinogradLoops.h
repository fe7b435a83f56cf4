// Winograd's transforms and products, included once for each processor generation by
// WinogradKernels.cpp, which names the namespace and the size of the products' tiles.

namespace GENERATION {

inline void load(const float *from, Lanes &to) { to = *reinterpret_cast<const StoredLanes *>(from); }
inline void store(const Lanes &value, float *to) { *reinterpret_cast<StoredLanes *>(to) = value; }

enum class Direction { forward, gradient };

/// Where a point's row stands: the gradient meets the point a at −1/a.
template <Direction direction> inline int place(int point) {
  constexpr int turned[] = {5, 2, 1, 4, 3, 0};
  return direction == Direction::forward ? point : turned[point];
}

template <Direction direction> constexpr float oddSign = direction == Direction::forward ? 1 : -1;

/// Maps a square of `in` × `in` vectors along its columns, then its rows, each from `in` values to
/// `out`.
template <int in, int out, typename Get, typename Map, typename Put>
inline void alongBothSides(Get get, Map map, Put put) {
  Lanes columns[out * in];
  for (int j = 0; j < in; ++j) {
    Lanes d[in], v[out];
    for (int i = 0; i < in; ++i)
      get(i, j, d[i]);
    map(d, v);
    for (int i = 0; i < out; ++i)
      columns[i * in + j] = v[i];
  }
  for (int i = 0; i < out; ++i) {
    Lanes v[out];
    map(columns + i * in, v);
    for (int j = 0; j < out; ++j)
      put(i, j, v[j]);
  }
}

/// G·g: three values of a filter to six points.
inline void filterPoints(const Lanes *g, Lanes *u) {
  Lanes even = (g[0] + g[2]) * (1.0f / 3), odd = g[1] * (1.0f / 3);
  u[0] = g[0];
  u[1] = even + odd;
  u[2] = even - odd;
  u[3] = (g[0] - 2.0f * g[1] + 4.0f * g[2]) * (1.0f / 15);
  u[4] = (4.0f * g[0] + 2.0f * g[1] + g[2]) * (1.0f / 15);
  u[5] = g[2];
}

/// Bᵀ·d: six values to six points.
template <Direction direction> inline void inputPoints(const Lanes *d, Lanes *v) {
  constexpr float sign = oddSign<direction>;
  Lanes d1 = sign * d[1], d3 = sign * d[3], d5 = sign * d[5];
  Lanes even = d[4] - d[2], odd = d3 - d1;
  v[place<direction>(0)] = (d[0] - d[2]) + even + 1.5f * odd;
  v[place<direction>(1)] = d[4] + 2.5f * d3 + 0.5f * d[2] - d1;
  v[place<direction>(2)] = 2.5f * d[2] - d[4] - 0.5f * d3 - d1;
  v[place<direction>(3)] = even - 0.5f * odd;
  v[place<direction>(4)] = -even - 2.0f * odd;
  v[place<direction>(5)] = (d5 - d3) - odd + 1.5f * even;
}

/// Aᵀ·m: six points to four values.
template <Direction direction> inline void outputValues(const Lanes *m, Lanes *y) {
  constexpr float sign = oddSign<direction>;
  const Lanes &one = m[place<direction>(1)], &minusOne = m[place<direction>(2)];
  const Lanes &minusTwo = m[place<direction>(3)], &half = m[place<direction>(4)];
  Lanes sum = one + minusOne, difference = one - minusOne;
  y[0] = m[place<direction>(0)] + sum + minusTwo + 4.0f * half;
  y[1] = sign * (difference - 2.0f * minusTwo + 2.0f * half);
  y[2] = sum + 4.0f * minusTwo + half;
  y[3] = sign * (difference - 8.0f * minusTwo + 0.5f * half + m[place<direction>(5)]);
}

/// The nine values of a filter at the start of a vector; nothing after them is read.
inline void loadNine(const float *filter, Lanes &to) {
  typedef float Half __attribute__((vector_size(8 * sizeof(float)), aligned(alignof(float))));
  Half first = *reinterpret_cast<const Half *>(filter);
  to = __builtin_shufflevector(first, first, 0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1);
  to[8] = filter[8];
}

/// The transpose of sixteen vectors: four rounds of interleaving the first half with the second.
inline void transpose(Lanes *rows) {
  for (int round = 0; round < 4; ++round) {
    Lanes mixed[lanes];
    for (int i = 0; i < lanes / 2; ++i) {
      const Lanes &a = rows[i], &b = rows[i + lanes / 2];
      mixed[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                             22, 7, 23);
      mixed[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                 29, 14, 30, 15, 31);
    }
    for (int i = 0; i < lanes; ++i)
      rows[i] = mixed[i];
  }
}

inline void filters(const float *values, int64_t filterStep, int64_t rowStep, int64_t rows,
                    float *to, int64_t stride) {
  for (int64_t row = 0; row < rows; ++row) {
    Lanes taps[lanes];
    for (int lane = 0; lane < lanes; ++lane)
      loadNine(values + lane * filterStep + row * rowStep, taps[lane]);
    transpose(taps);
    alongBothSides<3, inputSide>(
        [&](int i, int j, Lanes &tap) { tap = taps[i * 3 + j]; }, filterPoints,
        [&](int i, int j, const Lanes &u) {
          store(u, to + (i * inputSide + j) * stride + row * panel);
        });
  }
}

template <Direction direction>
inline void inputs(const float *const *pixels, int64_t channels, float *to, int64_t stride) {
  for (int64_t c = 0; c < channels; c += lanes)
    alongBothSides<inputSide, inputSide>(
        [&](int i, int j, Lanes &d) { load(pixels[i * inputSide + j] + c, d); },
        inputPoints<direction>, [&](int i, int j, const Lanes &v) {
          store(v, to + (i * inputSide + j) * stride + c);
        });
}

template <Direction direction>
inline void outputs(const float *from, int64_t stride, const float *bias,
                    const float *const *added, int64_t channels, float *const *pixels) {
  for (int64_t c = 0; c < channels; c += lanes) {
    Lanes shift;
    load(bias + c, shift);
    alongBothSides<inputSide, outputSide>(
        [&](int i, int j, Lanes &m) { load(from + (i * inputSide + j) * stride + c, m); },
        outputValues<direction>, [&](int i, int j, const Lanes &y) {
          int at = i * outputSide + j;
          if (!pixels[at])
            return;
          Lanes rest = {};
          if (added)
            load(added[at] + c, rest);
          store(added ? y + shift + rest : y + shift, pixels[at] + c);
        });
  }
}

/// `height` rows by `width` vectors of the product, kept in registers over the whole depth.
template <int height, int width>
inline void tile(const float *a, const float *b, int64_t depth, float *c, int64_t columns) {
  Lanes sums[height][width] = {};
  for (int64_t k = 0; k < depth; ++k, b += panel) {
    Lanes right[width];
    for (int j = 0; j < width; ++j)
      load(b + j * lanes, right[j]);
    for (int i = 0; i < height; ++i) {
      float left = a[i * depth + k];
      for (int j = 0; j < width; ++j)
        sums[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < height; ++i)
    for (int j = 0; j < width; ++j)
      store(sums[i][j], c + i * columns + j * lanes);
}

/// Rows that are left, fewer than `height`.
template <int height, int width>
inline void lastRows(int64_t rows, const float *a, const float *b, int64_t depth, float *c,
                     int64_t columns) {
  if constexpr (height > 0) {
    if (rows == height)
      tile<height, width>(a, b, depth, c, columns);
    else
      lastRows<height - 1, width>(rows, a, b, depth, c, columns);
  }
}

template <int height, int width>
inline void strip(const float *a, const float *b, int64_t rows, int64_t depth, float *c,
                  int64_t columns) {
  int64_t row = 0;
  for (; row + height <= rows; row += height)
    tile<height, width>(a + row * depth, b, depth, c + row * columns, columns);
  lastRows<height - 1, width>(rows - row, a + row * depth, b, depth, c + row * columns, columns);
}

/// `height` × `width` vectors are what the registers of a processor generation hold.
template <int height, int width>
inline void product(const float *a, const float *b, int64_t rows, int64_t depth, int64_t columns,
                    float *c) {
  for (int64_t column = 0; column < columns; column += width * lanes) {
    const float *right = b + column / panel * panel * depth + column % panel;
    if (column + width * lanes <= columns)
      strip<height, width>(a, right, rows, depth, c + column, columns);
    else
      strip<height, 1>(a, right, rows, depth, c + column, columns);
  }
}

constexpr Kernels kernels{
    {inputs<Direction::forward>, outputs<Direction::forward>},
    {inputs<Direction::gradient>, outputs<Direction::gradient>},
    filters,
    product<tileHeight, tileWidth>,
};

} // namespace GENERATION
