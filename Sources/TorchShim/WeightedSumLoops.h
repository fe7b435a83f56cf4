// The loop of the weighted sum, included once for each processor generation by WeightedSum.cpp, which
// names the namespace.

namespace GENERATION {

// Fused additions would give other bits where processors have them.
#pragma clang fp contract(off)

void weightedSum(const float *const *terms, const double *weights, size_t count, int64_t size,
                 float *result) {
  int64_t i = 0;
  for (; i + piece <= size; i += piece) {
    Sums sums[pieceSums] = {};
    for (size_t term = 0; term < count; ++term)
      for (int64_t part = 0; part < pieceSums; ++part)
        sums[part] += weights[term] *
                      __builtin_convertvector(
                          reinterpret_cast<const Narrow *>(terms[term] + i)[part], Sums);
    for (int64_t part = 0; part < pieceSums; ++part)
      reinterpret_cast<Narrow *>(result + i)[part] = __builtin_convertvector(sums[part], Narrow);
  }
  for (; i < size; ++i) {
    double sum = 0;
    for (size_t term = 0; term < count; ++term)
      sum += weights[term] * static_cast<double>(terms[term][i]);
    result[i] = static_cast<float>(sum);
  }
}

} // namespace GENERATION
