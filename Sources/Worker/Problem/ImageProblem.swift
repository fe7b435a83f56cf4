import Engine
import RunFiles
import Tensors

/// The inverse problem of one image, ready to sample.
public struct ImageProblem: Sendable {
  public let image: ImageID
  /// [C,H,W] of the image sought.
  public let shape: [Int]
  /// The true image in image units [0,1]; `nil` for real measurements.
  public let truth: [Float]?
  public let problem: InverseProblem
  public let sampler: any Sampler
  /// What the reader of the file had to say, such as a dropped alpha channel.
  public let notices: [String]

  /// Reads the image, simulates or reads its measurement, and sets up the sampler.
  public init(_ image: ImageID, in experiment: Experiment) throws {
    let configuration = experiment.configuration.configuration
    let entry = try experiment.entry(image)
    self.image = image
    shape = experiment.prior.model.imageShape
    let operation = try configuration.measurement.operator.engine(
      shape: shape, seed: configuration.run.seed, image: image
    ).moved(to: experiment.device)
    let measured: Tensor
    switch configuration.data.source {
    case .images:
      let loaded = try Self.load(entry, experiment, shape: shape)
      (truth, notices) = (loaded.values, loaded.notices)
      measured = try Self.simulate(loaded.values, shape, operation, experiment, image)
    case .measurements:
      (truth, notices) = (nil, [])
      measured = try Self.read(entry, experiment, operation, shape: shape)
    }
    problem = InverseProblem(
      model: experiment.prior.model, measurementOperator: operation, measurement: measured,
      noiseSigma: configuration.measurement.noise.sigma)
    sampler = try configuration.sampler.engine(problem, diffusion: experiment.prior.diffusion)
  }

  private static func load(
    _ entry: ImageEntry, _ experiment: Experiment, shape: [Int]
  ) throws -> LoadedImage {
    let loaded = try experiment.images.load(entry).matching(channels: shape[0])
    guard loaded.shape == shape else {
      throw ExperimentError.imageShape(path: entry.path, found: loaded.shape, prior: shape)
    }
    return loaded
  }

  private static func simulate(
    _ truth: [Float], _ shape: [Int], _ operation: any LinearOperator, _ experiment: Experiment,
    _ image: ImageID
  ) throws -> Tensor {
    let configuration = experiment.configuration.configuration
    let x = try Tensor(truth.map { 2 * $0 - 1 }, shape: [1] + shape).moved(to: experiment.device)
    let clean = try operation.apply(x)
    let noise = try GaussianNoise(sigma: configuration.measurement.noise.sigma)
    return try noise.added(to: clean, seed: configuration.run.seed, image: image.key)
  }

  private static func read(
    _ entry: ImageEntry, _ experiment: Experiment, _ operation: any LinearOperator, shape: [Int]
  ) throws -> Tensor {
    let stored = try experiment.images.loadRaw(entry)
    let expected = try operation.measurementShape(ofImage: shape)
    guard stored.shape == expected || stored.shape == [1] + expected else {
      throw ExperimentError.measurementShape(
        path: entry.path, found: stored.shape, expected: expected)
    }
    return try Tensor(stored.floats(), shape: [1] + expected).moved(to: experiment.device)
  }

  /// The measurement as it is, [C,H,W].
  public func measurementValues() throws -> (shape: [Int], values: [Float]) {
    (Array(problem.measurement.shape.dropFirst()), try problem.measurement.floats())
  }
}
