extension Configuration {
  /// Settings of annealed Langevin dynamics after diffusion sampling.
  public struct AnnealedLangevin: Sendable, Equatable {
    /// The paper's algorithm, or what the published code does instead.
    public enum Mode: String, Sendable, CaseIterable {
      /// One chain of measurements, the adjoint, and the noised start kept as a measurement.
      case paper
      /// Independent measurements, the published transpose, and the noised start forgotten.
      case code
    }

    /// Where the dynamics starts.
    public enum Start: Sendable, Equatable {
      /// A sample of the prior (Algorithm 1).
      case prior
      /// The result of a sampler, noised to step `noiseTime` and denoised from there (Algorithm 3); as it is for
      /// step 0.
      case sampler(Sampler, noiseTime: Int)
    }

    /// The noise level at which the prior's score is taken.
    public enum ScoreLevel: Sendable, Equatable {
      /// The finest step of the process, t = 0.
      case finest
      /// This σ, in the [−1, 1] scale.
      case sigma(Double)
    }

    /// The rising variances of the measurements: v₀ = σ², v_j = v_{j−1} + growth · factor · min(v_{j−1}, 1).
    public struct Ladder: Sendable, Equatable {
      /// L; the published 1000 by default.
      public var levels: Int
      /// Above 0; 0.009 as published by default.
      public var factor: Double
      /// At least 0; 1.1 as published by default.
      public var growth: Double

      /// Makes a ladder, the published one by default.
      public init(levels: Int = 1000, factor: Double = 0.009, growth: Double = 1.1) {
        self.levels = levels
        self.factor = factor
        self.growth = growth
      }
    }

    /// The paper's algorithm by default.
    public var mode: Mode
    /// Decides whether the reverse diffusion runs from N(0, I) or from a renoised result.
    public var start: Start
    /// v_0 … v_{L−1}, walked down.
    public var ladder: Ladder
    /// Langevin steps at each level.
    public var stepsPerLevel: Int
    /// h; without effect where `varyingStepSizes` is on.
    public var stepSize: Double
    /// Whether h is the difference of neighbouring variances instead.
    public var varyingStepSizes: Bool
    /// Whether x is clamped to [−1, 1] after every Langevin step.
    public var clamp: Bool
    /// σ of the density whose score the dynamics follows.
    public var scoreLevel: ScoreLevel
    /// Which of the prior's N steps the diffusion takes.
    public var respacing: Respacing
    /// Whether x̂₀ of the diffusion is clamped to [−1, 1].
    public var clipDenoised: Bool

    /// Makes the settings with the published defaults.
    public init(
      mode: Mode = .paper, start: Start, ladder: Ladder = Ladder(), stepsPerLevel: Int = 1,
      stepSize: Double = 1e-5, varyingStepSizes: Bool = false, clamp: Bool = false,
      scoreLevel: ScoreLevel = .finest, respacing: Respacing, clipDenoised: Bool = true
    ) {
      self.mode = mode
      self.start = start
      self.ladder = ladder
      self.stepsPerLevel = stepsPerLevel
      self.stepSize = stepSize
      self.varyingStepSizes = varyingStepSizes
      self.clamp = clamp
      self.scoreLevel = scoreLevel
      self.respacing = respacing
      self.clipDenoised = clipDenoised
    }

    /// Network evaluations of a sample after those of the start.
    public var ownEvaluations: Int { denoisingSteps + ladder.levels * stepsPerLevel }

    private var denoisingSteps: Int {
      guard case .sampler(_, let time) = start else { return respacing.count }
      return time == 0 || mode == .code ? time : time + 1
    }
  }
}
