// libtorch behind plain C functions.
//
// Every function that can fail returns NULL (or -1) and leaves libtorch's own message in
// `torch_shim_error()`, which is valid on the same thread until the next failing call.
// Tensors are handed out as owned handles: release each one exactly once.
// Shapes are arrays of 64-bit extents. No function keeps a pointer it was given, except
// `torch_shim_from_memory`, which says so.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct TorchShimTensor *TorchShimTensorRef;

typedef enum TorchShimType {
  TorchShimTypeUInt8 = 0,
  TorchShimTypeInt64,
  TorchShimTypeFloat16,
  TorchShimTypeBFloat16,
  TorchShimTypeFloat32,
  TorchShimTypeFloat64,
  TorchShimTypeBool,
  TorchShimTypeComplex64,
  TorchShimTypeComplex128,
  TorchShimTypeOther,
} TorchShimType;

typedef enum TorchShimDevice {
  TorchShimDeviceCPU = 0,
  TorchShimDeviceCUDA,
  TorchShimDeviceMeta,
} TorchShimDevice;

typedef enum TorchShimUnary {
  TorchShimUnaryNegate = 0,
  TorchShimUnaryAbsolute,
  TorchShimUnarySquare,
  TorchShimUnarySquareRoot,
  TorchShimUnaryExponential,
  TorchShimUnaryLogarithm,
  TorchShimUnarySine,
  TorchShimUnaryCosine,
  TorchShimUnaryHyperbolicTangent,
  TorchShimUnarySigmoid,
  TorchShimUnarySiLU,
  TorchShimUnaryReLU,
  TorchShimUnaryRound,
  TorchShimUnaryRealPart,
  TorchShimUnaryImaginaryPart,
  TorchShimUnaryConjugate,
} TorchShimUnary;

typedef enum TorchShimBinary {
  TorchShimBinaryAdd = 0,
  TorchShimBinarySubtract,
  TorchShimBinaryMultiply,
  TorchShimBinaryDivide,
  TorchShimBinaryMatrixProduct,
  TorchShimBinaryMaximum,
  TorchShimBinaryMinimum,
  TorchShimBinaryComplex,
  TorchShimBinaryLess,
  TorchShimBinaryLessOrEqual,
} TorchShimBinary;

typedef enum TorchShimReduction {
  TorchShimReductionSum = 0,
  TorchShimReductionMean,
  TorchShimReductionMaximum,
  TorchShimReductionMinimum,
  TorchShimReductionEuclideanNorm,
  TorchShimReductionLogSumExp,
} TorchShimReduction;

typedef enum TorchShimPadding {
  TorchShimPaddingZeros = 0,
  TorchShimPaddingReflect,
  TorchShimPaddingReplicate,
  TorchShimPaddingCircular,
} TorchShimPadding;

// MARK: - Process

const char *torch_shim_error(void);
const char *torch_shim_version(void);
const char *torch_shim_cpu_capability(void);
bool torch_shim_cpu_has_amx_bfloat16(void);
int64_t torch_shim_cuda_device_count(void);
/// Lets the process keep the memory it frees instead of giving it back to the system.
void torch_shim_keep_memory(void);
/// Keeps GPUs from rounding factors of float32 to TF32, and cuDNN to algorithms that repeat their bits.
void torch_shim_prepare_gpus(void);
bool torch_shim_gpus_are_prepared(void);
/// Number of libtorch threads for the calling thread's operators.
void torch_shim_set_threads(int count);

// MARK: - Making and reading tensors

TorchShimTensorRef torch_shim_from_bytes(const void *bytes, TorchShimType type,
                                         const int64_t *shape, int64_t rank);
/// A float32 tensor on the CPU that is still to be written: `*values` is its memory, in row-major order.
TorchShimTensorRef torch_shim_unwritten(const int64_t *shape, int64_t rank, float **values);
/// Wraps memory without a copy: it must stay valid and unchanged until `release(context)`.
TorchShimTensorRef torch_shim_from_memory(const void *bytes, TorchShimType type,
                                          const int64_t *shape, const int64_t *strides,
                                          int64_t rank, void (*release)(void *), void *context);
TorchShimTensorRef torch_shim_full(double value, TorchShimType type, const int64_t *shape,
                                   int64_t rank, TorchShimDevice device, int index);
void torch_shim_release(TorchShimTensorRef tensor);

int64_t torch_shim_rank(TorchShimTensorRef tensor);
int64_t torch_shim_extent(TorchShimTensorRef tensor, int64_t dimension);
TorchShimType torch_shim_type(TorchShimTensorRef tensor);
TorchShimDevice torch_shim_device(TorchShimTensorRef tensor, int *index);
bool torch_shim_is_channels_last(TorchShimTensorRef tensor);
/// Copies the elements, converted to `type`, in row-major order; returns -1 on failure.
int torch_shim_read(TorchShimTensorRef tensor, TorchShimType type, void *destination,
                    int64_t byteCount);
