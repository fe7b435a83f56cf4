import Engine
import Foundation
import LinearAlgebra
import Tensors

/// A kind of measurement of images from a prior whose posterior is known.
struct ExactProblem: Sendable {
  /// The operator A.
  enum Measurement: Sendable {
    /// The block `operator` as YAML in one line.
    case configured(String)
    /// A dense matrix, rows of measurements.
    case dense(Matrix)
    /// A matrix with a few entries a row, kept as such.
    case sparse(Matrix)
  }

  let priorName: String
  let operatorName: String
  let prior: ExactPrior
  let measurement: Measurement
  /// Whether every sampler is compared on it, else those that claim to be exact.
  var isForAll = true

  /// The configuration with a sampler, whose settings are YAML in one line.
  func text(sampler: String) -> String {
    """
    run: {seed: 0, samples: 1, unit: 1}
    data: {images: unused}
    measurement: {operator: \(operatorText), noise: {name: gaussian, sigma: 0.1}}
    prior: \(prior.yaml)
    sampler: \(sampler)
    """
  }

  private var operatorText: String {
    if case .configured(let text) = measurement { text } else { "{name: denoising}" }
  }

  /// The operator, where it is not configured.
  func matrixOperator(imageShape: [Int]) throws -> (any LinearOperator)? {
    switch measurement {
    case .configured: nil
    case .dense(let matrix):
      try MatrixOperator(
        .dense(
          Tensor(matrix.elements.map { Float($0) }, shape: [matrix.rows, matrix.columns])),
        imageShape: imageShape)
    case .sparse(let matrix):
      try MatrixOperator(.sparse(SparseMatrix(SparseRows(matrix))), imageShape: imageShape)
    }
  }
}

extension SparseRows {
  /// The entries of a matrix that are not 0.
  fileprivate init(_ matrix: Matrix) throws {
    var (starts, columns, values) = ([Int64(0)], [Int32](), [Float]())
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns where matrix[row, column] != 0 {
        columns.append(Int32(column))
        values.append(Float(matrix[row, column]))
      }
      starts.append(Int64(columns.count))
    }
    try self.init(
      starts: starts, columns: columns, values: .float(values), columnCount: matrix.columns)
  }
}
