import Tensors

/// Any linear map of images, given as a matrix: y = A·vec(x).
///
/// The columns of A follow the image in the order channel, row, column, and its rows follow the
/// measurement in the same way.
public struct MatrixOperator: LinearOperator {
  /// A, as it is kept.
  public enum Matrix: Sendable {
    /// [m, n], float32 or float64.
    case dense(Tensor)
    case sparse(SparseMatrix)

    var shape: (rows: Int, columns: Int) {
      switch self {
      case .dense(let tensor): (tensor.shape[0], tensor.shape[1])
      case .sparse(let matrix): (matrix.rowCount, matrix.columnCount)
      }
    }
  }

  let matrix: Matrix
  /// The shape [C, H, W] of a measurement.
  public let measurementShape: [Int]
  private let image: ImageShape

  /// - Parameters:
  ///   - imageShape: the shape [C, H, W] of images; C·H·W must be the number of columns.
  ///   - measurementShape: the shape [C, H, W] of measurements, [1, 1, rows] if `nil`.
  /// - Throws: ``MatrixError`` for a matrix that does not go with these shapes.
  public init(_ matrix: Matrix, imageShape: [Int], measurementShape: [Int]? = nil) throws {
    if case .dense(let tensor) = matrix, tensor.rank != 2 {
      throw MatrixError.notAMatrix(shape: tensor.shape)
    }
    let (rows, columns) = matrix.shape
    image = try ImageShape(imageShape)
    guard rows > 0 else { throw MatrixError.noRows(columns: columns) }
    guard columns == imageShape.reduce(1, *) else {
      throw MatrixError.columns(rows: rows, columns: columns, image: imageShape)
    }
    let shape = measurementShape ?? [1, 1, rows]
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }), shape.reduce(1, *) == rows else {
      throw MatrixError.rows(rows, measurement: shape)
    }
    self.matrix = matrix
    self.measurementShape = shape
  }

  private init(_ matrix: Matrix, like other: MatrixOperator) {
    self.matrix = matrix
    self.image = other.image
    self.measurementShape = other.measurementShape
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == image.dimensions else {
      throw OperatorError.shape(
        operation: "The matrix", wanted: "\(image.dimensions)", found: shape)
    }
    return measurementShape
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "The matrix")
    let batch = x.shape[0]
    return try matrix.apply(x.reshaped([batch, -1])).reshaped([batch] + measurementShape)
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    guard y.rank == 4, Array(y.shape.dropFirst()) == measurementShape else {
      throw OperatorError.shape(
        operation: "The adjoint of the matrix", wanted: "[batch] + \(measurementShape)",
        found: y.shape)
    }
    let batch = y.shape[0]
    return try matrix.adjoint(y.reshaped([batch, -1])).reshaped([batch] + image.dimensions)
  }

  /// x + A⁺(y − A x): of the images with the measurement y, or nearest to having it, the one nearest to x.
  ///
  /// By conjugate gradients for AᵀA z = Aᵀy from x, which move along the rows only. Those for A Aᵀ u = y − A x would
  /// grow without end where rows depend on each other or are empty, as a noisy y is no image's then.
  public func project(_ x: Tensor, onto y: Tensor) throws -> Tensor {
    try ConjugateGradients(iterations: 100).solve(adjoint(y).expanded(x.shape), from: x) {
      try normal($0)
    }
  }

  public func moved(to device: Device) throws -> MatrixOperator {
    guard case .dense(let tensor) = matrix else { return self }
    return MatrixOperator(.dense(try tensor.moved(to: device)), like: self)
  }
}

extension MatrixOperator.Matrix {
  fileprivate func apply(_ x: Tensor) throws -> Tensor {
    switch self {
    case .dense(let tensor):
      try x.linear(weight: tensor.converted(to: x.scalarType), bias: nil)
    case .sparse(let matrix): try matrix.apply(x)
    }
  }

  fileprivate func adjoint(_ y: Tensor) throws -> Tensor {
    switch self {
    case .dense(let tensor):
      try y.linear(weight: tensor.converted(to: y.scalarType).transposed(), bias: nil)
    case .sparse(let matrix): try matrix.adjoint(y)
    }
  }
}

/// A matrix that is no operator on the images at hand.
public enum MatrixError: Error, Equatable, Sendable, CustomStringConvertible {
  case notAMatrix(shape: [Int])
  case noRows(columns: Int)
  case columns(rows: Int, columns: Int, image: [Int])
  case rows(Int, measurement: [Int])

  public var description: String {
    switch self {
    case .noRows(let columns):
      return "the matrix (0 × \(columns)) has no rows: nothing would be measured"
    case .notAMatrix(let shape):
      return "an array of shape \(shape) is no matrix [values of y, values of x]"
    case .columns(let rows, let columns, let image):
      return "a matrix of \(rows)×\(columns) does not take images \(image): it needs "
        + "\(image.reduce(1, *)) columns, one for each value of an image"
    case .rows(let rows, let shape):
      return "measurements of shape \(shape) have \(shape.reduce(1, *)) values, but the matrix "
        + "has \(rows) rows; give another shape [C, H, W]"
    }
  }
}
