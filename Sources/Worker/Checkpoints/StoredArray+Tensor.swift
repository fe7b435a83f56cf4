import RunFiles
import Tensors

extension StoredArray {
  /// The array as a tensor: in the mapped file's own memory where type and alignment allow it.
  ///
  /// - Throws: ``TensorError``, or ``StoredArrayError`` for an element type without a counterpart.
  public func tensor() throws -> Tensor {
    if let mapped, isAligned, let type = ScalarType(elementType) {
      let bytes = UnsafeRawBufferPointer(rebasing: mapped.file.bytes[mapped.offset...])
      return try Tensor(
        borrowing: bytes, type: type, shape: shape, strides: strides, owner: mapped.file)
    }
    switch elementType {
    case .f64: return try Tensor(doubles(), shape: shape)
    case .f32, .f16, .bf16: return try Tensor(floats(), shape: shape)
    default: return try Tensor(integers(), shape: shape)
    }
  }
}

extension ScalarType {
  /// The tensor type of a stored element type, where there is one.
  init?(_ type: ElementType) {
    switch type {
    case .u8: self = .uint8
    case .i64: self = .int64
    case .f16: self = .float16
    case .bf16: self = .bfloat16
    case .f32: self = .float32
    case .f64: self = .float64
    default: return nil
    }
  }
}
