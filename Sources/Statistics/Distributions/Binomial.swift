import Foundation

/// The binomial distribution of `trials` independent tries.
struct Binomial {
  let trials: Int
  let probability: Double

  /// The smallest range of counts that leaves out at most (1 − `coverage`)/2 on either side.
  func range(coverage: Double) -> ClosedRange<Int> {
    let tail = (1 - coverage) / 2
    return lowest(beyond: tail) { mass($0) }...(trials - lowest(beyond: tail) { mass(trials - $0) })
  }

  /// The first place at which the masses before and at it add up to more than `tail`.
  private func lowest(beyond tail: Double, _ mass: (Int) -> Double) -> Int {
    var sum = 0.0
    for count in 0...trials {
      sum += mass(count)
      if sum > tail { return count }
    }
    return trials
  }

  private func mass(_ count: Int) -> Double {
    guard probability > 0, probability < 1 else {
      return count == (probability > 0 ? trials : 0) ? 1 : 0
    }
    let (n, k) = (Double(trials), Double(count))
    let ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(probability) + (n - k) * log1p(-probability))
  }
}
