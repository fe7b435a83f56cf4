import TorchShim

/// The type of a tensor's elements.
public enum ScalarType: String, Sendable, CaseIterable {
  case uint8, int64, float16, bfloat16, float32, float64, bool, complex64, complex128

  /// Bytes an element takes.
  public var byteCount: Int {
    switch self {
    case .uint8, .bool: 1
    case .float16, .bfloat16: 2
    case .float32: 4
    case .int64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether elements are real floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    case .uint8, .int64, .bool, .complex64, .complex128: false
    }
  }

  var shim: TorchShimType {
    switch self {
    case .uint8: TorchShimTypeUInt8
    case .int64: TorchShimTypeInt64
    case .float16: TorchShimTypeFloat16
    case .bfloat16: TorchShimTypeBFloat16
    case .float32: TorchShimTypeFloat32
    case .float64: TorchShimTypeFloat64
    case .bool: TorchShimTypeBool
    case .complex64: TorchShimTypeComplex64
    case .complex128: TorchShimTypeComplex128
    }
  }

  init(_ shim: TorchShimType) {
    self = ScalarType.allCases.first { $0.shim == shim } ?? .float32
  }
}

/// Where a tensor's memory is.
public enum Device: Hashable, Sendable, CustomStringConvertible {
  case cpu
  /// The `index`-th visible GPU.
  case cuda(Int)
  /// No memory at all: shapes only.
  case meta

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .meta: "meta"
    }
  }

  var shim: (kind: TorchShimDevice, index: Int32) {
    switch self {
    case .cpu: (TorchShimDeviceCPU, 0)
    case .cuda(let index): (TorchShimDeviceCUDA, Int32(index))
    case .meta: (TorchShimDeviceMeta, 0)
    }
  }
}
