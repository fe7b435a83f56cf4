import TorchShim

/// An n-dimensional array in libtorch's memory.
///
/// A value: nothing changes a tensor once it is made, so copies share memory and tensors may be
/// read from several threads at once. Every operation throws ``TensorError`` with libtorch's own
/// message when shapes, types or devices do not fit.
public struct Tensor: @unchecked Sendable {
  /// Owns one libtorch handle. Safe to share: libtorch counts references atomically and no
  /// operation here writes into an existing tensor.
  private final class Handle {
    let reference: TorchShimTensorRef

    init(_ reference: TorchShimTensorRef) { self.reference = reference }

    deinit { torch_shim_release(reference) }
  }

  private let handle: Handle

  var reference: TorchShimTensorRef { handle.reference }

  /// Takes ownership of what a shim function made, or throws its message; only then is the operation named.
  init(
    _ made: TorchShimTensorRef?, _ operation: @autoclosure () -> String
  ) throws(TensorError) {
    guard let made else {
      throw TensorError(operation: operation(), message: String(cString: torch_shim_error()))
    }
    handle = Handle(made)
  }

  /// Runs `body` with the handles of several tensors, which live until it returns.
  static func withReferences<Result>(
    _ tensors: [Tensor], _ body: ([TorchShimTensorRef?]) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(tensors) { try body(tensors.map(\.reference)) }
  }
}

// MARK: - Properties

extension Tensor {
  /// Extent of each dimension, outermost first.
  public var shape: [Int] {
    (0..<rank).map { Int(torch_shim_extent(reference, Int64($0))) }
  }

  /// Number of dimensions.
  public var rank: Int { Int(torch_shim_rank(reference)) }

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Type of the elements.
  public var scalarType: ScalarType { ScalarType(torch_shim_type(reference)) }

  /// Where the elements are.
  public var device: Device {
    var index: Int32 = 0
    switch torch_shim_device(reference, &index) {
    case TorchShimDeviceCUDA: return .cuda(Int(index))
    case TorchShimDeviceMeta: return .meta
    default: return .cpu
    }
  }

  /// Whether memory runs over channels first (NHWC), the layout convolutions are fastest in.
  var isChannelsLast: Bool { torch_shim_is_channels_last(reference) }
}
