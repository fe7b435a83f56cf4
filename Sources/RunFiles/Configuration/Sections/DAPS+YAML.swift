extension Configuration.DAPS {
  /// What the defaults of all blocks depend on.
  struct Choice {
    var task: Task?
    var branch: Grid
    var preset: Preset
    var group: Group
    var isLatent: Bool
    /// Whether the operator is known; else its own problem is told already.
    var knowsOperator: Bool
  }

  static func read(_ section: SectionReader, _ context: Configuration.Sampler.Context) -> Self? {
    section.ignore("latent", "the prior tells whether it is one of latents: prior.latent")
    let blocks = Blocks(section)
    let choice = readChoice(section, blocks, context)
    let annealing = Annealing.read(blocks.annealing, choice)
    let ode = ODE.read(blocks.ode, choice)
    let mcmc = MCMC.read(blocks.mcmc, choice, section)
    guard let annealing, let ode, let mcmc else { return nil }
    let settings = Self(annealing: annealing, ode: ode, mcmc: mcmc)
    if annealing.sigmaMinimum <= ode.sigmaMinimum {
      section.problem(
        "annealing", .conflict("sigma_min must be above ode.sigma_min (\(ode.sigmaMinimum.short))"))
      return nil
    }
    return settings
  }

  /// The three blocks, under their names here or in the published files.
  private struct Blocks {
    let annealing, ode, mcmc: SectionReader?

    init(_ section: SectionReader) {
      annealing = Self.block(section, ["annealing", "annealing_scheduler_config"])
      ode = Self.block(section, ["ode", "diffusion_scheduler_config"])
      mcmc = Self.block(section, ["mcmc", "mcmc_sampler_config", "lgvd_config"])
    }

    /// The block that is given; an empty one where none is.
    private static func block(_ section: SectionReader, _ names: [String]) -> SectionReader? {
      let given = names.filter { section.entry($0) != nil }
      if given.count > 1 { section.problem(given[1], .excluding(given)) }
      return section.optionalSection(given.first ?? names[0])
    }
  }

  private static func readChoice(
    _ section: SectionReader, _ blocks: Blocks, _ context: Configuration.Sampler.Context
  ) -> Choice {
    let isLegacy = section.entry("mcmc") == nil && section.entry("lgvd_config") != nil
    let branch =
      section.value("branch", ValueKind<Grid>.choice) ?? (isLegacy ? .legacy : .main)
    let preset =
      section.value("preset", ValueKind<Preset>.choice)
      ?? (context.isLatent ? .latent : .oneThousand)
    let usesHMC = blocks.mcmc.flatMap(MCMC.readName) == .hmc
    let group =
      section.value("group", ValueKind<Group>.choice)
      ?? (context.isLatent ? .ldm : usesHMC ? .pixelHMC : .pixel)
    return Choice(
      task: context.operator.flatMap(Task.init), branch: branch, preset: preset, group: group,
      isLatent: context.isLatent, knowsOperator: context.operator != nil)
  }

  var yaml: [(String, YAMLValue)] {
    [("annealing", annealing.yaml), ("ode", ode.yaml), ("mcmc", mcmc.yaml)]
  }
}

// MARK: - Schedules

extension Configuration.DAPS.Annealing {
  typealias DAPS = Configuration.DAPS

  static func read(_ section: SectionReader?, _ choice: DAPS.Choice) -> Self? {
    guard let section else { return nil }
    var block = choice.preset.annealing
    block.grid = choice.branch
    section.value("num_steps", .integer(1...100_000)).map { block.steps = $0 }
    section.value("sigma_max", .number(.above(0))).map { block.sigmaMaximum = $0 }
    section.value("sigma_min", .number(.above(0))).map { block.sigmaMinimum = $0 }
    section.value("grid", ValueKind<DAPS.Grid>.choice).map { block.grid = $0 }
    block.schedule = DAPS.Schedule.read(section)
    if block.sigmaMinimum >= block.sigmaMaximum {
      section.problem("sigma_min", .conflict("must be below sigma_max"))
    }
    section.finish()
    return block
  }

