import Engine
import RunFiles
import Tensors

extension Configuration.GeneralOperator {
  /// The operator, on the CPU, its files read.
  ///
  /// - Parameter shape: [C,H,W] of the images.
  /// - Throws: ``OperatorFileError`` that names the file, or an error of its reader or of the operator.
  func engine(shape: [Int]) throws -> any MeasurementOperator {
    switch self {
    case .torchScript(let file, let isLinear):
      let plain = try ScriptOperator(ScriptModule(path: file), imageShape: shape)
      return isLinear ? try LinearScriptOperator(plain) : plain
    case .matrix(let file, let measurement):
      return try OperatorFileError.explaining(file) {
        try MatrixOperator(
          .init(path: file), imageShape: shape, measurementShape: measurement)
      }
    case .mri(let mri): return try mri.engine(shape: shape)
    case .ct(let ct):
      return try Tomography(
        ct.geometry(shape: shape), imageShape: shape, normalized: ct.isNormalized)
    case .jpeg(let quality, let gradient):
      let made = try JPEG(quality: quality, gradient: gradient.engine)
      _ = try made.measurementShape(ofImage: shape)
      return made
    case .nonlinearBlur(let blur): return try blur.engine(shape: shape)
    }
  }
}

/// A file that the operator cannot be made from.
public struct OperatorFileError: BadInput, Sendable {
  let path: String
  let text: String

  public var description: String { "\(path): \(text)" }

  /// Adds the name of the file to errors of operators, which know no files.
  static func explaining<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch  where knowsNoFile(error) {
      throw OperatorFileError(path: path, text: "\(error)")
    }
  }

  private static func knowsNoFile(_ error: any Error) -> Bool {
    error is MatrixError || error is OperatorError || error is ConvolutionKernelError
      || error is KernelWizardError || error is WeightMismatch
  }
}

// MARK: - Matrices

extension MatrixOperator.Matrix {
  /// A dense matrix in an .npy file, or a sparse one in an .npz file.
  init(path: String) throws {
    if path.hasSuffix(".npz") {
      self = .sparse(try SparseMatrix(SparseMatrixFile.read(path: path)))
      return
    }
    let stored = try Npy.read(path: path)
    guard stored.shape.count == 2 else { throw MatrixError.notAMatrix(shape: stored.shape) }
    let isDouble = stored.elementType == .f64
    let tensor =
      isDouble
      ? try Tensor(stored.doubles(), shape: stored.shape)
      : try Tensor(stored.floats(), shape: stored.shape)
    // Images are float32, and the matrix is rounded to that.
    guard try tensor.converted(to: .float32).isFinite() else {
      throw OperatorFileError(
        path: path, text: "the matrix has NaN, infinities or numbers beyond float32")
    }
    self = .dense(tensor)
  }
}

extension SparseMatrix {
  fileprivate init(_ file: SparseMatrixFile) throws {
    let values: SparseRows.Values =
      switch file.values {
      case .float(let values): .float(values)
      case .double(let values): .double(values)
      }
    let lines = try SparseRows(
      starts: file.starts, columns: file.indices, values: values,
      columnCount: file.isByColumn ? file.rows : file.columns)
    self = file.isByColumn ? try SparseMatrix(transposed: lines) : try SparseMatrix(lines)
  }
}

// MARK: - Scans

extension Configuration.MRI {
  fileprivate func engine(shape: [Int]) throws -> MRI {
    let (height, width) = (shape[1], shape[2])
    switch mask {
    case .file(let path):
      return try OperatorFileError.explaining(path) {
        let values = try MaskFile.read(path: path, height: height, width: width)
        return try MRI(
          mask: UndersamplingMask(values: values, height: height, width: width),
          centered: isCentered)
      }
    case .cartesian(let acceleration, let fraction, let seed):
      let mask = try UndersamplingMask.cartesian(
        height: height, width: width, acceleration: acceleration, centerFraction: fraction,
        centered: isCentered, seed: seed)
      return try MRI(mask: mask, centered: isCentered)
    }
  }
}

extension Configuration.CT {
  fileprivate func geometry(shape: [Int]) throws -> ParallelBeam {
    let degrees: [Double] =
      switch angles {
      case .count(let count, let first, let last):
        ParallelBeam.equidistant(count, from: first, to: last)
      case .list(let list): list
      }
    let wide = ParallelBeam.detectors(height: shape[1], width: shape[2], spacing: spacing)
    return try ParallelBeam(angles: degrees, detectors: detectors ?? wide, spacing: spacing)
  }
}

// MARK: - JPEG and the blur network

extension Configuration.JPEGGradient {
  fileprivate var engine: JPEG.Gradient {
    switch self {
    case .straightThrough: .straightThrough
    case .identity: .identity
    case .zero: .zero
    }
  }
}

extension Configuration.NonlinearBlur {
  fileprivate func engine(shape: [Int]) throws -> any MeasurementOperator {
    let checkpoint = try Checkpoint(path: weights)
    let network = try OperatorFileError.explaining(weights) {
      try KernelWizard(checkpoint.weights())
    }
    switch kernel {
    case .fixed(let seed): return try NonlinearBlur(network, seed: seed, imageShape: shape)
    case .redrawn: return try RedrawnNonlinearBlur(network, imageShape: shape)
    case .file(let path):
      return try OperatorFileError.explaining(path) {
        let stored = try Npy.read(path: path)
        let code = try Tensor(stored.floats(), shape: stored.shape)
        guard code.rank == 4, code.shape[0] == 1 else {
          throw OperatorFileError(
            path: path, text: "the blur kernel has the shape \(stored.shape), not [1, K, h, w]")
        }
        return try NonlinearBlur(network, code: code, imageShape: shape)
      }
    }
  }
}
