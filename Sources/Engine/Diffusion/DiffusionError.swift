/// Why a diffusion process cannot be set up.
public enum DiffusionError: Error, Equatable, Sendable {
  /// A number of steps outside ``NoiseSchedule/stepRange``.
  case stepCount(Int)
  /// A linear schedule with 20 steps or fewer.
  case linearScheduleTooShort(Int)
  /// Variances that are not all in (0, 1); the index of the first that is not.
  case beta(index: Int, value: Double)
  /// Respacing text that is not a number, a list of numbers or “ddimK”.
  case respacingText(String)
  /// A negative number of steps in a respacing.
  case respacingCount(Int)
  /// A section of the process that is shorter than the number of steps wanted from it.
  case sectionTooShort(section: Int, size: Int, wanted: Int)
  /// A number of steps that no integer stride gives.
  case noStride(steps: Int, wanted: Int)
  /// A respacing that keeps fewer than two steps.
  case tooFewSteps(Int)
}

extension DiffusionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .stepCount(let steps):
      "A diffusion process has 2 to \(NoiseSchedule.stepRange.upperBound) steps, not \(steps)."
    case .linearScheduleTooShort(let steps):
      "A linear schedule needs more than 20 steps, not \(steps): its last variance would reach 1. "
        + "Keep 1000 steps and take fewer of them with a respacing."
    case .beta(let index, let value):
      "The variance of step \(index) is \(value); variances must be between 0 and 1."
    case .respacingText(let text):
      "“\(text)” is no respacing. Write a number of steps (250), one for each section (10,10,5), "
        + "ddim and a number (ddim25), or nothing for all steps."
    case .respacingCount(let count):
      "A respacing cannot keep \(count) steps."
    case .sectionTooShort(let section, let size, let wanted):
      "Section \(section + 1) of the process has \(size) steps; \(wanted) cannot be taken from it."
    case .noStride(let steps, let wanted):
      "No whole stride takes exactly \(wanted) of \(steps) steps. Choose a number that divides "
        + "\(steps), or leave “ddim” away for uneven strides."
    case .tooFewSteps(let count):
      "The respacing keeps \(count) steps; a process needs at least 2."
    }
  }
}
