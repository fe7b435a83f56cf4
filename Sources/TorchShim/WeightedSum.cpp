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

/// Whether our own loop takes these terms.
bool areAlike(const std::vector<at::Tensor> &terms) {
  return std::all_of(terms.begin(), terms.end(), [&](const at::Tensor &term) {
    return term.is_cpu() && term.scalar_type() == at::kFloat && !term.requires_grad() &&
           term.sizes() == terms[0].sizes();
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
  loop(memory.data(), weights, memory.size(), result.numel(), result.mutable_data_ptr<float>());
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
    std::vector<at::Tensor> tensors;
    for (int64_t term = 0; term < count; ++term)
      tensors.push_back(terms[term]->value);
    return areAlike(tensors) ? inOnePass(std::move(tensors), weights)
                             : oneByOne(tensors, weights);
  });
}
