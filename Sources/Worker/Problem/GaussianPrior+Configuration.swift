import Engine
import Foundation
import LinearAlgebra
import RunFiles

extension GaussianPrior {
  init(_ configured: Configuration.Gaussian, alphaBar: [Double]) throws {
    let mean = try configured.mean.values(shape: configured.shape, key: "prior.mean")
    let covariance = try configured.covariance.engine(shape: configured.shape)
    self = try configured.covariance.explaining {
      try GaussianPrior(
        imageShape: configured.shape, mean: mean, covariance: covariance, alphaBar: alphaBar)
    }
  }
}

extension GaussianMixturePrior {
  init(_ configured: Configuration.GaussianMixture, alphaBar: [Double]) throws {
    let components = try configured.components.enumerated().map { index, component in
      Component(
        weight: component.weight,
        mean: try component.mean.values(
          shape: configured.shape, key: "prior.components[\(index)].mean"),
        std: component.standardDeviation)
    }
    try self.init(imageShape: configured.shape, components: components, alphaBar: alphaBar)
  }
}

extension Configuration.MeanImage {
  /// C·H·W values in [−1,1] units.
  ///
  /// - Parameter key: of the file, for errors.
  func values(shape: [Int], key: String) throws -> [Double] {
    switch self {
    case .constant(let value):
      return [Double](repeating: value, count: shape.reduce(1, *))
    case .file(let path):
      let array = try Npy.read(path: path)
      guard array.shape == shape else {
        throw PriorError(key: key, path: path, found: array.shape, expected: "\(shape)")
      }
      let values = array.doubles()
      if let index = values.firstIndex(where: { !Float($0).isFinite }) {
        throw PriorError(
          key: key, path: path,
          text: "value \(index) is \(values[index]); all must be finite 32-bit floats")
      }
      return values
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
        throw PriorError(
          key: Self.key, path: path, found: array.shape,
          expected: "[\(size), \(size)], a row for each value")
      }
      return .full(Matrix(rows: size, columns: size, elements: array.doubles()))
    }
  }

  private static let key = "prior.covariance"

  /// Adds key and file to errors of the engine, which knows neither.
  fileprivate func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as GaussianPriorError {
      if case .file(let path) = self {
        throw PriorError(key: Self.key, path: path, text: error.description)
      }
      throw PriorError(key: Self.key, text: error.description)
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
      // The square of a tiny length is 0, and 0/0 no number.
      matrix[i, i] = std * std
    }
    return matrix
  }
}
