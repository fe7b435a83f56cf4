import Testing

@testable import Engine

/// Against the recursion of one step after the other, in float64.
@Suite struct GaussianTransitionTests {
  /// Mean of d for a force of 1, and the variance of d from the moments of (d, v), step by step.
  static func stepwise(
    _ momentum: Double?, rate h: Double, precision: Double, count: Int
  ) -> (mean: Double, variance: Double) {
    var (d, v) = (0.0, 0.0)
    var (dd, dv, vv) = (0.0, 0.0, momentum == nil ? 0.0 : 1.0)
    for _ in 0..<count {
      guard let momentum else {
        d += h * (1 - precision * d)
        dd = dd * (1 - h * precision) * (1 - h * precision) + 2 * h
        continue
      }
      let root = h.squareRoot()
      v = momentum * v + root * (1 - precision * d)
      d += root * v
      let pull = root * precision
      let cross = momentum * dv - pull * dd
      vv =
        momentum * momentum * vv - 2 * momentum * pull * dv + pull * pull * dd + 2 * (1 - momentum)
      (dd, dv) = (dd + 2 * root * cross + h * vv, cross + root * vv)
    }
    return (d, dd)
  }

  static let counts = [1, 2, 3, 7, 100]
  /// h times the precision: nearly nothing, settled at once, on the edge of what is stable, and beyond.
  static let products = [1e-9, 0.1, 1, 2, 2.02]

  /// Both ways round a few times a step; what is not stable grows the rounding as it does the chain.
  @Test(arguments: [nil, 0, 0.4, 0.95], products)
  func itIsItsStepsOneByOne(momentum: Double?, product: Double) {
    let (rate, precision) = (1e-3, product * 1e3)
    for count in Self.counts {
      let step = GaussianTransition(momentum: momentum, rate: rate, precision: precision)
      let got = step.repeated(count)
      let wanted = Self.stepwise(momentum, rate: rate, precision: precision, count: count)
      let size = abs(wanted.mean) + rate
      #expect(abs(got.response - wanted.mean) < 1e-12 * size, "\(count) steps")
      #expect(abs(got.variance - wanted.variance) < 1e-12 * wanted.variance, "\(count) steps")
    }
  }
}
