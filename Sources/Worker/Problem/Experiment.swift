import Engine
import RunFiles
import Statistics
import Tensors

/// Everything a process shares between its workers: configuration, prior and images.
public struct Experiment: Sendable {
  /// Without any `auto` left.
  public private(set) var configuration: ResolvedConfiguration
  /// Loaded once, on the device of the run.
  public private(set) var prior: LoadedPrior
  /// Those that `data.range` selects.
  public let images: ImageFolder
  let device: Device
  /// SHA-256 of each of ``Configuration/inputFiles``, by name.
  public let fileDigests: [String: String]
  /// The operator for each image.
  public let operators: OperatorSource
  /// The quantities of `statistics.derived`.
  public let derived: [ScalarQuantity]
  /// Those that networks compute.
  public let networkQuantities: [NetworkQuantity]

  /// Loads the prior and lists the images.
  ///
  /// - Throws: an error that names the file and what is wrong with it.
  public init(_ configuration: ResolvedConfiguration, device: Device) throws {
    self.configuration = configuration
    self.device = device
    images = try configuration.configuration.data.imageFolder()
    fileDigests = try configuration.configuration.digestsOfFiles()
    prior = try LoadedPrior(
      configuration.configuration.prior, precision: NetworkPrecision(configuration.precision),
      device: device)
    operators = OperatorSource(
      configuration.configuration, shape: prior.imageShape, device: device)
    let statistics = configuration.configuration.statistics
    derived = try statistics.scalarQuantities(shape: prior.imageShape)
    networkQuantities = try statistics.networkQuantities(shape: prior.imageShape, device: device)
  }

  /// ``ResolvedConfiguration/workHash(priorDigest:files:)`` of this experiment.
  public var workHash: String {
    configuration.workHash(priorDigest: prior.digest, files: fileDigests)
  }
}

extension Experiment {
  /// The same experiment without the recording of what the sampler passes through.
  var unrecorded: Experiment {
    var copy = self
    copy.configuration = configuration.unrecorded
    return copy
  }

  /// The same experiment with another network, for measurements of all that is not the network.
  package func replacingNetwork(with network: any DiffusionModel) throws -> Experiment {
    var copy = self
    copy.prior = try prior.replacingNetwork(with: network)
    return copy
  }

  /// The same experiment in units of another shape; nothing is loaded again.
  public func reshaped(_ shape: UnitShape) -> Experiment {
    var copy = self
    copy.configuration = configuration.reshaped(shape)
    return copy
  }

  /// ``ResolvedConfiguration/problemHash(priorDigest:files:)`` of this experiment.
  public var problemHash: String {
    configuration.problemHash(priorDigest: prior.digest, files: fileDigests)
  }
}

// MARK: - Inputs

extension Configuration {
  fileprivate func digestsOfFiles() throws -> [String: String] {
    var digests: [String: String] = [:]
    for file in inputFiles { digests[file.path] = try SHA256.hex(ofFile: file.path) }
    return digests
  }
}

extension Configuration.Data {
  /// The images or measurements asked for, listed.
  ///
  /// - Throws: `FileError` or `ImageError`, also if there are truths, but not of all measurements.
  public func imageFolder() throws -> ImageFolder {
    let folder = try folder(range)
    try folder.checkResults()
    if case .measurements(_, let truths?, _) = source { try folder.checkTruths(in: truths) }
    return folder
  }

  /// All images or measurements of the folder, asked for or not.
  public func wholeFolder() throws -> ImageFolder { try folder(nil) }

  private func folder(_ selection: IndexSelection?) throws -> ImageFolder {
    switch source {
    case .images(let folder):
      try ImageFolder(path: folder, selection: selection, content: .images)
    case .measurements(let folder, nil, _):
      try ImageFolder(path: folder, selection: selection, content: .measurements)
    case .measurements(let folder, let truths?, _):
      try ImageFolder(path: folder, selection: selection, content: .measurements)
        .withTruths(in: truths)
    }
  }
}

extension Experiment {
  /// Sets the sampler up for the first image, unless that is work: of `exact` the needs are checked.
  ///
  /// - Throws: ``SamplerError`` or ``ExactPosteriorError`` if it does not go with the prior, the operator or the
  ///   noise, ``UnfitModule`` for a module that lacks the gradient it needs.
  public func checkSampler() throws {
    guard let first = images.images.first else { return }
    if case .exact = configuration.configuration.sampler {
      try ExactPosterior.check(InverseProblem(scene(of: first.id), in: self))
      return
    }
    let made = try ImageProblem(first.id, in: self)
    try made.sampler.check(made.problem)
  }
}

extension Experiment {
  /// ‖A‖ of the first image's operator to about three digits, by power iteration; nil for one that
  /// is not linear.
  public func operatorNorm() throws -> Double? {
    guard let first = images.images.first else { return nil }
    return try (scene(of: first.id).measurementOperator as? any LinearOperator)?
      .operatorNorm(imageShape: prior.imageShape, iterations: 100, tolerance: 1e-5)
  }

  private func scene(of image: ImageID) throws -> Scene {
    try Scene(
      image, operators: operators, configuration: configuration.configuration, images: images)
  }
}

/// An experiment that does not fit together.
public enum ExperimentError: BadInput, Sendable {
  case unknownImage(ImageID)
  /// The measurement is not what the operator gives for an image of the prior's size.
  case measurementShape(path: String, found: [Int], expected: [Int])

  public var description: String {
    switch self {
    case .unknownImage(let image): "there is no image \(image.name) in the data folder"
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
