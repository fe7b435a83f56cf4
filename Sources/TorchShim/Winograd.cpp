#include "Winograd.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <vector>

#include "Filters.h"
#include "WinogradKernels.h"

namespace winograd {

namespace {

/// Tiles transformed, multiplied and transformed back together where there are many: their values
/// stay in the cache while all filters, which are fewer, are read again for each block.
constexpr int64_t blockTiles = 96;
/// Up to this many tiles there is one block, and the filters are transformed a part at a time
/// instead: that part stays in the cache, and each filter is read from memory once, untransformed.
constexpr int64_t oneBlockTiles = 256;
constexpr int64_t partChannels = 64;
/// Below this many tiles reading the weights takes longer than the products, unless there are few.
constexpr int64_t fewestTiles = 16;
/// Floats between the rows of two points, beyond their content: powers of two share cache sets.
constexpr int64_t gap = lanes;

int64_t dividedUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// The tiles of a batch of images, row by row.
struct Tiles {
  int64_t height, width, rows, columns, count;

  explicit Tiles(const at::Tensor &x)
      : height(x.size(2)), width(x.size(3)), rows(dividedUp(height, outputSide)),
        columns(dividedUp(width, outputSide)), count(x.size(0) * rows * columns) {}

  /// Calls `body(i, j, offset)` for the pixels of a square of `side` that starts `before` pixels
  /// ahead of the tile; the offset counts pixels of the batch and is −1 outside the image.
  template <typename Body>
  void pixels(int64_t tile, int64_t side, int64_t before, Body body) const {
    int64_t image = tile / (rows * columns);
    int64_t top = tile / columns % rows * outputSide - before;
    int64_t left = tile % columns * outputSide - before;
    for (int64_t i = 0; i < side; ++i)
      for (int64_t j = 0; j < side; ++j) {
        int64_t y = top + i, x = left + j;
        bool inside = y >= 0 && y < height && x >= 0 && x < width;
        body(i, j, inside ? (image * height + y) * width + x : -1);
      }
  }
};

/// Values from a pixel to the next if all pixels lie one after the other, else 0.
///
/// In a slice of channels, such as the gradient of a concatenation, that is more than its channels.
int64_t pixelStep(const at::Tensor &x) {
  int64_t step = x.stride(3);
  bool isInOrder = x.stride(1) == 1 && step >= x.size(1) && x.stride(2) == x.size(3) * step &&
                   x.stride(0) == x.size(2) * x.stride(2);
  return isInOrder ? step : 0;
}

/// `points` matrices of `rows` × `columns` values.
struct Matrices {
  at::Tensor values;
  int64_t rows, columns, stride;

  Matrices(int64_t rows, int64_t columns, const at::TensorOptions &options)
      : values(at::empty({points * (rows * columns + gap)}, options)), rows(rows), columns(columns),
        stride(rows * columns + gap) {}

  float *point(int64_t index) const { return values.data_ptr<float>() + index * stride; }
  float *row(int64_t index) const { return point(0) + index * columns; }
};

/// Some of the channels of the result.
struct Channels {
  int64_t first, count;
};

/// One convolution of channels-last images, with filters [K,C,3,3]: forward from C channels to K, or the
/// gradient from K to C with the filters turned by half a turn.
struct Pass {
  const Transforms &transforms;
  at::Tensor from, filters, added, to;
  Tiles tiles;
  int64_t step, outputs, block, part;
  /// From a filter to the next output's, and to the next input's.
  int64_t outputStep, inputStep;
  std::vector<float> zeros, bias;

  Pass(bool isForward, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &shift,
       const at::Tensor &rest)
      : transforms(isForward ? kernels().forward : kernels().gradient),
        from(pixelStep(x) ? x : x.contiguous(at::MemoryFormat::ChannelsLast)),
        filters(weight.contiguous()), tiles(x), step(pixelStep(x) ? pixelStep(x) : x.size(1)),
        outputs(weight.size(isForward ? 0 : 1)), outputStep(filters.stride(isForward ? 0 : 1)),
        inputStep(filters.stride(isForward ? 1 : 0)) {
    bool isOneBlock = tiles.count <= oneBlockTiles;
    block = isOneBlock ? tiles.count : blockTiles;
    part = isOneBlock ? std::min(partChannels, outputs) : outputs;
    to = at::empty({x.size(0), outputs, x.size(2), x.size(3)},
                   x.options().memory_format(at::MemoryFormat::ChannelsLast));
    if (rest.defined())
      added = rest.contiguous(at::MemoryFormat::ChannelsLast);
    zeros.assign(static_cast<size_t>(from.size(1)), 0);
    bias.assign(static_cast<size_t>(outputs), 0);
    if (shift.defined())
      std::copy_n(shift.contiguous().const_data_ptr<float>(), outputs, bias.data());
  }

  void run() const {
    if (part == outputs)
      runByBlock();
    else
      runByPart();
  }