/// Whether no element is infinite or not a number: 1 or 0, or -1 on failure. Nothing is copied.
int torch_shim_is_finite(TorchShimTensorRef tensor);

TorchShimTensorRef torch_shim_convert(TorchShimTensorRef tensor, TorchShimType type);
/// A copy to a GPU waits for the GPU's earlier work if `isAwaited`; else it passes through page-locked memory.
TorchShimTensorRef torch_shim_move(TorchShimTensorRef tensor, TorchShimDevice device, int index,
                                   bool isAwaited);
TorchShimTensorRef torch_shim_contiguous(TorchShimTensorRef tensor, bool channelsLast);

// MARK: - Arithmetic

TorchShimTensorRef torch_shim_unary(TorchShimUnary op, TorchShimTensorRef a);
TorchShimTensorRef torch_shim_binary(TorchShimBinary op, TorchShimTensorRef a,
                                     TorchShimTensorRef b);
TorchShimTensorRef torch_shim_binary_scalar(TorchShimBinary op, TorchShimTensorRef a, double b);
/// Σ wᵢ·xᵢ, added up in the order of the terms in float64 and rounded once, to the type of the first.
TorchShimTensorRef torch_shim_weighted_sum(const TorchShimTensorRef *terms, const double *weights,
                                           int64_t count);
TorchShimTensorRef torch_shim_clamp(TorchShimTensorRef a, double low, double high);
TorchShimTensorRef torch_shim_reduce(TorchShimReduction op, TorchShimTensorRef a,
                                     const int64_t *dimensions, int64_t count, bool keep);
TorchShimTensorRef torch_shim_quantile(TorchShimTensorRef a, double q, int64_t dimension,
                                       bool keep);
TorchShimTensorRef torch_shim_softmax(TorchShimTensorRef a, int64_t dimension);

// MARK: - Shape

TorchShimTensorRef torch_shim_reshape(TorchShimTensorRef a, const int64_t *shape, int64_t rank);
TorchShimTensorRef torch_shim_expand(TorchShimTensorRef a, const int64_t *shape, int64_t rank);
TorchShimTensorRef torch_shim_permute(TorchShimTensorRef a, const int64_t *order, int64_t rank);
TorchShimTensorRef torch_shim_slice(TorchShimTensorRef a, int64_t dimension, int64_t start,
                                    int64_t end, int64_t step);
TorchShimTensorRef torch_shim_concatenate(const TorchShimTensorRef *parts, int64_t count,
                                          int64_t dimension);
TorchShimTensorRef torch_shim_select(TorchShimTensorRef a, int64_t dimension,
                                     const int64_t *indices, int64_t count);
TorchShimTensorRef torch_shim_where(TorchShimTensorRef condition, TorchShimTensorRef a,
                                    TorchShimTensorRef b);
TorchShimTensorRef torch_shim_roll(TorchShimTensorRef a, const int64_t *shifts,
                                   const int64_t *dimensions, int64_t count);
/// Pads the last two dimensions; `amounts` are left, right, top, bottom.
TorchShimTensorRef torch_shim_pad(TorchShimTensorRef a, const int64_t *amounts,
                                  TorchShimPadding mode);

// MARK: - Fourier transform

/// Over the last two dimensions; complex result.
TorchShimTensorRef torch_shim_fft2(TorchShimTensorRef a, bool inverse, bool orthonormal);
/// Of real numbers: the columns 0 … W/2 of W, which determine the others.
TorchShimTensorRef torch_shim_real_fft2(TorchShimTensorRef a);
/// The real numbers, `width` a row, of which `a` is the transform.
TorchShimTensorRef torch_shim_inverse_real_fft2(TorchShimTensorRef a, int64_t width);

// MARK: - Network layers

TorchShimTensorRef torch_shim_linear(TorchShimTensorRef x, TorchShimTensorRef weight,
                                     TorchShimTensorRef bias);

/// Filters [out, C, kh, kw] of a convolution with bias [out] or NULL, for any number of threads. In bfloat16 on
/// the processor they are packed when they are first used.
typedef struct TorchShimFilters *TorchShimFiltersRef;
TorchShimFiltersRef torch_shim_filters(TorchShimTensorRef weight, TorchShimTensorRef bias,
                                       int64_t stride, int64_t padding);
