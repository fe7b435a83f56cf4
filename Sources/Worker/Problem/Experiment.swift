import Engine
import RunFiles
import Tensors

/// Everything a process shares between its workers: configuration, prior and images.
public struct Experiment: Sendable {
  public let configuration: ResolvedConfiguration
  public let prior: LoadedPrior
  public let images: ImageFolder
  public let device: Device

  /// Loads the prior and lists the images.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(_ configuration: ResolvedConfiguration, device: Device) throws {
    self.configuration = configuration
    self.device = device
    let data = configuration.configuration.data
    images = try ImageFolder(path: data.folder, selection: data.range)
    prior = try LoadedPrior(
      configuration.configuration.prior, precision: NetworkPrecision(configuration.precision),
      device: device)
  }

  /// The image with this identity.
  func entry(_ image: ImageID) throws -> ImageEntry {
    guard let entry = images.entry(image) else { throw ExperimentError.unknownImage(image) }
    return entry
  }
}

/// An experiment that does not fit together.
public enum ExperimentError: Error, Sendable, CustomStringConvertible {
  case unknownImage(ImageID)
  /// The image is not of the size the prior was made for.
  case imageShape(path: String, found: [Int], prior: [Int])
  /// The measurement is not what the operator gives for an image of the prior's size.
  case measurementShape(path: String, found: [Int], expected: [Int])

  public var description: String {
    switch self {
    case .unknownImage(let image): "there is no image \(image.name) in the data folder"
    case .imageShape(let path, let found, let prior):
      "\(path): the image is \(found) [channels, height, width], but the prior draws \(prior); "
        + "resize or crop it, or use a prior of its size"
    case .measurementShape(let path, let found, let expected):
      "\(path): the measurement is \(found); the operator gives \(expected) for the prior's images"
    }
  }
}

extension NetworkPrecision {
  init(_ configured: Configuration.Compute.Precision) {
    switch configured {
    case .float32: self = .float32
    case .bfloat16: self = .bfloat16
    }
  }
}
