import Tensors

/// Independent draws from a posterior known in closed form; nothing is approximated.
public struct ExactSampler: Sampler {
  let posterior: ExactPosterior

  public init(_ posterior: ExactPosterior) { self.posterior = posterior }

  public let stepCount = 1

  public func start(_ problem: InverseProblem, noise: any NoiseSource) throws -> SamplerState {
    let shape = [noise.rowCount] + problem.model.imageShape
    let x = try Tensor.full(0, shape: shape, device: problem.measurement.device)
    return SamplerState(x: x, completedSteps: 0, evaluations: 0)
  }

  public func advance(
    _ state: SamplerState, problem: InverseProblem, noise: any NoiseSource
  ) throws -> SamplerState {
    let shape = problem.model.imageShape
    let pixels = shape.reduce(1, *)
    let measurements = posterior.measurement.count
    let normals = try noise.normal(
      purpose: .exact, step: 0, rowShape: [pixels + measurements])
    let choices = try noise.uniform(purpose: .component, step: 0, rowShape: [])
    let rows = try choices.enumerated().flatMap { row, choice in
      let own = normals[(row * (pixels + measurements))...].prefix(pixels + measurements)
      return try draw(own.map(Double.init), pixels: pixels, choice: Double(choice))
    }
    let x = try Tensor(rows, shape: [choices.count] + shape).sent(to: state.x.device)
    return SamplerState(x: x, completedSteps: 1, evaluations: 0)
  }

  private func draw(_ normals: [Double], pixels: Int, choice: Double) throws -> [Float] {
    let component = posterior.components[index(choice)]
    return try component.draw(
      prior: Array(normals.prefix(pixels)), noise: Array(normals.dropFirst(pixels)),
      measurement: posterior.measurement, sigma: posterior.sigma
    ).map { Float($0) }
  }

  private func index(_ choice: Double) -> Int {
    var cumulated = 0.0
    for (index, weight) in posterior.weights.enumerated() {
      cumulated += weight
      if choice < cumulated { return index }
    }
    return posterior.weights.count - 1
  }
}
