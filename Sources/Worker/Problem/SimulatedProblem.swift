import Engine
import RunFiles
import Tensors

/// Truths and their simulated measurements, for comparisons with a posterior that is known.
public struct SimulatedProblem: Sendable {
  /// The problem of all truths together: row i of its measurement belongs to truth i.
  public let problem: InverseProblem
  private let diffusion: Configuration.Diffusion

  /// Measures every truth.
  ///
  /// - Parameters:
  ///   - configuration: of its sections, operator, noise and diffusion count.
  ///   - truths: C·H·W values each, in [−1, 1].
  ///   - keys: the key of each truth's measurement noise.
  ///   - measurementOperator: in place of the configured one.
  public init(
    _ configuration: Configuration, model: any DiffusionModel, denoiser: any Denoiser,
    truths: [[Float]], keys: [UInt64], measurementOperator: (any LinearOperator)? = nil
  ) throws {
    let (seed, shape) = (configuration.run.seed, model.imageShape)
    let chosen =
      try measurementOperator
      ?? configuration.measurement.operator.engine(
        shape: shape, seed: seed, image: ImageID(name: "simulated"))
    let noise = configuration.measurement.noise.engine
    let measured = try zip(truths, keys).map { truth, key in
      try chosen.restricted(
        noise.added(to: chosen.apply(Tensor(truth, shape: [1] + shape)), seed: seed, image: key))
    }
    problem = InverseProblem(
      model: model, denoiser: denoiser, measurementOperator: chosen,
      measurement: try .concatenated(measured, along: 0), noise: noise)
    diffusion = configuration.prior.diffusion
  }

  private init(_ problem: InverseProblem, _ diffusion: Configuration.Diffusion) {
    self.problem = problem
    self.diffusion = diffusion
  }

  /// The problem of one of the truths.
  public func row(_ index: Int) throws -> SimulatedProblem { try rows(index..<index + 1) }

  /// The problem of some of the truths.
  public func rows(_ range: Range<Int>) throws -> SimulatedProblem {
    try measuring(problem.measurement.sliced(range, along: 0))
  }

  /// The same problem with each measurement `count` times in a row, one for each sample.
  public func repeated(_ count: Int) throws -> SimulatedProblem {
    let rows = (0..<problem.measurement.shape[0]).flatMap { Array(repeating: $0, count: count) }
    return try measuring(problem.measurement.rows(rows))
  }

  private func measuring(_ y: Tensor) -> SimulatedProblem {
    SimulatedProblem(
      InverseProblem(
        model: problem.model, denoiser: problem.denoiser,
        measurementOperator: problem.measurementOperator, measurement: y, noise: problem.noise),
      diffusion)
  }

  /// The sampler a configuration describes.
  public func sampler(_ configuration: Configuration) throws -> any Sampler {
    try configuration.sampler.engine(problem, diffusion: diffusion)
  }
}
