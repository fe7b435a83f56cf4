// What the parts of the shim share: the handle of a tensor, and how exceptions become messages.
#pragma once

#include "TorchShim.h"
#include "VectorMath.h"

#include <torch/torch.h>

#include <string>
#include <vector>

struct TorchShimTensor {
  at::Tensor value;
};

extern thread_local std::string lastError;

/// Runs `body`; any exception becomes `failed` and a message.
template <typename Result, typename Body> Result guarded(Result failed, Body body) noexcept {
  try {
    return body();
  } catch (const c10::Error &error) {
    lastError = error.what_without_backtrace();
  } catch (const std::exception &error) {
    lastError = error.what();
  } catch (...) {
    lastError = "an exception of unknown type";
  }
  return failed;
}

/// Runs `body`, which makes a tensor; any exception becomes NULL and a message. Nothing is computed before a tensor is
/// made.
template <typename Body> TorchShimTensorRef make(Body body) noexcept {
  return guarded<TorchShimTensorRef>(nullptr, [&] {
    resolveVectorMath();
    return new TorchShimTensor{body()};
  });
}

inline at::IntArrayRef list(const int64_t *values, int64_t count) {
  return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline std::vector<at::Tensor> tensors(const TorchShimTensorRef *references, int64_t count) {
  std::vector<at::Tensor> result;
  for (int64_t i = 0; i < count; ++i)
    result.push_back(references[i]->value);
  return result;
}
