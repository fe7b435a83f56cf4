/// The step between outer times.
public enum UD2MDDIM: String, Sendable, CaseIterable {
  /// As published: η·(s_p/s_t)·√β_t with the β of a single step, and a second noise term.
  case published
  /// Song et al. 2021: η·√((1 − ᾱ_p)/(1 − ᾱ_t))·√(1 − ᾱ_t/ᾱ_p), one noise term.
  case textbook

  /// x_p = signal·x0 + direction·ε̂ + first·n₁ + second·n₂.
  public struct Coefficients: Sendable, Equatable {
    let signal: Double
    let direction: Double
    let first: Double
    let second: Double
  }

  /// - Parameters:
  ///   - t: the time of x_t.
  ///   - next: the time p < t stepped to.
  ///   - eta: η, 0 for a deterministic step.
  public func coefficients(
    _ schedule: UD2MSchedule, from t: Int, to next: Int, eta: Double
  ) -> Coefficients {
    let (s, sNext) = (Double(schedule.noise[t]), Double(schedule.noise[next]))
    let step: Double
    switch self {
    case .published: step = Double(schedule.beta[t]).squareRoot()
    case .textbook:
      step = (1 - Double(schedule.alphaBar[t]) / Double(schedule.alphaBar[next])).squareRoot()
    }
    let e = eta * sNext / s * step
    return Coefficients(
      signal: Double(schedule.signal[next]),
      direction: max(0, sNext * sNext - e * e).squareRoot(), first: e,
      second: self == .published ? e * sNext : 0)
  }
}
