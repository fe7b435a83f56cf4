extension Configuration {
  /// Block `prior.diffusion`: the noising process whose reversal the prior describes.
  public struct Diffusion: Sendable, Equatable {
    /// How β rises with time.
    public enum Schedule: String, Sendable, CaseIterable {
      /// From 0.1/N to 20/N in equal steps.
      case linear
      /// So that ᾱ falls as a squared cosine (Nichol and Dhariwal, 2021).
      case cosine
    }

    /// What the network answers with.
    public enum MeanType: String, Sendable, CaseIterable {
      /// The noise in x_t.
      case epsilon
      /// The clean image x₀.
      case startX = "start_x"
      /// The mean of x_{t−1}.
      case previousX = "previous_x"
    }

    /// Where the variance of a reverse step comes from.
    public enum VarianceType: String, Sendable, CaseIterable {
      /// The network places log σ² between the smallest and the largest fixed one.
      case learnedRange = "learned_range"
      /// The network answers with log σ².
      case learned
      /// σ² of q(x_{t−1} | x_t, x₀), the smallest.
      case fixedSmall = "fixed_small"
      /// σ² = β, the largest.
      case fixedLarge = "fixed_large"
    }

    /// How β rises with time.
    public var schedule: Schedule
    /// Steps N of the process the prior was trained on.
    public var steps: Int
    /// What the network answers with.
    public var meanType: MeanType
    /// Where the variance of a reverse step comes from.
    public var varianceType: VarianceType
    /// Whether the network is given t·1000/N instead of t.
    public var rescaleTimesteps: Bool

    /// Makes the block with the published defaults.
    public init(
      schedule: Schedule = .linear, steps: Int = 1000, meanType: MeanType = .epsilon,
      varianceType: VarianceType = .learnedRange, rescaleTimesteps: Bool = false
    ) {
      self.schedule = schedule
      self.steps = steps
      self.meanType = meanType
      self.varianceType = varianceType
      self.rescaleTimesteps = rescaleTimesteps
    }
  }
}
