import TorchShim

/// A type of Swift numbers that tensors can be made from and read into.
public protocol TensorScalar {
  static var scalarType: ScalarType { get }
}

extension Float: TensorScalar { public static var scalarType: ScalarType { .float32 } }
extension Double: TensorScalar { public static var scalarType: ScalarType { .float64 } }
extension Int64: TensorScalar { public static var scalarType: ScalarType { .int64 } }
extension UInt8: TensorScalar { public static var scalarType: ScalarType { .uint8 } }

extension Tensor {
  /// Copies `values`, in row-major order, into a new tensor on the CPU.
  ///
  /// - Throws: ``TensorError`` if `shape` does not have as many elements as `values`.
  public init<Scalar: TensorScalar>(_ values: [Scalar], shape: [Int]) throws {
    guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == values.count else {
      throw TensorError(
        operation: "Tensor", message: "\(values.count) values do not fill the shape \(shape)")
    }
    let extents = shape.map(Int64.init)
    let made = values.withUnsafeBytes {
      torch_shim_from_bytes(
        $0.baseAddress, Scalar.scalarType.shim, extents, Int64(extents.count))
    }
    try self.init(made, "Tensor")
  }

  /// A float32 tensor on the CPU whose elements `fill` writes, all of them, in row-major order.
  ///
  /// - Throws: ``TensorError`` if an extent is negative, and what `fill` throws.
  public init(shape: [Int], filling fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws
  {
    var values: UnsafeMutablePointer<Float>?
    let extents = shape.map(Int64.init)
    let made = torch_shim_unwritten(extents, Int64(extents.count), &values)
    try self.init(made, "Tensor(shape:filling:)")
    try fill(UnsafeMutableBufferPointer(start: values, count: shape.reduce(1, *)))
  }

  /// Wraps memory that `owner` keeps valid and unchanged, without a copy.
  ///
  /// - Parameters:
  ///   - strides: elements between neighbours along each dimension; `nil` means row-major.
  ///   - owner: kept alive as long as the tensor, or anything that shares its memory, lives.
  public init(
    borrowing bytes: UnsafeRawBufferPointer, type: ScalarType, shape: [Int], strides: [Int]? = nil,
    owner: AnyObject
  ) throws {
    let steps = strides ?? Tensor.rowMajorStrides(shape)
    guard steps.count == shape.count, (shape + steps).allSatisfy({ $0 >= 0 }) else {
      throw TensorError(
        operation: "Tensor(borrowing:)", message: "shape \(shape) does not go with strides \(steps)"
      )
    }
    let reach = zip(shape, steps).reduce(1) { $0 + max(0, $1.0 - 1) * $1.1 }
    guard shape.contains(0) || reach * type.byteCount <= bytes.count else {
      throw TensorError(
        operation: "Tensor(borrowing:)",
        message: "shape \(shape) with strides \(steps) reaches past \(bytes.count) bytes")
    }
    let context = Unmanaged.passRetained(owner)
    let made = torch_shim_from_memory(
      bytes.baseAddress, type.shim, shape.map(Int64.init), steps.map(Int64.init),
      Int64(shape.count), { Unmanaged<AnyObject>.fromOpaque($0!).release() }, context.toOpaque())
    if made == nil { context.release() }
    try self.init(made, "Tensor(borrowing:)")
  }

  /// A tensor whose elements all equal `value`.
  public static func full(
    _ value: Double, shape: [Int], type: ScalarType = .float32, device: Device = .cpu
  ) throws -> Tensor {
    let extents = shape.map(Int64.init)
    let place = device.shim
    return try Tensor(
      torch_shim_full(
        value, type.shim, extents, Int64(extents.count), place.kind, place.index), "full")
  }

  static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * max(1, shape[axis + 1])
    }
    return strides
  }
}

// MARK: - Reading

extension Tensor {
  /// The elements, converted to `Scalar`, in row-major order.
  public func values<Scalar: TensorScalar>(as type: Scalar.Type) throws -> [Scalar] {
    let size = count
    return try [Scalar](unsafeUninitializedCapacity: size) { buffer, filled in
      let status = torch_shim_read(
        reference, Scalar.scalarType.shim, buffer.baseAddress,
        Int64(size * MemoryLayout<Scalar>.stride))
      guard status == 0 else {
        throw TensorError(operation: "values", message: String(cString: torch_shim_error()))
      }
      filled = size
    }
  }

  /// Whether no element is infinite or not a number; of real tensors.
  public func isFinite() throws -> Bool {
    let answer = torch_shim_is_finite(reference)
    guard answer >= 0 else {
      throw TensorError(operation: "isFinite", message: String(cString: torch_shim_error()))
    }
    return answer == 1
  }

  /// The elements as float32, in row-major order.
  public func floats() throws -> [Float] { try values(as: Float.self) }

  /// The elements as float64, in row-major order.
  public func doubles() throws -> [Double] { try values(as: Double.self) }
}

// MARK: - Conversion

extension Tensor {
  /// The same values in another element type; itself if it has that type already.
  public func converted(to type: ScalarType) throws -> Tensor {
    try Tensor(torch_shim_convert(reference, type.shim), "converted(to: \(type))")
  }

  /// The same values on another device; itself if it is there already.
  ///
  /// A copy to or from a GPU waits for all that the GPU still has to do.
  public func moved(to device: Device) throws -> Tensor {
    let place = device.shim
    return try Tensor(
      torch_shim_move(reference, place.kind, place.index, true), "moved(to: \(device))")
  }

  /// The same values on another device, without waiting for a GPU's earlier work: for what every step of
  /// a sampler sends.
  ///
  /// The values pass through page-locked memory, which the process keeps: not for weights.
  public func sent(to device: Device) throws -> Tensor {
    let place = device.shim
    return try Tensor(
      torch_shim_move(reference, place.kind, place.index, false), "sent(to: \(device))")
  }

  /// The same values in row-major memory order.
  public func contiguous() throws -> Tensor {
    try Tensor(torch_shim_contiguous(reference, false), "contiguous")
  }

  /// The same [N,C,H,W] values with channels running fastest in memory.
  public func channelsLast() throws -> Tensor {
    try Tensor(torch_shim_contiguous(reference, true), "channelsLast")
  }
}
