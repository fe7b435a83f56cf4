extension Configuration {
  /// Settings of decoupled annealing posterior sampling.
  public struct DAPS: Sendable, Equatable {
    /// The two branches of the published code, which lay out grids differently.
    public enum Grid: String, Sendable, CaseIterable {
      /// The present code.
      case main
      /// The branch `legacy`.
      case legacy
    }

    /// How noise levels are spread.
    public enum Schedule: Sendable, Equatable {
      /// Even in σ^(1/power).
      case edm(power: Double)
      /// Geometric.
      case ve
      /// Even in the time of a variance-preserving process.
      case vp(betaMinimum: Double, betaMaximum: Double, form: RateForm)
      /// Even in the angle atan(σ/dataStd).
      case trigflow(dataStandardDeviation: Double)
    }

    /// How the noise rate β of a variance-preserving process rises.
    public enum RateForm: String, Sendable, CaseIterable {
      case linear
      case scaledLinear = "scaled_linear"
    }

    /// The noise levels.
    public struct Annealing: Sendable, Equatable {
      /// Number K of noise levels before 0.
      public var steps: Int
      /// σ_0, where sampling starts, in the [−1, 1] scale.
      public var sigmaMaximum: Double
      /// Where the levels end: with the grid `main` 0 stands in its place, with `legacy` 0 follows it.
      public var sigmaMinimum: Double
      /// How levels are spread between the two.
      public var schedule: Schedule
      /// What becomes of the last level.
      public var grid: Grid

      public init(
        steps: Int = 200, sigmaMaximum: Double = 100, sigmaMinimum: Double = 0.1,
        schedule: Schedule = .edm(power: 7), grid: Grid = .main
      ) {
        self.steps = steps
        self.sigmaMaximum = sigmaMaximum
        self.sigmaMinimum = sigmaMinimum
        self.schedule = schedule
        self.grid = grid
      }
    }

    /// How the clean image is estimated at a noise level.
    public struct ODE: Sendable, Equatable {
      /// The order of a step.
      public enum Solver: String, Sendable, CaseIterable {
        case euler
        case heun
      }

      /// Number n of steps from a noise level down.
      public var steps: Int
      /// Where the ODE ends; with the grid `legacy` a last step leads from there to 0.
      public var sigmaMinimum: Double
      /// How the times of the steps are spread.
      public var schedule: Schedule
      /// Whether a last step leads to 0.
      public var grid: Grid
      /// Euler's steps take one network evaluation, Heun's two, but for a step to 0.
      public var solver: Solver

      public init(
        steps: Int = 5, sigmaMinimum: Double = 0.01, schedule: Schedule = .edm(power: 7),
        grid: Grid = .main, solver: Solver = .euler
      ) {
        self.steps = steps
        self.sigmaMinimum = sigmaMinimum
        self.schedule = schedule
        self.grid = grid
        self.solver = solver
      }

      /// Network evaluations of one estimate; the last step of the grid legacy, to 0, takes one.
      var evaluations: Int {
        switch solver {
        case .euler: steps
        case .heun: grid == .main ? 2 * steps : 2 * steps - 1
        }
      }
    }

    /// σ_0 > … > σ_{K−1}.
    public var annealing: Annealing
    /// Gives x̂₀ from x_t.
    public var ode: ODE
    /// Draws x₀ from x̂₀ and y.
    public var mcmc: MCMC

    public init(annealing: Annealing = Annealing(), ode: ODE = ODE(), mcmc: MCMC) {
      self.annealing = annealing
      self.ode = ode
      self.mcmc = mcmc
    }

    /// Network evaluations a sample takes.
    public var evaluations: Int { annealing.steps * (ode.evaluations + mcmc.evaluations) }
  }
}

extension Configuration.DAPS {
  /// The Markov chain at a noise level.
  public struct MCMC: Sendable, Equatable {
    /// What one step of the chain does.
    public enum Algorithm: Sendable, Equatable {
      case langevin
      /// Damped Hamiltonian dynamics with a momentum from 0 to below 1.
      case hmc(momentum: Double)
      /// Metropolis.
      case mh
    }

    /// What stands for the gradient of log p(x₀ | x_t).
    public enum PriorSolver: String, Sendable, CaseIterable {
      case gaussian
      case scoreT = "score-t"
      case scoreMin = "score-min"
      case exact
    }

    /// How much the data count against τ.
    public enum Likelihood: String, Sendable, CaseIterable {
      /// As the published code has it: twice for langevin and hmc.
      case published
      /// ‖A(x) − y‖²/(2τ²).
      case derived
    }

    /// How the steps of a chain are taken.
    public enum Transition: String, Sendable, CaseIterable {
      /// All in one draw from the law they make, where that is normal and A's singular value decomposition is
      /// known; else one by one.
      case closedForm = "closed_form"
      /// One by one.
      case stepwise
    }

    /// Langevin dynamics by default.
    public var algorithm: Algorithm
    /// Number S of steps at a noise level.
    public var steps: Int
    /// h_0, the step size at the first noise level; nil for one that follows from A and τ.
    public var learningRate: Double?
    /// τ, the standard deviation the data are taken to have, whatever σ_y is.
    public var tau: Double
    /// What h would be at the end of the levels, as a fraction of h_0.
    public var minimumRatio: Double
    /// How the learning rate falls from level to level.
    public var learningRateGrid: Grid
    /// Langevin and Hamiltonian chains take any, Metropolis `gaussian` only.
    public var priorSolver: PriorSolver
    /// Noise level m at which `scoreMin` and `exact` ask the network.
    public var priorSigmaMinimum: Double
    /// With `published`, τ counts as τ/√2 for langevin and hmc.
    public var likelihood: Likelihood
    /// What every value of the data's gradient is limited to, before τ; nil for no limit.
    public var gradientLimit: Double?
    /// Changes the bits of samples, not their law.
    public var transition: Transition

    public init(
      algorithm: Algorithm = .langevin, steps: Int = 100, learningRate: Double? = nil,
      tau: Double = 0.01, minimumRatio: Double = 0.01, learningRateGrid: Grid = .main,
      priorSolver: PriorSolver = .gaussian, priorSigmaMinimum: Double = 0.01,
      likelihood: Likelihood = .published, gradientLimit: Double? = nil,
      transition: Transition = .closedForm
    ) {
      self.algorithm = algorithm
      self.steps = steps
      self.learningRate = learningRate
      self.tau = tau
      self.minimumRatio = minimumRatio
      self.learningRateGrid = learningRateGrid
      self.priorSolver = priorSolver
      self.priorSigmaMinimum = priorSigmaMinimum
      self.likelihood = likelihood
      self.gradientLimit = gradientLimit
      self.transition = transition
    }

    /// Network evaluations of one chain.
    var evaluations: Int {
      switch priorSolver {
      case .gaussian: 0
      case .scoreT, .scoreMin: 1
      case .exact: steps
      }
    }
  }
}
