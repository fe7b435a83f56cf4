import Tensors

/// Parallel-beam tomography: y are the integrals of each channel along straight rays.
///
/// The matrix of ``ParallelBeam`` is laid out once, sparse, and used as it is in both directions: the adjoint is
/// exact. A measurement is [C, angles, detectors].
public struct Tomography: LinearOperator {
  /// Most entries of a matrix, of 16 bytes each.
  static let entryLimit = 5e8

  let geometry: ParallelBeam
  /// What the matrix was divided by: ‖A‖ if it was normalised, else 1.
  public let scale: Double
  private let image: ImageShape
  private let matrix: SparseMatrix

  /// Lays out the matrix for one size of images.
  ///
  /// - Parameter normalized: whether A is divided by its norm, so that ‖A‖ = 1 (to 1e-4, from below).
  /// - Throws: ``TomographyError/nothingSeen`` if all weights are 0.
  public init(_ geometry: ParallelBeam, imageShape: [Int], normalized: Bool = true) throws {
    image = try ImageShape(imageShape)
    let entries = geometry.expectedEntries(height: image.height, width: image.width)
    guard entries <= Self.entryLimit else { throw TomographyError.tooLarge(entries: entries) }
    let matrix = try geometry.matrix(height: image.height, width: image.width)
    guard matrix.rows.entryCount > 0 else { throw TomographyError.nothingSeen }
    let plain = Tomography(
      geometry: geometry, scale: 1, image: try ImageShape([1] + imageShape.dropFirst()),
      matrix: matrix)
    let scale =
      normalized
      ? try plain.operatorNorm(imageShape: plain.image.dimensions, iterations: 60, tolerance: 1e-5)
      : 1
    self.geometry = geometry
    self.scale = scale
    self.matrix = normalized ? try matrix.scaled(by: 1 / scale) : matrix
  }

  private init(geometry: ParallelBeam, scale: Double, image: ImageShape, matrix: SparseMatrix) {
    self.geometry = geometry
    self.scale = scale
    self.image = image
    self.matrix = matrix
  }

  public func measurementShape(ofImage shape: [Int]) throws -> [Int] {
    guard shape == image.dimensions else {
      throw OperatorError.shape(
        operation: "Tomography", wanted: "\(image.dimensions)", found: shape)
    }
    return [image.channels, geometry.angles.count, geometry.detectors]
  }

  public func apply(_ x: Tensor) throws -> Tensor {
    try image.check(x, "Tomography")
    let planes = try x.reshaped([x.shape[0] * image.channels, image.height * image.width])
    return try matrix.apply(planes).reshaped(
      [x.shape[0]] + measurementShape(ofImage: image.dimensions))
  }

  public func adjoint(_ y: Tensor) throws -> Tensor {
    let shape = try measurementShape(ofImage: image.dimensions)
    guard y.rank == 4, Array(y.shape.dropFirst()) == shape else {
      throw OperatorError.shape(
        operation: "The adjoint of tomography", wanted: "[batch] + \(shape)", found: y.shape)
    }
    let rays = try y.reshaped([y.shape[0] * image.channels, matrix.rowCount])
    return try matrix.adjoint(rays).reshaped([y.shape[0]] + image.dimensions)
  }

  /// The matrix stays on the processor.
  public func moved(to device: Device) throws -> Tomography { self }
}

extension ParallelBeam {
  /// About the number of weights: a shadow is at most √2 wide and 4/π on average.
  fileprivate func expectedEntries(height: Int, width: Int) -> Double {
    let seen = min(1 + 4 / Double.pi / spacing, Double(detectors))
    return Double(height * width) * Double(angles.count) * seen
  }

  /// The weights of all pixels as a matrix [rays, pixels].
  fileprivate func matrix(height: Int, width: Int) throws -> SparseMatrix {
    let directions = directions
    var starts: [Int64] = [0]
    var rays: [Int32] = []
    var values: [Float] = []
    for row in 0..<height {
      for column in 0..<width {
        weights(
          x: Double(column) - Double(width - 1) / 2, y: Double(height - 1) / 2 - Double(row),
          directions: directions
        ) { ray, weight in
          rays.append(Int32(ray))
          values.append(Float(weight))
        }
        starts.append(Int64(rays.count))
      }
    }
    let pixels = try SparseRows(
      starts: starts, columns: rays, values: .float(values),
      columnCount: angles.count * detectors)
    return try SparseMatrix(transposed: pixels)
  }
}
