extension Configuration.DAPS.MCMC {
  typealias DAPS = Configuration.DAPS

  enum Name: String, CaseIterable { case langevin, hmc, mh }

  /// The kind of chain, if the block says it; problems are left to the reader of the whole.
  static func readName(_ section: SectionReader) -> Name? {
    let entry = section.entry("algorithm") ?? section.entry("mc_algo")
    return entry.flatMap { try? ValueKind<Name>.choice.read($0.value) }
  }

  static func read(
    _ section: SectionReader?, _ choice: DAPS.Choice, _ sampler: SectionReader
  ) -> Self? {
    guard let section else { return nil }
    let published = choice.task.map { DAPS.published($0, choice.group, branch: choice.branch) }
    let algorithm = readAlgorithm(section, published)
    let rate = section.value("lr", .number(.above(0))) ?? published?.learningRate
    if rate == nil, section.entry("lr") == nil, choice.knowsOperator, algorithm == .mh {
      sampler.missing(
        "mcmc.lr",
        expected: "the variance of the chain's proposals: no published task has this operator")
    }
    var block = Self(algorithm: algorithm, steps: published?.steps ?? 100, learningRate: rate)
    block.minimumRatio = published?.minimumRatio ?? 0.01
    block.learningRateGrid = choice.branch
    block.likelihood = choice.branch == .legacy ? .derived : .published
    block.gradientLimit = choice.isLatent ? 1 : nil
    block.readNumbers(section)
    block.readChoices(section)
    section.finish()
    return block
  }

  private static func readAlgorithm(
    _ section: SectionReader, _ published: DAPS.Published?
  ) -> Algorithm {
    let key = section.entry("mc_algo") == nil ? "algorithm" : "mc_algo"
    if key == "mc_algo", section.entry("algorithm") != nil {
      section.problem("algorithm", .excluding(["mc_algo", "algorithm"]))
    }
    let name =
      section.value(key, ValueKind<Name>.choice)
      ?? (published?.momentum == nil ? .langevin : .hmc)
    let momentum = section.value(
      "momentum",
      ValueKind.number(.atLeast(0)).satisfying("a number from 0 to below 1") { $0 < 1 })
    if momentum != nil, name != .hmc {
      section.notice("momentum", "ignored; it goes with 'algorithm: hmc'")
    }
    switch name {
    case .langevin: return .langevin
    case .hmc: return .hmc(momentum: momentum ?? published?.momentum ?? 0.9)
    case .mh: return .mh
    }
  }

  private mutating func readNumbers(_ section: SectionReader) {
    section.value("num_steps", .integer(1...100_000)).map { steps = $0 }
    section.value("tau", .number(.above(0))).map { tau = $0 }
    section.value("lr_min_ratio", .number(.from(0, to: 1))).map { minimumRatio = $0 }
    section.value("prior_sigma_min", .number(.above(0))).map { priorSigmaMinimum = $0 }
    guard section.entry("gradient_limit") != nil else { return }
    let none = ValueKind<Double?>.choice([("none", nil)])
    section.value("gradient_limit", ValueKind.number(.above(0)).map { $0 }.or(none)).map {
      gradientLimit = $0
    }
  }

  private mutating func readChoices(_ section: SectionReader) {
    section.value("lr_schedule", ValueKind<DAPS.Grid>.choice).map { learningRateGrid = $0 }
    section.value("prior_solver", ValueKind<PriorSolver>.choice).map { priorSolver = $0 }
    section.value("likelihood", ValueKind<Likelihood>.choice).map { likelihood = $0 }
    section.value("transition", ValueKind<Transition>.choice).map { transition = $0 }
    if algorithm == .mh, priorSolver != .gaussian {
      section.problem("prior_solver", .conflict("'algorithm: mh' goes with gaussian only"))
    }
  }

  var yaml: YAMLValue {
    .section(
      algorithm.yaml + (learningRate.map { [("lr", .number($0))] } ?? []) + [
        ("num_steps", .integer(steps)), ("tau", .number(tau)),
        ("lr_min_ratio", .number(minimumRatio)), ("lr_schedule", .choice(learningRateGrid)),
        ("prior_solver", .choice(priorSolver)), ("prior_sigma_min", .number(priorSigmaMinimum)),
        ("likelihood", .choice(likelihood)),
        ("gradient_limit", gradientLimit.map { .number($0) } ?? .word("none")),
        ("transition", .choice(transition)),
      ])
  }
}

extension Configuration.DAPS.MCMC.Algorithm {
  fileprivate typealias Name = Configuration.DAPS.MCMC.Name

  var yaml: [(String, YAMLValue)] {
    switch self {
    case .langevin: [("algorithm", .choice(Name.langevin))]
    case .hmc(let momentum):
      [("algorithm", .choice(Name.hmc)), ("momentum", .number(momentum))]
    case .mh: [("algorithm", .choice(Name.mh))]
    }
  }
}
