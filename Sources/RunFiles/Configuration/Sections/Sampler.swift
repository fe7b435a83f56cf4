extension Configuration {
  /// Section `sampler`: how samples of the posterior are drawn.
  public enum Sampler: Sendable, Equatable {
    /// Diffusion posterior sampling (Chung et al., ICLR 2023).
    case dps(DPS)
    /// Exact draws from the closed-form posterior of a Gaussian or mixture prior under a linear operator.
    case exact
  }

  /// Settings of diffusion posterior sampling.
  public struct DPS: Sendable, Equatable {
    /// How a step is pulled towards the measurement.
    public enum Method: String, Sendable, CaseIterable {
      /// x' − scale · ∇‖y − A(x̂₀)‖, the published default.
      case ps
    }

    /// How a reverse step is drawn.
    public enum Process: Sendable, Equatable {
      /// Ancestral sampling.
      case ddpm
      /// DDIM with its η from 0 (no noise) to 1.
      case ddim(eta: Double)
    }

    /// How a step is pulled towards the measurement.
    public var method: Method
    /// Step size of the pull, at least 0.
    public var scale: Double
    /// Which of the prior's N steps are taken.
    public var respacing: Respacing
    /// How a reverse step is drawn.
    public var process: Process
    /// Whether x̂₀ is clamped to [−1, 1].
    public var clipDenoised: Bool
    /// Whether x̂₀ is scaled by a quantile first, as the published code does it.
    public var dynamicThreshold: Bool

    /// Makes the settings with the published defaults.
    public init(
      method: Method = .ps, scale: Double, respacing: Respacing, process: Process = .ddpm,
      clipDenoised: Bool = true, dynamicThreshold: Bool = false
    ) {
      self.method = method
      self.scale = scale
      self.respacing = respacing
      self.process = process
      self.clipDenoised = clipDenoised
      self.dynamicThreshold = dynamicThreshold
    }
  }

  /// Which of the prior's N steps are taken.
  public enum Respacing: Sendable, Equatable {
    /// N split in equal sections, so many steps in each: `[250]`, or `[10, 10, 5]`.
    case sections([Int])
    /// Every i-th step, with the smallest i that gives exactly this many (`ddim25`).
    case strided(Int)

    /// Steps taken.
    public var count: Int {
      switch self {
      case .sections(let counts): counts.reduce(0, +)
      case .strided(let count): count
      }
    }
  }
}
