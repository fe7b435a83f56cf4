#include "Handles.h"

#include <torch/script.h>

#include <vector>

struct TorchShimModule {
  torch::jit::Module value;
};

TorchShimModuleRef torch_shim_module_load(const char *path, TorchShimDevice device, int index) {
  return guarded<TorchShimModuleRef>(nullptr, [&] {
    auto place = device == TorchShimDeviceCUDA
                     ? at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(index))
                     : at::Device(at::kCPU);
    auto module = torch::jit::load(path, place);
    module.eval();
    for (auto parameter : module.parameters())
      parameter.requires_grad_(false);
    return new TorchShimModule{module};
  });
}

void torch_shim_module_release(TorchShimModuleRef module) { delete module; }

int64_t torch_shim_module_parameter_count(TorchShimModuleRef module) {
  return guarded<int64_t>(-1, [&] {
    int64_t count = 0;
    for (auto parameter : module->value.parameters())
      count += parameter.numel();
    return count;
  });
}

bool torch_shim_module_has_method(TorchShimModuleRef module, const char *method) {
  return guarded(false, [&] { return module->value.find_method(method).has_value(); });
}

TorchShimTensorRef torch_shim_module_call(TorchShimModuleRef module, const char *method,
                                          const TorchShimTensorRef *arguments, int64_t count,
                                          bool takesWholeNumbers) {
  return make([&] {
    // A module may work in place, or keep what it gives and write to it later: neither may reach our tensors.
    std::vector<c10::IValue> inputs;
    for (int64_t i = 0; i < count; ++i)
      inputs.emplace_back(arguments[i]->value.clone());
    auto result = module->value.get_method(method)(std::move(inputs));
    if (result.isTuple() && !result.toTuple()->elements().empty())
      result = result.toTuple()->elements()[0];
    TORCH_CHECK(result.isTensor(), "returned ", result.tagKind(), " instead of a tensor");
    auto tensor = result.toTensor();
    auto type = tensor.scalar_type();
    TORCH_CHECK(at::isFloatingType(type) || (takesWholeNumbers && at::isIntegralType(type, /*includeBool=*/true)),
                "returned numbers of type ", type, "; floating-point numbers are needed");
    return tensor.clone();
  });
}