void torch_shim_filters_release(TorchShimFiltersRef filters);
/// Plus `added`, in the shape of the result, unless that is NULL.
TorchShimTensorRef torch_shim_convolution(TorchShimTensorRef x, TorchShimFiltersRef filters,
                                          TorchShimTensorRef added);
/// libtorch's own convolution with groups, or its transpose.
TorchShimTensorRef torch_shim_plain_convolution(TorchShimTensorRef x, TorchShimTensorRef weight,
                                                TorchShimTensorRef bias, int64_t stride,
                                                int64_t padding, int64_t groups, bool transposed);
TorchShimTensorRef torch_shim_group_norm(TorchShimTensorRef x, int64_t groups,
                                         TorchShimTensorRef weight, TorchShimTensorRef bias,
                                         double epsilon);
/// SiLU(GroupNorm(x)·(1 + scale) + shift) in one pass over memory each way.
/// `x` [N,C,H,W] is given as `count` tensors of its channels; `scale`, `shift` [N,C] or NULL; without `activate` the
/// SiLU is left out. `rest`, unless NULL, takes those tensors again: gradients to them join that of the norm in the
/// pass that writes it.
TorchShimTensorRef torch_shim_norm_activation(const TorchShimTensorRef *parts, int64_t count,
                                              int64_t groups, TorchShimTensorRef weight,
                                              TorchShimTensorRef bias, TorchShimTensorRef scale,
                                              TorchShimTensorRef shift, double epsilon,
                                              bool activate, TorchShimTensorRef *rest);
/// The 1 × 1 convolution of an image given as `count` tensors of its channels, with `weight` [K,C] and `bias` [K].
TorchShimTensorRef torch_shim_mix_channels(const TorchShimTensorRef *parts, int64_t count,
                                           TorchShimTensorRef weight, TorchShimTensorRef bias);
TorchShimTensorRef torch_shim_upsample_nearest(TorchShimTensorRef x);
TorchShimTensorRef torch_shim_resize(TorchShimTensorRef x, int64_t height, int64_t width,
                                     bool bilinear);
TorchShimTensorRef torch_shim_pixel_shuffle(TorchShimTensorRef x, int64_t factor);
TorchShimTensorRef torch_shim_average_pool(TorchShimTensorRef x);

// MARK: - Gradients

/// A new leaf with the same values, on which a graph is recorded.
TorchShimTensorRef torch_shim_leaf(TorchShimTensorRef tensor);
TorchShimTensorRef torch_shim_detach(TorchShimTensorRef tensor);
/// Gradient of Σ(output·cotangent) (cotangent NULL: of Σ output) with respect to `leaf`.
/// Zero where `output` does not depend on it. Frees the graph.
TorchShimTensorRef torch_shim_gradient(TorchShimTensorRef output, TorchShimTensorRef cotangent,
                                       TorchShimTensorRef leaf);

/// `value` as a function of `input` whose derivative `pullback(context, cotangent)` gives.
///
/// `pullback` returns an owned handle, or NULL with its own account of what went wrong; it is called
/// on the thread that asks for the gradient. `release(context)` is called once, when the graph goes.
TorchShimTensorRef torch_shim_custom_gradient(
    TorchShimTensorRef input, TorchShimTensorRef value,
    TorchShimTensorRef (*pullback)(void *, TorchShimTensorRef), void (*release)(void *),
    void *context);

// MARK: - Sparse matrices

/// x·Aᵀ for x [batch, columnCount]: row r of A has the entries starts[r]..<starts[r + 1] of `columns`
/// and `values` (float32 or float64). The columns must be below `columnCount`. Sums are in double
/// precision, on the processor, without a graph.
TorchShimTensorRef torch_shim_sparse_product(const int64_t *starts, int64_t rows,
                                             int64_t columnCount, const int32_t *columns,
                                             const void *values, TorchShimType valueType,
                                             TorchShimTensorRef x);

// MARK: - TorchScript

typedef struct TorchShimModule *TorchShimModuleRef;

/// Loads a TorchScript file in evaluation mode; its parameters take no gradients.
TorchShimModuleRef torch_shim_module_load(const char *path, TorchShimDevice device, int index);
void torch_shim_module_release(TorchShimModuleRef module);
int64_t torch_shim_module_parameter_count(TorchShimModuleRef module);
bool torch_shim_module_has_method(TorchShimModuleRef module, const char *method);
/// Calls a method with copies of tensors; its result must be a tensor, or a tuple that starts with one, of
/// floating-point numbers or else, where they are taken, whole ones.
TorchShimTensorRef torch_shim_module_call(TorchShimModuleRef module, const char *method,
                                          const TorchShimTensorRef *arguments, int64_t count,
                                          bool takesWholeNumbers);

#ifdef __cplusplus
}
#endif
