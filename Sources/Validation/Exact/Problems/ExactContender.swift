/// A sampler with the settings it is compared with.
struct ExactContender: Sendable {
  let name: String
  /// The section `sampler` as YAML in one line; nothing for draws from the posterior itself.
  let settings: String?
  /// Whether its law is the posterior itself, up to Monte Carlo error.
  var isExact: Bool { settings == nil }

  static let exact = ExactContender(name: "exact", settings: nil)

  /// Those of a comparison, for one problem.
  static func all(_ problem: ExactProblem, extent: ExactExtent) -> [ExactContender] {
    guard problem.isForAll || extent == .thorough else { return [exact] }
    if problem.prior.needsChains { return [exact] + sparse }
    if extent == .quick { return [exact, diffusionPosteriorSampling[0], decoupledAnnealing[1]] }
    return [exact] + diffusionPosteriorSampling + decoupledAnnealing + langevin + plugAndPlay
  }

  private static let diffusionPosteriorSampling: [ExactContender] = [
    .init(name: "DPS, 100 steps", settings: "{name: dps, scale: 0.5, steps: 100}"),
    .init(name: "DPS, 1000 steps", settings: "{name: dps, scale: 0.5}"),
    .init(
      name: "DPS, DDIM, 100 steps",
      settings: "{name: dps, scale: 0.5, steps: 100, process: ddim, eta: 0}"),
    .init(name: "ps+", settings: "{name: dps, method: ps+, scale: 0.5, steps: 100}"),
    .init(name: "MCG", settings: "{name: dps, method: mcg, scale: 0.5, steps: 100}"),
    .init(name: "projection", settings: "{name: dps, method: projection, steps: 100}"),
  ]

  /// The step of the chain is below 1/λ, λ = 2/τ² or 1/τ² the curvature of the likelihood.
  private static let decoupledAnnealing: [ExactContender] = [
    .init(
      name: "DAPS, τ = 0.01 as published",
      settings: """
        {name: daps, annealing: {num_steps: 50, sigma_max: 10}, mcmc: {num_steps: 50, \
        algorithm: langevin, lr: 5.0e-5}}
        """),
    .init(
      name: "DAPS, τ = σ",
      settings: """
        {name: daps, annealing: {num_steps: 50, sigma_max: 10}, mcmc: {num_steps: 50, \
        algorithm: langevin, lr: 5.0e-3, tau: 0.1, likelihood: derived, lr_min_ratio: 0.1}}
        """),
  ]

  /// With fewer evaluations, as each is a Gibbs chain. Signals leave [−1, 1]: nothing is clipped.
  private static let sparse: [ExactContender] = [
    .init(
      name: "DPS, 100 steps",
      settings: "{name: dps, scale: 0.5, steps: 100, clip_denoised: false}"),
    .init(
      name: "DAPS, τ = 0.01 as published",
      settings: """
        {name: daps, annealing: {num_steps: 25, sigma_max: 10}, ode: {num_steps: 2}, \
        mcmc: {num_steps: 100, algorithm: langevin, lr: 5.0e-5}}
        """),
    .init(
      name: "DAPS, τ = σ",
      settings: """
        {name: daps, annealing: {num_steps: 25, sigma_max: 10}, ode: {num_steps: 2}, \
        mcmc: {num_steps: 100, algorithm: langevin, lr: 5.0e-3, tau: 0.1, likelihood: derived, \
        lr_min_ratio: 0.1}}
        """),
  ]

  private static let langevin: [ExactContender] = [
    .init(
      name: "annealed Langevin from the prior",
      settings: """
        {name: ald, start: prior, steps: 100, levels: 100, factor: 0.09, steps_per_level: 20, \
        step_size: 1.0e-3, score_level: 0.05}
        """),
    .init(
      name: "annealed Langevin from DPS, as published",
      settings: "{name: ald, start: {name: dps, scale: 0.5, steps: 100}, steps: 100}"),
    .init(
      name: "PnP-ULA",
      settings: "{name: pnp-ula, iterations: 2000, denoiser_sigma: 0.05}"),
    .init(
      name: "LATINO",
      settings: """
        {name: latino, iterations: 300, delta: 0.002, noise_ratio: 2, transport: flow, flow_steps: 4}
        """),
  ]

  private static let plugAndPlay: [ExactContender] = [
    .init(name: "UD2M, not fine-tuned", settings: "{name: ud2m, steps: 3, iterations: 3}"),
    .init(name: "DDNM+", settings: "{name: ddnm, steps: 100}"),
    .init(name: "DiffPIR", settings: "{name: diffpir, steps: 100}"),
  ]
}
