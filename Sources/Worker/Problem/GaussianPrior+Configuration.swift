import Engine
import Foundation
import LinearAlgebra
import RunFiles

/// An `.npy` file of a prior whose shape does not fit it.
public struct PriorFileError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let found: [Int]
  public let expected: String

  public var description: String { "\(path): the array is \(found); it must be \(expected)" }
}

extension GaussianPrior {
  init(_ configured: Configuration.Gaussian, alphaBar: [Double]) throws {
    try self.init(
      imageShape: configured.shape, mean: configured.mean.values(shape: configured.shape),
      covariance: configured.covariance.engine(shape: configured.shape), alphaBar: alphaBar)
  }
}

extension GaussianMixturePrior {
  init(_ configured: Configuration.GaussianMixture, alphaBar: [Double]) throws {
    let components = try configured.components.map {
      Component(
        weight: $0.weight, mean: try $0.mean.values(shape: configured.shape),
        std: $0.standardDeviation)
    }
    try self.init(imageShape: configured.shape, components: components, alphaBar: alphaBar)
  }
}

extension Configuration.MeanImage {
  /// C·H·W values in [−1,1] units.
  func values(shape: [Int]) throws -> [Double] {
    switch self {
    case .constant(let value):
      return [Double](repeating: value, count: shape.reduce(1, *))
    case .file(let path):
      let array = try Npy.read(path: path)
      guard array.shape == shape else {
        throw PriorFileError(path: path, found: array.shape, expected: "\(shape)")
      }
      return array.doubles()
    }
  }
}

extension Configuration.Gaussian.Covariance {
  func engine(shape: [Int]) throws -> GaussianPrior.Covariance {
    let size = shape.reduce(1, *)
    switch self {
    case .white(let std):
      return .isotropic(std: std)
    case .smooth(let std, let length):
      return .full(Self.smooth(std: std, length: length, shape: shape))
    case .file(let path):
      let array = try Npy.read(path: path)
      guard array.shape == [size, size] else {
        throw PriorFileError(
          path: path, found: array.shape, expected: "[\(size), \(size)], a row for each value")
      }
      return .full(Matrix(rows: size, columns: size, elements: array.doubles()))
    }
  }

  private static func smooth(std: Double, length: Double, shape: [Int]) -> Matrix {
    let (width, plane) = (shape[2], shape[1] * shape[2])
    let size = shape.reduce(1, *)
    var matrix = Matrix(rows: size, columns: size)
    for i in 0..<size {
      for j in 0..<size where i / plane == j / plane {
        let (a, b) = (i % plane, j % plane)
        let dy = Double(a / width - b / width)
        let dx = Double(a % width - b % width)
        matrix[i, j] = std * std * exp(-(dy * dy + dx * dx) / (2 * length * length))
      }
    }
    return matrix
  }
}
