import Foundation

/// The χ² distribution.
public enum ChiSquare {
  /// P(χ² ≥ `statistic`) for `degreesOfFreedom` degrees of freedom.
  ///
  /// The regularised upper incomplete gamma function Q(k/2, x/2), by its series below x < a + 1 and its
  /// continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
  ///
  /// - Parameters:
  ///   - statistic: at least 0.
  ///   - degreesOfFreedom: above 0.
  public static func upperTail(_ statistic: Double, degreesOfFreedom: Double) -> Double {
    guard statistic > 0 else { return statistic.isNaN ? .nan : 1 }
    guard statistic.isFinite else { return 0 }
    let (a, x) = (degreesOfFreedom / 2, statistic / 2)
    return x < a + 1 ? max(0, 1 - lowerBySeries(a, x)) : upperByFraction(a, x)
  }

  /// xᵃe⁻ˣ/Γ(a).
  private static func factor(_ a: Double, _ x: Double) -> Double { exp(a * log(x) - x - lgamma(a)) }

  private static func lowerBySeries(_ a: Double, _ x: Double) -> Double {
    var term = 1 / a
    var sum = term
    var n = a
    while term > sum * 0x1p-54 {
      n += 1
      term *= x / n
      sum += term
    }
    return sum * factor(a, x)
  }

  /// By Lentz's method; the fraction converges for every x > a + 1.
  private static func upperByFraction(_ a: Double, _ x: Double) -> Double {
    let tiny = Double.leastNormalMagnitude
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var value = d
    var n = 0.0
    var change = 0.0
    repeat {
      n += 1
      let numerator = n * (a - n)
      b += 2
      d = numerator * d + b
      d = 1 / (d.magnitude < tiny ? tiny : d)
      c = b + numerator / c
      c = c.magnitude < tiny ? tiny : c
      change = d * c
      value *= change
    } while (change - 1).magnitude > 0x1p-52 && n < 100_000
    return value * factor(a, x)
  }
}
