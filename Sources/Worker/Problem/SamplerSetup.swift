import Engine
import RunFiles

extension Configuration.Sampler {
  /// The sampler for one image's problem.
  func engine(
    _ problem: InverseProblem, diffusion: Configuration.Diffusion
  ) throws -> any Sampler {
    switch self {
    case .exact: return ExactSampler(try ExactPosterior(problem))
    case .dps(let settings):
      return DPS(try settings.reverseProcess(diffusion, problem.model), scale: settings.scale)
    }
  }
}

extension Configuration.DPS {
  func reverseProcess(
    _ diffusion: Configuration.Diffusion, _ model: any DiffusionModel
  ) throws -> ReverseProcess {
    let process = try DiffusionProcess(
      schedule: NoiseSchedule(diffusion.schedule), originalStepCount: diffusion.steps,
      respacing: respacing.engine, rescalesTimesteps: diffusion.rescaleTimesteps)
    return ReverseProcess(
      process, meanType: diffusion.meanType.engine,
      varianceType: diffusion.varianceType.engine, rule: self.process.engine,
      clipsDenoised: clipDenoised, dynamicThreshold: dynamicThreshold)
  }
}

extension Configuration.Respacing {
  var engine: Respacing {
    switch self {
    case .sections(let counts): .sections(counts)
    case .strided(let count): .stride(count)
    }
  }
}

extension Configuration.DPS.Process {
  var engine: StepRule {
    switch self {
    case .ddpm: .ddpm
    case .ddim(let eta): .ddim(eta: eta)
    }
  }
}

extension Configuration.Diffusion.MeanType {
  var engine: MeanType {
    switch self {
    case .epsilon: .epsilon
    case .startX: .startX
    case .previousX: .previousX
    }
  }
}

extension Configuration.Diffusion.VarianceType {
  var engine: VarianceType {
    switch self {
    case .learnedRange: .learnedRange
    case .learned: .learned
    case .fixedSmall: .fixedSmall
    case .fixedLarge: .fixedLarge
    }
  }
}
