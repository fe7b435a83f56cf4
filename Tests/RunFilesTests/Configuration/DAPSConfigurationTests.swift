import Testing

@testable import RunFiles

@Suite struct DAPSConfigurationTests {
  typealias Samples = ConfigurationSamples
  typealias DAPS = Configuration.DAPS

  static let superResolution = "{name: super_resolution, scale_factor: 4}"

  static func text(
    _ sampler: String = "{name: daps}", operator text: String = superResolution
  ) -> String {
    Samples.minimal.replacing("\n  name: dps\n", with: " \(sampler)\n")
      .replacing("{name: denoising}", with: text)
  }

  static func daps(
    _ sampler: String = "{name: daps}", operator text: String = superResolution
  ) throws -> DAPS {
    guard case .daps(let settings) = try Samples.load(self.text(sampler, operator: text)).sampler
    else { throw ConfigurationReason.empty }
    return settings
  }

  // MARK: - Defaults

  @Test func theDefaultIsOneThousandEvaluationsOnPixels() throws {
    let settings = try Self.daps()
    #expect(
      settings
        == DAPS(
          annealing: .init(
            steps: 200, sigmaMaximum: 100, sigmaMinimum: 0.1, schedule: .edm(power: 7),
            grid: .main),
          ode: .init(
            steps: 5, sigmaMinimum: 0.01, schedule: .edm(power: 7), grid: .main, solver: .euler),
          mcmc: .init(
            algorithm: .langevin, steps: 100, learningRate: 1e-4, tau: 0.01, minimumRatio: 0.01,
            learningRateGrid: .main, priorSolver: .gaussian, priorSigmaMinimum: 0.01,
            likelihood: .published, gradientLimit: nil)))
    #expect(settings.evaluations == 1000)
    let large = try Self.daps("{name: daps, preset: 4k}")
    #expect(large.annealing.steps == 400 && large.ode.steps == 10 && large.evaluations == 4000)
  }

  static let tasks: [(String, String, DAPS.MCMC.Algorithm, Int, Double, Double)] = [
    (superResolution, "pixel", .langevin, 100, 1e-4, 0.01),
    (superResolution, "pixel_hmc", .hmc(momentum: 0.9), 12, 1.04e-4, 0.012),
    (superResolution, "sd", .hmc(momentum: 0.45), 30, 1e-4, 1),
    ("{name: gaussian_blur, kernel_size: 9, intensity: 3}", "pixel", .langevin, 100, 1e-4, 0.01),
    (
      "{name: gaussian_blur, kernel_size: 9, intensity: 3}", "ldm", .hmc(momentum: 0.95), 35,
      2.7e-6, 0.95
    ),
    (
      "{name: inpainting, mask_type: box, mask_len_range: [3, 9]}", "pixel", .langevin, 100, 5e-5,
      0.01
    ),
    (
      "{name: inpainting, mask_type: random, mask_prob_range: [0.7, 0.71]}", "pixel_hmc",
      .hmc(momentum: 0.8), 11, 3.56e-5, 0.015
    ),
  ]

  @Test(arguments: tasks.indices) func theTaskSetsTheChain(index: Int) throws {
    let (operation, group, algorithm, steps, rate, ratio) = Self.tasks[index]
    let chain = try Self.daps("{name: daps, group: \(group)}", operator: operation).mcmc
    #expect(chain.algorithm == algorithm && chain.steps == steps)
    #expect(chain.learningRate == rate && chain.minimumRatio == ratio)
  }

  /// Every task has all four groups; only langevin has no momentum.
  @Test(arguments: DAPS.Task.allCases) func everyTaskHasEveryGroup(task: DAPS.Task) {
    for group in DAPS.Group.allCases {
      let chain = DAPS.published(task, group, branch: .main)
      #expect((chain.momentum == nil) == (group == .pixel))
      #expect(chain.steps >= 11 && chain.learningRate <= 1.35e-4 && chain.minimumRatio <= 1)
    }
  }

  @Test func theBranchLegacyDiffersInGridsAndLikelihood() throws {
    let settings = try Self.daps("{name: daps, branch: legacy}")
    #expect(settings.annealing.grid == .legacy && settings.ode.grid == .legacy)
    #expect(settings.mcmc.learningRateGrid == .legacy && settings.mcmc.likelihood == .derived)
    #expect(DAPS.published(.nonlinearBlur, .pixel, branch: .legacy).learningRate == 5e-5)
    #expect(DAPS.published(.nonlinearBlur, .pixel, branch: .main).steps == 200)
  }

  @Test func hmcTakesItsOwnColumn() throws {
    let chain = try Self.daps("{name: daps, mcmc: {algorithm: hmc}}").mcmc
    #expect(chain.algorithm == .hmc(momentum: 0.9) && chain.steps == 12)
    let kept = try Self.daps("{name: daps, mcmc: {algorithm: hmc, momentum: 0, lr: 1e-6}}").mcmc
    #expect(kept.algorithm == .hmc(momentum: 0) && kept.learningRate == 1e-6 && kept.steps == 12)
  }

  @Test func anOperatorWithoutPublishedTaskHasNoPublishedStepSize() throws {
    let text = Self.text(operator: "{name: denoising}")
    let written = try Samples.load(text)
    #expect(try Samples.load(written.yaml()) == written)
    #expect(!written.sampler.yaml.leaves().contains { $0.hasPrefix("mcmc.lr=") })
    let proposals = Self.text("{name: daps, mcmc: {algorithm: mh}}", operator: "{name: denoising}")
    #expect(Samples.problem(of: proposals).contains("'mcmc.lr' is missing"))
    let chain = try Self.daps("{name: daps, mcmc: {lr: 5e-5}}", operator: "{name: denoising}").mcmc
    #expect(chain == .init(learningRate: 5e-5))
  }

  @Test func chainsAreTakenAtOnceUnlessAsked() throws {
    #expect(try Self.daps().mcmc.transition == .closedForm)
    let text = Self.text("{name: daps, mcmc: {transition: stepwise}}")
    let written = try Samples.load(text)
    #expect(written.sampler.yaml.leaves().contains("mcmc.transition=stepwise"))
    #expect(try Samples.load(written.yaml()) == written)
    let wrong = Samples.problem(of: text.replacing("stepwise", with: "slow"))
    #expect(wrong.contains("transition"))
    #expect(wrong.contains("closed_form") && wrong.contains("stepwise"))
  }

  @Test func latentsHaveTheirOwnDefaults() throws {
    let settings = try Self.latent("{name: daps}")
    #expect(settings.annealing == .init(steps: 50, sigmaMaximum: 10))
    #expect(settings.ode == .init(steps: 2, sigmaMinimum: 0.001))
    #expect(settings.mcmc.algorithm == .hmc(momentum: 0.86) && settings.mcmc.gradientLimit == 1)
    let free = try Self.latent("{name: daps, preset: 1k, mcmc: {gradient_limit: none}}")
    #expect(free.annealing.steps == 200 && free.mcmc.gradientLimit == nil)
    let written = try Samples.load(Self.latentText("{name: daps}"))
    #expect(try Samples.load(written.yaml()) == written)
    #expect(written.prior.latent == .init(decoder: "decoder.pt"))
    #expect(written.priorShape == nil, "the shape of a latent is not that of an image")
    #expect(written.prior.files.map(\.path) == ["decoder.pt"])
  }

  private static func latentText(_ sampler: String) -> String {
    text(sampler).replacing(
      "kind: guided-diffusion\n  checkpoint: weights.safetensors",
      with: "kind: gaussian\n  shape: [4, 8, 8]\n  covariance: 1\n  latent: {decoder: decoder.pt}")
  }

  private static func latent(_ sampler: String) throws -> DAPS {
    guard case .daps(let settings) = try Samples.load(latentText(sampler)).sampler else {
      throw ConfigurationReason.empty
    }
    return settings
  }

  @Test func latentsHaveNoExactPosterior() {
    let problem = Samples.problem(of: Self.latentText("{name: exact}"))
    #expect(problem.contains("needs a prior of images, not of latents"))
  }

  // MARK: - Published names

  /// The blocks of the published Hydra files, as they are.
  @Test func publishedBlocksLoad() throws {
    let published = try Self.daps(
      """
      {name: daps, latent: false,
          annealing_scheduler_config: {name: edm, num_steps: 200, sigma_max: 100, sigma_min: 0.1,
            timestep: poly-7},
          diffusion_scheduler_config: {name: edm, num_steps: 5, sigma_min: 0.01, sigma_max: 100,
            timestep: poly-7},
          mcmc_sampler_config: {num_steps: 100, lr: 1e-4, tau: 0.01, lr_min_ratio: 0.01,
            prior_solver: gaussian, prior_sigma_min: 1e-2, mc_algo: langevin, momentum: 0.9}}
      """)
    #expect(try published == Self.daps())
    let legacy = try Self.daps(
      """
      {name: daps,
          diffusion_scheduler_config: {name: edm, num_steps: 5, sigma_min: 0.01, sigma_final: 0},
          lgvd_config: {num_steps: 100, lr: 1e-4, tau: 0.01, lr_min_ratio: 0.01}}
      """)
    #expect(try legacy == Self.daps("{name: daps, branch: legacy}"))
  }

  static let written = [
    "{name: daps}", "{name: daps, branch: legacy, preset: 4k}",
    "{name: daps, annealing: {scheduler: ve, num_steps: 7}, ode: {scheduler: vp, beta_min: 0.85, "
      + "beta_max: 12, beta_type: scaled_linear, solver: heun}}",
    "{name: daps, ode: {scheduler: trigflow, sigma_d: 0.5}, annealing: {timestep: 'poly-2.5'}}",
    "{name: daps, mcmc: {algorithm: mh, lr: 0.1, tau: 0.05}}",
    "{name: daps, mcmc: {algorithm: hmc, prior_solver: score-min, prior_sigma_min: 0.02, "
      + "likelihood: derived, lr_schedule: legacy, gradient_limit: 2.5}}",
  ]

  @Test(arguments: written) func settingsComeBack(sampler: String) throws {
    let configuration = try Samples.load(Self.text(sampler))
    let written = configuration.yaml()
    #expect(try Samples.load(written) == configuration, "\(written)")
    #expect(try Samples.load(written).yaml() == written)
  }

  // MARK: - Errors

  static let errors = [
    ("{name: daps, mcmc: {tau: 0}}", "sampler.mcmc.tau"),
    ("{name: daps, mcmc: {momentum: 1, algorithm: hmc}}", "from 0 to below 1"),
    ("{name: daps, mcmc: {algorithm: mh, prior_solver: exact}}", "goes with gaussian only"),
    ("{name: daps, mcmc: {lr: 1e-4}, lgvd_config: {lr: 1e-4}}", "exclude each other"),
    ("{name: daps, annealing: {sigma_min: 0.005}}", "must be above ode.sigma_min (0.01)"),
    ("{name: daps, annealing: {sigma_min: 200}}", "must be below sigma_max"),
    ("{name: daps, annealing: {timestep: log}}", "poly-N with a number N"),
    ("{name: daps, annealing: {scheduler: ve, timestep: poly-7}}", "'scheduler: edm' only"),
    ("{name: daps, ode: {sigma_final: 0}}", "'grid: legacy' only"),
    ("{name: daps, ode: {scheduler: vp, beta_min: 30}}", "must be below beta_max"),
    ("{name: daps, preset: 2k}", "1k, 4k, latent"),
    ("{name: daps, group: pixels}", "did you mean 'pixel'"),
    ("{name: daps, mcmc: {learning_rate: 1}}", "unknown key"),
    ("{name: daps, scale: 1}", "sampler.scale"),
  ]

  @Test(arguments: errors) func whatCannotBeIsToldWithItsKey(sampler: String, told: String) {
    let problem = Samples.problem(of: Self.text(sampler))
    #expect(problem.contains(told), "\(problem)")
  }

  @Test func conditioningBelongsToDPS() {
    let problem = Samples.problem(of: Self.text() + "conditioning: {method: ps}\n")
    #expect(problem.contains("'daps' has no conditioning"))
  }
}
