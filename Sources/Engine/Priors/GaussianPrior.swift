import Foundation
import LinearAlgebra
import Tensors

/// The exact denoiser of a Gaussian prior x0 ~ N(m, Σ): every answer is known in closed form.
///
/// ε(x,t) = √(1−ᾱ)·(ᾱΣ + (1−ᾱ)I)⁻¹·(x − √ᾱ·m).
public struct GaussianPrior: DiffusionModel, Denoiser {
  /// The covariance of all C·H·W values of an image, in row-major order.
  public enum Covariance: Sendable {
    /// std²·I.
    case isotropic(std: Double)
    /// Any symmetric positive semidefinite matrix.
    case full(Matrix)

    /// What it is given by: one number, or all of the matrix row by row.
    public var numbers: [Double] {
      switch self {
      case .isotropic(let std): [std]
      case .full(let matrix): matrix.elements
      }
    }
  }

  public let imageShape: [Int]
  /// C·H·W values.
  public let mean: [Double]
  /// Σ, of images in [−1, 1].
  public let covariance: Covariance
  private var meanTensor: Tensor
  private var basis: (vectors: Tensor, values: Tensor)?
  private let alphaBar: [Double]

  /// - Parameters:
  ///   - alphaBar: ᾱ of every step of the original process.
  /// - Throws: ``GaussianPriorError``, ``LinearAlgebraError``.
  public init(
    imageShape: [Int], mean: [Double], covariance: Covariance, alphaBar: [Double]
  ) throws {
    let size = imageShape.reduce(1, *)
    guard mean.count == size else {
      throw GaussianPriorError.meanSize(expected: size, found: mean.count)
    }
    self.imageShape = imageShape
    self.mean = mean
    self.covariance = covariance
    self.alphaBar = alphaBar
    meanTensor = try Tensor(mean.map { Float($0) }, shape: [1, size])
    guard case .full(let matrix) = covariance else {
      basis = nil
      return
    }
    guard matrix.rows == size, matrix.columns == size else {
      throw GaussianPriorError.covarianceSize(expected: size, found: [matrix.rows, matrix.columns])
    }
    if let (row, column) = matrix.firstNotFinite {
      throw GaussianPriorError.notFinite(row: row, column: column, value: matrix[row, column])
    }
    if let (row, column) = matrix.firstAsymmetry {
      throw GaussianPriorError.notSymmetric(row: row, column: column)
    }
    let eigen = try SymmetricEigen(matrix)
    guard eigen.values[0] > -1e-9 * max(1, eigen.values[size - 1]) else {
      throw GaussianPriorError.notPositive(eigenvalue: eigen.values[0])
    }
    basis = (
      try Tensor(eigen.vectors.elements.map { Float($0) }, shape: [size, size]),
      try Tensor(eigen.values.map { Float(max(0, $0)) }, shape: [1, size])
    )
  }

  /// The same prior with its constants on another device.
  public func moved(to device: Device) throws -> GaussianPrior {
    var copy = self
    copy.meanTensor = try meanTensor.moved(to: device)
    copy.basis = try basis.map {
      (try $0.vectors.moved(to: device), try $0.values.moved(to: device))
    }
    return copy
  }

  /// The covariance as a matrix.
  public var covarianceMatrix: Matrix {
    switch covariance {
    case .full(let matrix): return matrix
    case .isotropic(let std):
      var matrix = Matrix(rows: mean.count, columns: mean.count)
      for i in mean.indices { matrix[i, i] = std * std }
      return matrix
    }
  }

  public func predict(_ x: Tensor, times: [Float]) throws -> ModelOutput {
    let levels = try AlphaBarRows(times, table: alphaBar, device: x.device)
    let flat = try x.reshaped([x.shape[0], -1])
    let centred = try flat - meanTensor * levels.signal
    return ModelOutput(mean: try whitened(centred, levels).reshaped(x.shape))
  }

  /// √(1−ᾱ)·(ᾱΣ + (1−ᾱ)I)⁻¹·v for each row v.
  private func whitened(_ rows: Tensor, _ levels: AlphaBarRows) throws -> Tensor {
    guard let basis else { return try rows * levels.gain(variance: isotropicVariance) }
    let scale = try levels.alphaBar * basis.values + levels.noiseVariance
    let coordinates = try rows.matrixProduct(basis.vectors) * levels.noise / scale
    return try coordinates.matrixProduct(basis.vectors.transposed())
  }

