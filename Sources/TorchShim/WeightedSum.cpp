#include "Handles.h"

#include <algorithm>
#include <vector>

#include "Generation.h"

namespace {

constexpr int64_t sumLanes = 8;
typedef double Sums __attribute__((vector_size(sumLanes * sizeof(double))));
/// Floats as they stand in memory.
typedef float Narrow __attribute__((vector_size(sumLanes * sizeof(float)), aligned(alignof(float))));

/// Vectors of sums that stay in registers while the terms are gone through.
constexpr int64_t pieceSums = 4;
constexpr int64_t piece = pieceSums * sumLanes;

#define LOOPS "WeightedSumLoops.h"
#include "EachGeneration.h"

/// Whether a term has these sizes, or one row of them.
bool fits(at::IntArrayRef term, at::IntArrayRef sizes) {
  return term == sizes || (!term.empty() && term.size() == sizes.size() && term[0] == 1 &&
                           term.slice(1) == sizes.slice(1));
}

/// Whether our own loop takes these terms.
bool areAlike(const std::vector<at::Tensor> &terms) {
  return std::all_of(terms.begin(), terms.end(), [](const at::Tensor &term) {
    return term.is_cpu() && term.scalar_type() == at::kFloat && !term.requires_grad();
  });
}

at::Tensor inOnePass(std::vector<at::Tensor> terms, const double *weights) {
  std::vector<const float *> memory;
  for (auto &term : terms) {
    term = term.contiguous();
    memory.push_back(term.const_data_ptr<float>());
  }
  auto result = at::empty(terms[0].sizes(), terms[0].options());
  auto loop = CHOSEN(weightedSum);
  // All at once, or row by row where a term has but one.
  auto length = result.numel();
  for (const auto &term : terms)
    length = std::min(length, term.numel());
  for (int64_t start = 0; start < result.numel(); start += length) {
    loop(memory.data(), weights, memory.size(), length, result.mutable_data_ptr<float>() + start);
    for (size_t term = 0; term < terms.size(); ++term)
      if (terms[term].numel() > length)
        memory[term] += length;
  }
  return result;
}

at::Tensor oneByOne(const std::vector<at::Tensor> &terms, const double *weights) {
  auto sum = terms[0].to(at::kDouble) * weights[0];
  for (size_t term = 1; term < terms.size(); ++term)
    sum = sum + terms[term].to(at::kDouble) * weights[term];
  return sum.to(terms[0].scalar_type());
}

} // namespace

TorchShimTensorRef torch_shim_weighted_sum(const TorchShimTensorRef *terms, const double *weights,
                                           int64_t count) {
  return make([&] {
    TORCH_CHECK(count > 0, "a sum of no terms has no shape");
    auto values = tensors(terms, count);
    for (const auto &value : values)
      TORCH_CHECK(fits(value.sizes(), values[0].sizes()), "adding ", value.sizes(), " to ",
                  values[0].sizes());
    return areAlike(values) ? inOnePass(std::move(values), weights) : oneByOne(values, weights);
  });
}
