import Foundation

/// An upper bound of the mean of independent losses in [0, 1], by betting (Waudby-Smith and Ramdas 2023; as used
/// for risk-controlling prediction sets, Bates et al. 2021, Proposition 5).
///
/// A gambler who bets against "the mean is at least R" gets rich with a probability of at most δ if it is.
struct RiskBound {
  /// δ, the probability of a wrong bound.
  let delta: Double
  private let losses: [Double]
  private let bets: [Double]

  /// - Parameter losses: in an order that does not depend on them.
  init(losses: [Double], delta: Double) {
    self.delta = delta
    self.losses = losses
    bets = Self.bets(losses, delta)
  }

  /// Whether the mean is below `risk`, wrong with a probability of at most δ.
  func isBelow(_ risk: Double) -> Bool {
    var wealth = 0.0
    for (loss, bet) in zip(losses, bets) {
      wealth += log1p(-bet * (loss - risk))
      if wealth > -log(delta) { return true }
    }
    return false
  }

  /// The smallest mean that is bounded so, to 1e-6; 1 if none is.
  var bound: Double {
    guard isBelow(1) else { return 1 }
    var (low, high) = (0.0, 1.0)
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if isBelow(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// Each bet is placed before its loss is seen: it follows from the losses before.
  private static func bets(_ losses: [Double], _ delta: Double) -> [Double] {
    var (sum, squares) = (0.5, 0.25)
    var variance = 0.25
    return losses.enumerated().map { index, loss in
      let bet = min(1, (2 * log(1 / delta) / (Double(losses.count) * variance)).squareRoot())
      sum += loss
      let mean = sum / Double(index + 2)
      squares += (loss - mean) * (loss - mean)
      variance = squares / Double(index + 2)
      return bet
    }
  }
}
