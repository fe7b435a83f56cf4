import Engine
import RunFiles
import Worker

/// A prior whose posterior is known, under a linear operator and Gaussian noise.
enum ExactPrior: Sendable {
  /// One in closed form, its section `prior` as YAML in one line.
  case closedForm(String)
  /// Sparse signals [1, 1, length], whose posterior is drawn by Gibbs chains.
  case levy(IncrementLaw, length: Int)

  /// The section `prior`; for what no configuration knows one of the same shape.
  var yaml: String {
    switch self {
    case .closedForm(let text): text
    case .levy(_, let length):
      "{kind: gaussian-mixture, shape: [1, 1, \(length)], components: [{mean: 0, std: 1}]}"
    }
  }

  /// Whether chains are run for its posterior and its denoiser, which takes time.
  var needsChains: Bool {
    if case .levy = self { true } else { false }
  }
}

/// An ``ExactPrior`` ready to use.
struct LoadedExactPrior: Sendable {
  let model: any DiffusionModel
  let denoiser: any Denoiser
  private let law: IncrementLaw?

  /// - Parameter configuration: holds the prior's section and the diffusion process.
  init(_ prior: ExactPrior, _ configuration: Configuration) throws {
    switch prior {
    case .closedForm:
      let loaded = try LoadedPrior(configuration.prior, precision: .float32, device: .cpu)
      (model, denoiser, law) = (loaded.model, loaded.denoiser, nil)
    case .levy(let law, let length):
      let betas = try NoiseSchedule.linear.betas(steps: 1000)
      let made = LevyPrior(
        law, length: length, alphaBar: try DiffusionTables(betas: betas).alphaBar)
      (model, denoiser, self.law) = (made, made, law)
    }
  }

  /// The truth of number `index`, drawn from the prior.
  func truth(_ index: Int) throws -> [Float] {
    if let levy = model as? LevyPrior {
      var numbers = RandomNumbers(seed: 0, image: UInt64(index), sample: 1)
      return levy.draw(&numbers)
    }
    let noise = try PhiloxNoise(seed: 0, image: UInt64(index), samples: [0])
    let normals = try noise.normal(purpose: .probe, step: 0, rowShape: model.imageShape)
    let choice = try noise.uniform(purpose: .component, step: 0, rowShape: [])
    return try ExactPosterior.priorDraw(
      model, normals: normals.map(Double.init), choice: Double(choice[0])
    ).map { Float($0) }
  }

  /// The posterior of a problem with a single measurement.
  ///
  /// - Parameters:
  ///   - key: tells the random numbers of problems apart.
  ///   - longChain: sweeps of the chain that tells the moments, where they are not known.
  func posterior(
    _ problem: InverseProblem, key: UInt64, longChain: Int
  ) throws -> any KnownPosterior {
    guard let law else { return try ClosedFormPosterior(problem, key: key) }
    return try LevyPosterior(law, problem, key: key, longChain: longChain)
  }
}