  void runByBlock() const {
    auto all = transformed({0, outputs});
    at::parallel_for(0, dividedUp(tiles.count, block), 1, [&](int64_t begin, int64_t end) {
      Matrices inputs(block, from.size(1), from.options());
      Matrices products(block, outputs, from.options());
      for (int64_t index = begin; index < end; ++index) {
        int64_t first = index * block, count = std::min(block, tiles.count - first);
        gather(first, count, inputs);
        multiplyAll(count, inputs, all, products);
        scatter(first, count, products, {0, outputs});
      }
    });
  }

  void runByPart() const {
    Matrices inputs(block, from.size(1), from.options());
    gather(0, block, inputs);
    at::parallel_for(0, dividedUp(outputs, part), 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; ++index) {
        Channels channels{index * part, std::min(part, outputs - index * part)};
        Matrices products(block, channels.count, from.options());
        multiplyAll(block, inputs, transformed(channels), products);
        scatter(0, block, products, channels);
      }
    });
  }

  /// The filters of some outputs as `points` matrices in panels, from all channels to those.
  Matrices transformed(Channels channels) const {
    int64_t rows = from.size(1);
    auto values = filters.const_data_ptr<float>() + channels.first * outputStep;
    Matrices result(rows, dividedUp(channels.count, panel) * panel, filters.options());
    for (int64_t column = 0; column < channels.count; column += lanes)
      kernels().filters(values + column * outputStep, outputStep, inputStep, rows,
                        result.point(0) + column / panel * panel * rows + column % panel,
                        result.stride);
    return result;
  }

  static void multiplyAll(int64_t count, const Matrices &inputs, const Matrices &filters,
                          const Matrices &products) {
    for (int64_t index = 0; index < points; ++index)
      kernels().product(inputs.point(index), filters.point(index), count, inputs.columns,
                        products.columns, products.point(index));
  }

  void gather(int64_t first, int64_t count, const Matrices &inputs) const {
    auto values = from.const_data_ptr<float>();
    std::array<const float *, inputSide * inputSide> pixels;
    for (int64_t tile = 0; tile < count; ++tile) {
      tiles.pixels(first + tile, inputSide, 1, [&](int64_t i, int64_t j, int64_t pixel) {
        pixels[static_cast<size_t>(i * inputSide + j)] =
            pixel < 0 ? zeros.data() : values + pixel * step;
      });
      transforms.inputs(pixels.data(), from.size(1), inputs.row(tile), inputs.stride);
    }
  }

  void scatter(int64_t first, int64_t count, const Matrices &products, Channels channels) const {
    auto values = to.data_ptr<float>() + channels.first;
    auto rest = added.defined() ? added.const_data_ptr<float>() + channels.first : nullptr;
    std::array<float *, outputSide * outputSide> pixels;
    std::array<const float *, outputSide * outputSide> addends;
    for (int64_t tile = 0; tile < count; ++tile) {
      tiles.pixels(first + tile, outputSide, 0, [&](int64_t i, int64_t j, int64_t pixel) {
        auto at = static_cast<size_t>(i * outputSide + j);
        pixels[at] = pixel < 0 ? nullptr : values + pixel * outputs;
        addends[at] = pixel < 0 || !rest ? nullptr : rest + pixel * outputs;
      });
      transforms.outputs(products.row(tile), products.stride, bias.data() + channels.first,
                         rest ? addends.data() : nullptr, channels.count, pixels.data());
    }
  }
};

at::Tensor run(bool isForward, const at::Tensor &x, const at::Tensor &weight,
               const at::Tensor &bias, const at::Tensor &added) {
  // Inside, tensors are plain memory: nothing here may be recorded for a gradient.
  torch::NoGradGuard plain;
  Pass pass(isForward, x, weight, bias, added);
  pass.run();
  return pass.to;
}

} // namespace

bool applies(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
             const at::Tensor &added, int64_t stride, int64_t padding) {
  for (const auto &t : {x, weight, bias, added})
    if (t.defined() && (!t.is_cpu() || t.scalar_type() != at::kFloat))
      return false;
  bool isThreeByThree = stride == 1 && padding == 1 && x.dim() == 4 && weight.dim() == 4 &&
                        weight.size(2) == 3 && weight.size(3) == 3;
  // Whatever does not fit together is libtorch's to refuse.
  return isThreeByThree && x.size(1) == weight.size(1) &&
         (!bias.defined() || bias.numel() == weight.size(0)) &&
         (!added.defined() ||
          added.sizes() == at::IntArrayRef({x.size(0), weight.size(0), x.size(2), x.size(3)})) &&
         weight.size(0) % lanes == 0 && weight.size(1) % lanes == 0 && x.numel() > 0 &&
         (Tiles(x).count >= fewestTiles || weight.size(0) * weight.size(1) <= fewFilters);
}

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                       const at::Tensor &added) {
  return run(true, x, weight, bias, added);
}

at::Tensor inputGradient(const at::Tensor &dy, const at::Tensor &weight) {
  return run(false, dy, weight, {}, {});
}

} // namespace winograd
