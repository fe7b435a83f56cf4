import LinearAlgebra
import Tensors

/// A matrix of constants, in the precision of what it is applied to.
struct ConstantMatrix: Sendable {
  let double: Tensor
  private let single: Tensor

  /// - Parameter values: [rows, columns] row by row.
  init(_ values: [Double], rows: Int, columns: Int) throws {
    try self.init(Tensor(values, shape: [rows, columns]))
  }

  init(_ matrix: Matrix) throws {
    try self.init(matrix.elements, rows: matrix.rows, columns: matrix.columns)
  }

  private init(_ double: Tensor) throws {
    self.double = double
    single = try double.converted(to: .float32)
  }

  /// In the precision of `x`: float64 for float64, else float32.
  func callAsFunction(for x: Tensor) -> Tensor { x.scalarType == .float64 ? double : single }

  func transposed() throws -> ConstantMatrix {
    try ConstantMatrix(double.transposed().contiguous())
  }

  /// MᵀM, summed in float64.
  func gram() throws -> ConstantMatrix {
    try ConstantMatrix(double.transposed().matrixProduct(double))
  }

  /// On another device, without waiting for it.
  func sent(to device: Device) throws -> ConstantMatrix {
    try ConstantMatrix(double.sent(to: device))
  }

  func moved(to device: Device) throws -> ConstantMatrix {
    try ConstantMatrix(double.moved(to: device))
  }

  /// The float64 numbers.
  func matrix() throws -> Matrix {
    Matrix(rows: double.shape[0], columns: double.shape[1], elements: try double.doubles())
  }
}
