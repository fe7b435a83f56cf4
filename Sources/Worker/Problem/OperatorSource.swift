import Engine
import RunFiles
import Synchronization
import Tensors

/// The operator of an experiment for each of its images.
///
/// An operator that is the same for every image is made once, when first asked for: files are read and
/// matrices laid out once a process.
public final class OperatorSource: Sendable {
  /// [C,H,W] of the images sought.
  public let shape: [Int]
  /// Where the constants of the operators lie.
  public let device: Device
  private let configured: Configuration.Operator
  private let seed: UInt64
  private let common = Mutex<(any MeasurementOperator)?>(nil)
  private let measured = Mutex<[Bool]?>(nil)

  public init(_ configuration: Configuration, shape: [Int], device: Device = .cpu) {
    configured = configuration.measurement.operator
    seed = configuration.run.seed
    self.shape = shape
    self.device = device
  }

  /// The operator for one image, its constants on the device.
  ///
  /// - Throws: ``OperatorError`` if it does not take such images, or an error of the readers of its files.
  public func measurementOperator(of image: ImageID) throws -> any MeasurementOperator {
    if configured.isDrawnForEachImage { return try make(image) }
    let made = try common.withLock { known in
      if let known { return known }
      let made = try make(image)
      known = made
      return made
    }
    guard let redrawn = made as? any RedrawnOperator else { return made }
    return try redrawn.drawn(seed: seed, image: image.key)
  }

  /// Which values of an image's measurement depend on it; found once if all images share the operator.
  func measuredValues(_ operation: any MeasurementOperator, of image: ImageID) throws -> [Bool] {
    if configured.isDrawnForEachImage {
      return try operation.measuredValues(ofImage: shape, device: device)
    }
    return try measured.withLock { known in
      if let known { return known }
      let found = try operation.measuredValues(ofImage: shape, device: device)
      known = found
      return found
    }
  }

  private func make(_ image: ImageID) throws -> any MeasurementOperator {
    try configured.engine(shape: shape, seed: seed, image: image).moved(to: device)
  }
}

extension Configuration.Operator {
  /// Whether parts of the operator are drawn for each image; then its ``engine(shape:seed:image:)`` depends
  /// on the image.
  var isDrawnForEachImage: Bool {
    switch self {
    case .inpainting(let inpainting): inpainting.isDrawnForEachImage
    case .blur(let blur): blur.isDrawnForEachImage
    case .ud2m(.inpainting): true
    case .superResolution, .gaussianBlur, .phaseRetrieval, .highDynamicRange, .denoising, .general,
      .ud2m:
      false
    }
  }
}

extension Configuration.Inpainting {
  fileprivate var isDrawnForEachImage: Bool {
    if case .file = mask { false } else { !isShared }
  }
}

extension Configuration.Blur {
  fileprivate var isDrawnForEachImage: Bool {
    if case .motion(_, _, let isShared) = kernel { !isShared } else { false }
  }
}
