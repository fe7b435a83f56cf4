// An image [N,C,H,W] given as several tensors of its channels, one after the other.
#pragma once

#include <ATen/ATen.h>

/// The channels of all parts; throws if they are not those of one image.
inline int64_t checkedChannels(at::TensorList parts, const char *layer) {
  TORCH_CHECK(!parts.empty(), layer, " needs an image, found none");
  const auto &first = parts[0];
  int64_t channels = 0;
  for (const auto &part : parts) {
    TORCH_CHECK(part.dim() == 4 && part.size(1) > 0, layer, " needs [N,C,H,W], found ",
                part.sizes());
    bool fits = part.size(0) == first.size(0) && part.sizes().slice(2) == first.sizes().slice(2) &&
                part.scalar_type() == first.scalar_type();
    TORCH_CHECK(fits, layer, ": parts of an image differ: ", first.toString(), " ", first.sizes(),
                " and ", part.toString(), " ", part.sizes());
    channels += part.size(1);
  }
  return channels;
}
