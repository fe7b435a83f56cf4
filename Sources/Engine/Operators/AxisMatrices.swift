import Tensors

/// A separable linear map of images: one matrix for the vertical axis, one for the horizontal.
///
/// With X [H, W] an image, V [H', H] and U [W', W]: Y = V X Uᵀ, and the adjoint is X = Vᵀ Y U, with
/// the very same numbers. Padding at the border is part of the matrices.
struct AxisMatrices: Sendable {
  private let vertical: Tensor
  private let horizontal: Tensor

  /// - Parameters:
  ///   - vertical: V, row by row.
  ///   - horizontal: U, row by row.
  init(
    vertical: [Double], _ verticalShape: (rows: Int, columns: Int),
    horizontal: [Double], _ horizontalShape: (rows: Int, columns: Int)
  ) throws {
    self.init(
      vertical: try Self.tensor(vertical, verticalShape),
      horizontal: try Self.tensor(horizontal, horizontalShape))
  }

  private init(vertical: Tensor, horizontal: Tensor) {
    self.vertical = vertical
    self.horizontal = horizontal
  }

  private static func tensor(
    _ values: [Double], _ shape: (rows: Int, columns: Int)
  ) throws -> Tensor {
    try Tensor(values.map { Float($0) }, shape: [shape.rows, shape.columns])
  }

  func moved(to device: Device) throws -> AxisMatrices {
    AxisMatrices(
      vertical: try vertical.moved(to: device), horizontal: try horizontal.moved(to: device))
  }

  /// Y = V X Uᵀ for each image of [B, C, H, W].
  func apply(_ x: Tensor) throws -> Tensor {
    let v = try vertical.converted(to: x.scalarType)
    let u = try horizontal.converted(to: x.scalarType)
    return try v.matrixProduct(x.linear(weight: u, bias: nil))
  }

  /// X = Vᵀ Y U for each measurement of [B, C, H', W'].
  func adjoint(_ y: Tensor) throws -> Tensor {
    let v = try vertical.converted(to: y.scalarType).transposed()
    let u = try horizontal.converted(to: y.scalarType).transposed()
    return try v.matrixProduct(y).linear(weight: u, bias: nil)
  }
}
