import LinearAlgebra
import Tensors

/// A separable linear map of images: one matrix for the vertical axis, one for the horizontal.
///
/// With X [H, W] an image, V [H', H] and U [W', W]: Y = V X Uᵀ, and the adjoint is X = Vᵀ Y U, with
/// the very same numbers. Padding at the border is part of the matrices.
struct AxisMatrices: Sendable {
  let vertical: ConstantMatrix
  let horizontal: ConstantMatrix
  private let gram = Deferred<AxisMatrices>()
  private let decomposed = Deferred<SeparableDecomposition>()

  /// - Parameters:
  ///   - vertical: V, row by row.
  ///   - horizontal: U, row by row.
  init(
    vertical: [Double], _ verticalShape: (rows: Int, columns: Int),
    horizontal: [Double], _ horizontalShape: (rows: Int, columns: Int)
  ) throws {
    self.init(
      vertical: try ConstantMatrix(
        vertical, rows: verticalShape.rows, columns: verticalShape.columns),
      horizontal: try ConstantMatrix(
        horizontal, rows: horizontalShape.rows, columns: horizontalShape.columns))
  }

  private init(vertical: ConstantMatrix, horizontal: ConstantMatrix) {
    self.vertical = vertical
    self.horizontal = horizontal
  }

  func moved(to device: Device) throws -> AxisMatrices {
    AxisMatrices(
      vertical: try vertical.moved(to: device), horizontal: try horizontal.moved(to: device))
  }

  /// Y = V X Uᵀ for each image of [B, C, H, W].
  func apply(_ x: Tensor) throws -> Tensor {
    try vertical(for: x).matrixProduct(x.linear(weight: horizontal(for: x), bias: nil))
  }

  /// X = Vᵀ Y U for each measurement of [B, C, H', W'].
  func adjoint(_ y: Tensor) throws -> Tensor {
    try vertical(for: y).transposed().matrixProduct(y)
      .linear(weight: horizontal(for: y).transposed(), bias: nil)
  }

  /// VᵀV X UᵀU for each image of [B, C, H, W]; the Gram matrices VᵀV and UᵀU are made at the first call.
  func normal(_ x: Tensor) throws -> Tensor {
    try gram { AxisMatrices(vertical: try vertical.gram(), horizontal: try horizontal.gram()) }
      .apply(x)
  }

  /// The singular value decomposition of the map, made at the first call.
  func decomposition(device: Device) throws -> SeparableDecomposition {
    try decomposed {
      try SeparableDecomposition(
        vertical: SingularValues(vertical.matrix()), horizontal: SingularValues(horizontal.matrix())
      ).moved(to: device)
    }
  }
}
