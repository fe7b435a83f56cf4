extension Configuration {
  /// Block `prior.diffusion`: the noising process whose reversal the prior describes.
  public struct Diffusion: Sendable, Equatable {
    /// How β rises with time.
    public enum Schedule: String, Sendable, CaseIterable {
      case linear
      case cosine
    }

    /// What the network answers with.
    public enum MeanType: String, Sendable, CaseIterable {
      case epsilon
      case startX = "start_x"
      case previousX = "previous_x"
    }

    /// Where the variance of a reverse step comes from.
    public enum VarianceType: String, Sendable, CaseIterable {
      case learnedRange = "learned_range"
      case learned
      case fixedSmall = "fixed_small"
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
