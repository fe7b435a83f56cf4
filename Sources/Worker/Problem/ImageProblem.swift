import Engine
import RunFiles
import Statistics
import Tensors

/// The inverse problem of one image, ready to sample.
public struct ImageProblem: Sendable {
  let scene: Scene
  let problem: InverseProblem
  let sampler: any Sampler
  /// What is computed of every sample.
  public let quantities: QuantitySet
  /// What networks compute of every sample.
  public let networkQuantities: [NetworkQuantity]
  private let decoder: (any Decoder)?

  /// Reads the image, simulates or reads its measurement, and sets up the sampler.
  public init(_ image: ImageID, in experiment: Experiment) throws {
    let configuration = experiment.configuration.configuration
    scene = try Scene(
      image, operators: experiment.operators, configuration: configuration,
      images: experiment.images)
    decoder = experiment.prior.decoder
    quantities = scene.quantities(derived: experiment.derived)
    networkQuantities = experiment.networkQuantities
    problem = InverseProblem(scene, in: experiment)
    sampler = try configuration.sampler.engine(
      problem, diffusion: experiment.prior.diffusion, scalars: experiment.prior.scalars)
  }

  /// The images of samples [B,…] of the prior, [B,C,H,W].
  public func images(_ x: Tensor) throws -> Tensor {
    guard let decoder else { return x }
    return try decoder.decode(x)
  }
}

extension InverseProblem {
  /// The problem of a scene under the experiment's prior.
  init(_ scene: Scene, in experiment: Experiment) {
    self.init(
      model: experiment.prior.model, denoiser: experiment.prior.denoiser,
      measurementOperator: experiment.prior.measuring(scene.measurementOperator),
      measurement: scene.measurement,
      noise: experiment.configuration.configuration.measurement.noise.engine)
  }
}
