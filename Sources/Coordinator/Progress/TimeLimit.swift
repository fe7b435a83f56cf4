/// Compares what a run still needs with the time its job has.
public struct TimeLimit: Sendable {
  private let deadline: Double?
  private var isEnough: Bool?

  /// - Parameter deadline: when the job ends, seconds since 1970; nil if that is not known.
  public init(deadline: Double?) { self.deadline = deadline }

  /// What to tell: once when there is an estimate, and again each time the answer changes.
  ///
  /// - Parameters:
  ///   - remaining: estimated seconds to the end of the run; nil if not known.
  ///   - isBound: whether it may take less, since the number of samples is open.
  ///   - now: seconds since 1970.
  public mutating func remark(remaining: Double?, isBound: Bool = false, now: Double) -> String? {
    guard let deadline, let remaining, remaining > 0 else { return nil }
    let left = max(0, deadline - now)
    // Estimates waver: once it was too little, it is enough only with a tenth to spare.
    let enough = isEnough == false ? remaining <= 0.9 * left : remaining <= left
    guard enough != isEnough else { return nil }
    isEnough = enough
    return Self.text(remaining: remaining, left: left, isBound: isBound)
  }

  /// For example `needs 2 h 10 min, the job ends in 1 h 40 min: it will be requeued or must be
  /// started again`.
  public static func text(remaining: Double, left: Double, isBound: Bool = false) -> String {
    let times =
      "needs \(isBound ? "at most " : "")\(ProgressLine.duration(remaining)), "
      + "the job ends in \(ProgressLine.duration(left)): "
    if remaining <= left { return times + "that is enough" }
    return times + "it \(isBound ? "may" : "will") be requeued or must be started again"
  }
}
