import Engine
import RunFiles

extension Configuration.Sampler {
  /// The sampler for one image's problem.
  ///
  /// - Parameter scalars: what the prior's fine-tuning has for the sampler `ud2m`.
  func engine(
    _ problem: InverseProblem, diffusion: Configuration.Diffusion, scalars: UD2MScalars? = nil
  ) throws -> any Sampler {
    switch self {
    case .exact: return ExactSampler(try ExactPosterior(problem))
    case .dps(let settings): return try settings.engine(diffusion)
    case .annealedLangevin(let settings):
      return try settings.engine(problem, diffusion: diffusion, scalars: scalars)
    case .daps(let settings): return try settings.engine(problem)
    case .ud2m(let settings):
      return try settings.engine(problem, diffusion: diffusion, learned: scalars)
    case .latino(let settings): return try settings.engine(problem)
    case .unconditional(let settings):
      return try settings.engine(problem, diffusion: diffusion)
    case .ddnm(let settings): return try settings.engine(problem, diffusion: diffusion)
    case .diffPIR(let settings): return try settings.engine(problem, diffusion: diffusion)
    case .pnpULA(let settings): return try settings.engine(problem)
    }
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

extension Configuration.Diffusion {
  /// The process with some of its steps kept.
  func process(_ respacing: Configuration.Respacing) throws -> DiffusionProcess {
    try DiffusionProcess(
      schedule: NoiseSchedule(schedule), originalStepCount: steps, respacing: respacing.engine,
      rescalesTimesteps: rescaleTimesteps)
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
