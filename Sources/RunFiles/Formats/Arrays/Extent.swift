/// Arithmetic on shapes and strides that never overflows.
///
/// Shapes come from files, so every product is checked; nil means "does not fit".
enum Extent {
  /// Most axes of an array, as in numpy.
  static let mostAxes = 64

  /// Number of elements of `shape`, or nil if it has more than `mostAxes`, a dimension is negative, or the
  /// product of those that are not 0 overflows, as in numpy: products in any order are safe then.
  static func elementCount(_ shape: [Int]) -> Int? {
    guard shape.count <= mostAxes, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    let count = shape.reduce(Optional(1)) { count, dimension in
      count.flatMap { product($0, max(dimension, 1)) }
    }
    return shape.contains(0) ? count.map { _ in 0 } : count
  }

  /// Bytes of a dense array of `shape`, or nil if that does not fit.
  static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    elementCount(shape).flatMap { product($0, type.byteCount) }
  }

  /// Elements from the first to the last one that `shape` and `strides` reach, or nil if the
  /// view is not one: counts differ, a stride is negative, or a product overflows.
  static func span(_ shape: [Int], strides: [Int]) -> Int? {
    guard shape.count == strides.count, strides.allSatisfy({ $0 >= 0 }) else { return nil }
    guard let count = elementCount(shape) else { return nil }
    guard count > 0 else { return 0 }
    return zip(shape, strides).reduce(1) { last, axis in
      guard let last, let step = product(axis.0 - 1, axis.1) else { return nil }
      return sum(last, step)
    }
  }

  /// Strides in elements of a dense row-major array; zeros where it has no elements.
  static func rowMajorStrides(_ shape: [Int]) -> [Int] {
    Array(columnMajorStrides(shape.reversed()).reversed())
  }

  /// Strides in elements of a dense column-major array; zeros where it has no elements.
  static func columnMajorStrides(_ shape: [Int]) -> [Int] {
    guard let count = elementCount(shape), count > 0 else { return shape.map { _ in 0 } }
    var step = 1
    return shape.map { dimension in
      defer { step *= dimension }
      return step
    }
  }

  /// Whether the strides of axes longer than one are those of a dense row-major array.
  static func isRowMajor(_ shape: [Int], strides: [Int]) -> Bool {
    zip(shape, zip(strides, rowMajorStrides(shape))).allSatisfy { $0 <= 1 || $1.0 == $1.1 }
      || shape.contains(0)
  }

  static func product(_ a: Int, _ b: Int) -> Int? {
    let (value, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : value
  }

  static func sum(_ a: Int, _ b: Int) -> Int? {
    let (value, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : value
  }

  /// The shape as a person writes it, such as `3 × 32 × 32` or `scalar`.
  static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: " × ")
  }
}
