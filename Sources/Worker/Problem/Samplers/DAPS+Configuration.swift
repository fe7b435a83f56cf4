import Engine
import RunFiles

extension Configuration.DAPS {
  func engine(_ problem: InverseProblem) throws -> DAPS {
    let levels = annealing.schedule.engine.annealingLevels(
      from: annealing.sigmaMaximum, to: annealing.sigmaMinimum, count: annealing.steps,
      grid: annealing.grid.engine)
    let chain = mcmc.chain
    let closedForm =
      mcmc.transition == .stepwise
      ? nil : try ClosedFormChain(chain, problem.measurementOperator)
    let rate = try mcmc.learningRate ?? chain.settlingRate(problem, levels: levels)
    return try DAPS(
      levels: levels, estimation: ode.engine, chain: chain,
      learningRate: LearningRateDecay(
        initial: rate, minimumRatio: mcmc.minimumRatio, grid: mcmc.learningRateGrid.engine),
      closedForm: closedForm)
  }
}

extension Configuration.DAPS.ODE {
  var engine: DAPS.Estimation {
    let flow = ProbabilityFlow(schedule.engine, solver: solver == .heun ? .heun : .euler)
    return DAPS.Estimation(
      flow, stepCount: steps, sigmaMinimum: sigmaMinimum, grid: grid.engine)
  }
}

extension Configuration.DAPS.Grid {
  var engine: NoiseGrid {
    switch self {
    case .main: .main
    case .legacy: .legacy
    }
  }
}

extension Configuration.DAPS.Schedule {
  var engine: NoiseLevelSchedule {
    switch self {
    case .edm(let power): .edm(power: power)
    case .ve: .ve
    case .vp(let low, let high, let form):
      .vp(.init(minimum: low, maximum: high, form: form == .linear ? .linear : .scaledLinear))
    case .trigflow(let deviation): .trigflow(dataStd: deviation)
    }
  }
}

extension Configuration.DAPS.MCMC {
  var chain: ConditionalChain {
    ConditionalChain(
      algorithm.engine, stepCount: steps, tau: tau, priorScore: priorSolver.engine,
      leastSigma: priorSigmaMinimum, weight: likelihood == .published ? .published : .derived,
      gradientLimit: gradientLimit)
  }
}

extension Configuration.DAPS.MCMC.Algorithm {
  var engine: ConditionalChain.Algorithm {
    switch self {
    case .langevin: .langevin
    case .hmc(let momentum): .hamiltonian(momentum: momentum)
    case .mh: .metropolis
    }
  }
}

extension Configuration.DAPS.MCMC.PriorSolver {
  var engine: ConditionalChain.PriorScore {
    switch self {
    case .gaussian: .gaussian
    case .scoreT: .atNoisy
    case .scoreMin: .atEstimate
    case .exact: .exact
    }
  }
}