  var yaml: YAMLValue {
    .section(
      [
        ("num_steps", .integer(steps)), ("sigma_max", .number(sigmaMaximum)),
        ("sigma_min", .number(sigmaMinimum)),
      ] + schedule.yaml + [("grid", .choice(grid))])
  }
}

extension Configuration.DAPS.ODE {
  typealias DAPS = Configuration.DAPS

  static func read(_ section: SectionReader?, _ choice: DAPS.Choice) -> Self? {
    guard let section else { return nil }
    var block = choice.preset.ode
    block.grid = choice.branch
    section.value("num_steps", .integer(1...10_000)).map { block.steps = $0 }
    section.value("sigma_min", .number(.above(0))).map { block.sigmaMinimum = $0 }
    section.value("grid", ValueKind<DAPS.Grid>.choice).map { block.grid = $0 }
    section.value("solver", ValueKind<Solver>.choice).map { block.solver = $0 }
    section.ignore("sigma_max", "the ODE starts at the noise level it is used at")
    readFinal(section, block.grid)
    block.schedule = DAPS.Schedule.read(section)
    section.finish()
    return block
  }

  /// The files of the branch legacy say so that their grid ends at 0.
  private static func readFinal(_ section: SectionReader, _ grid: DAPS.Grid) {
    guard let final = section.value("sigma_final", .number(.atLeast(0))) else { return }
    if final != 0 || grid != .legacy {
      section.problem("sigma_final", .conflict("must be 0, with 'grid: legacy' only"))
    }
  }

  var yaml: YAMLValue {
    .section(
      [("num_steps", .integer(steps)), ("sigma_min", .number(sigmaMinimum))] + schedule.yaml
        + [("grid", .choice(grid)), ("solver", .choice(solver))])
  }
}

extension Configuration.DAPS.Schedule {
  private enum Name: String, CaseIterable { case edm, ve, vp, trigflow }

  /// Reads `scheduler` (`name` in the published files) and its parameters.
  static func read(_ section: SectionReader) -> Self {
    let key = section.entry("name") == nil ? "scheduler" : "name"
    if key == "name", section.entry("scheduler") != nil {
      section.problem("scheduler", .excluding(["name", "scheduler"]))
    }
    let name = section.value(key, ValueKind<Name>.choice) ?? .edm
    let power = section.value("timestep", .polynomial)
    if power != nil, name != .edm {
      section.problem("timestep", .conflict("goes with 'scheduler: edm' only"))
    }
    switch name {
    case .edm: return .edm(power: power ?? 7)
    case .ve: return .ve
    case .vp: return readVP(section)
    case .trigflow:
      return .trigflow(dataStandardDeviation: section.value("sigma_d", .number(.above(0))) ?? 1)
    }
  }

  private static func readVP(_ section: SectionReader) -> Self {
    let low = section.value("beta_min", .number(.above(0))) ?? 0.1
    let high = section.value("beta_max", .number(.above(0))) ?? 20
    let form = section.value("beta_type", ValueKind<Configuration.DAPS.RateForm>.choice) ?? .linear
    if low >= high { section.problem("beta_min", .conflict("must be below beta_max")) }
    return .vp(betaMinimum: low, betaMaximum: high, form: form)
  }

  var yaml: [(String, YAMLValue)] {
    switch self {
    case .edm(let power):
      [("scheduler", .choice(Name.edm)), ("timestep", .word("poly-\(power.short)"))]
    case .ve: [("scheduler", .choice(Name.ve))]
    case .vp(let low, let high, let form):
      [
        ("scheduler", .choice(Name.vp)), ("beta_min", .number(low)), ("beta_max", .number(high)),
        ("beta_type", .choice(form)),
      ]
    case .trigflow(let deviation):
      [("scheduler", .choice(Name.trigflow)), ("sigma_d", .number(deviation))]
    }
  }
}

extension ValueKind where Value == Double {
  /// poly-7, with the power of the grid.
  fileprivate static var polynomial: Self {
    Self("poly-N with a number N from 1 to 100, such as poly-7") { node in
      guard case .scalar(let text, _) = node.content, text.hasPrefix("poly-") else { return nil }
      return Numerals.real(String(text.dropFirst(5))).flatMap { (1...100).contains($0) ? $0 : nil }
    }
  }
}