  /// m + Σ(Σ + σ²I)⁻¹(x − m).
  public func denoise(_ x: Tensor, sigma: Double) throws -> Tensor {
    let noise = sigma * sigma
    let centred = try x.reshaped([x.shape[0], -1]) - meanTensor
    guard let basis else {
      let gain = isotropicVariance / (isotropicVariance + noise)
      return try (centred * gain + meanTensor).reshaped(x.shape)
    }
    let gains = try basis.values / (basis.values + noise)
    let kept = try (centred.matrixProduct(basis.vectors) * gains)
      .matrixProduct(basis.vectors.transposed())
    return try (kept + meanTensor).reshaped(x.shape)
  }

  private var isotropicVariance: Double {
    let std = isotropicStd ?? 0
    return std * std
  }

  /// The standard deviation of every value where they are independent and alike.
  var isotropicStd: Double? {
    guard case .isotropic(let std) = covariance else { return nil }
    return std
  }
}

extension Matrix {
  /// The first entry that is infinite or NaN.
  fileprivate var firstNotFinite: (row: Int, column: Int)? {
    elements.firstIndex { !$0.isFinite }.map { ($0 / columns, $0 % columns) }
  }

  /// The first pair of entries that differ by more than rounding to float32 explains.
  fileprivate var firstAsymmetry: (row: Int, column: Int)? {
    let allowed = 1e-5 * elements.reduce(0) { max($0, abs($1)) }
    for row in 0..<rows {
      for column in 0..<row where !(abs(self[row, column] - self[column, row]) <= allowed) {
        return (row, column)
      }
    }
    return nil
  }
}

/// A Gaussian prior whose parts do not fit together.
public enum GaussianPriorError: Error, Sendable, Equatable, CustomStringConvertible {
  case meanSize(expected: Int, found: Int)
  case covarianceSize(expected: Int, found: [Int])
  case notFinite(row: Int, column: Int, value: Double)
  case notSymmetric(row: Int, column: Int)
  case notPositive(eigenvalue: Double)
  case timeOutOfRange(Float, steps: Int)
  case badComponent(index: Int, String)

  public var description: String {
    switch self {
    case .meanSize(let expected, let found):
      "the mean has \(found) values; the image shape needs \(expected)"
    case .covarianceSize(let expected, let found):
      "the covariance is \(found); it must be [\(expected), \(expected)], a row for each value"
    case .notFinite(let row, let column, let value):
      "entry [\(row), \(column)] of the covariance is \(value); all must be finite"
    case .notSymmetric(let row, let column):
      "the covariance is not symmetric: entries [\(row), \(column)] and [\(column), \(row)] differ"
    case .notPositive(let eigenvalue):
      "the covariance has the negative eigenvalue \(eigenvalue); it must have none"
    case .timeOutOfRange(let time, let steps):
      "diffusion time \(time) is not a whole step in 0…\(steps - 1)"
    case .badComponent(let index, let reason):
      "component \(index) of the mixture: \(reason)"
    }
  }
}

/// ᾱ and what follows from it, one row a sample: tensors of shape [B,1].
struct AlphaBarRows {
  private let values: [Double]
  private let device: Device
  let alphaBar: Tensor
  /// √ᾱ.
  let signal: Tensor
  /// √(1−ᾱ).
  let noise: Tensor
  /// 1−ᾱ.
  let noiseVariance: Tensor

  init(_ times: [Float], table: [Double], device: Device) throws {
    values = try times.map { time in
      guard let step = Int(exactly: time), table.indices.contains(step) else {
        throw GaussianPriorError.timeOutOfRange(time, steps: table.count)
      }
      return table[step]
    }
    self.device = device
    alphaBar = try Self.column(values, device) { $0 }
    signal = try Self.column(values, device) { $0.squareRoot() }
    noise = try Self.column(values, device) { (1 - $0).squareRoot() }
    noiseVariance = try Self.column(values, device) { 1 - $0 }
  }

  /// √(1−ᾱ)/(ᾱ·variance + 1−ᾱ), rounded once.
  func gain(variance: Double) throws -> Tensor {
    try Self.column(values, device) { (1 - $0).squareRoot() / ($0 * variance + 1 - $0) }
  }

  private static func column(
    _ values: [Double], _ device: Device, _ transform: (Double) -> Double
  ) throws -> Tensor {
    try Tensor(values.map { Float(transform($0)) }, shape: [values.count, 1]).sent(to: device)
  }
}
