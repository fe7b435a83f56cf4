import Foundation

/// The χ² law, by the incomplete gamma function.
public enum ChiSquare {
  /// P(χ² ≥ value), the probability that chance alone gives as much.
  ///
  /// - Parameters:
  ///   - value: at least 0; infinity gives 0.
  ///   - degreesOfFreedom: above 0.
  /// - Returns: in 0…1, within 1e-12 of the true value; NaN for arguments out of range.
  public static func upperTail(_ value: Double, degreesOfFreedom: Double) -> Double {
    guard value >= 0, degreesOfFreedom > 0, degreesOfFreedom.isFinite else { return .nan }
    guard value > 0 else { return 1 }
    guard value.isFinite else { return 0 }
    let (a, x) = (degreesOfFreedom / 2, value / 2)
    let tail = x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
    return min(1, max(0, tail))
  }

  /// P(a, x) = x^a·e^(−x)/Γ(a + 1)·Σ x^n/((a + 1)…(a + n)) (DLMF 8.7.1).
  private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var (term, sum, n) = (1.0, 1.0, a)
    while term > sum * 1e-17 {
      n += 1
      term *= x / n
      sum += term
    }
    return sum * front(a, x)
  }

  /// Q(a, x) by the continued fraction of DLMF 8.9.2, evaluated by Lentz's method.
  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = 1 / 1e-300
    var d = 1 / b
    var fraction = d
    var n = 1.0
    while true {
      let numerator = -n * (n - a)
      b += 2
      d = 1 / nonZero(numerator * d + b)
      c = nonZero(b + numerator / c)
      let change = d * c
      fraction *= change
      if abs(change - 1) < 1e-16 || n > 1e7 { break }
      n += 1
    }
    return fraction * a * front(a, x)
  }

  private static func nonZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }

  /// x^a·e^(−x)/Γ(a + 1).
  ///
  /// For large a as exp(−a·(μ − 1 − log μ))/√(2πa) with μ = x/a and Stirling's correction: the
  /// difference of the large logarithms would lose as many digits as a has.
  private static func front(_ a: Double, _ x: Double) -> Double {
    guard a > 30 else { return exp(a * log(x) - x - lgamma(a + 1)) }
    let offset = (x - a) / a
    let exponent = a * (offset - log1p(offset))
    return exp(-exponent - stirling(a)) / (2 * Double.pi * a).squareRoot()
  }

  /// log Γ(a + 1) − (a + ½)·log a + a − ½·log 2π (DLMF 5.11.1).
  private static func stirling(_ a: Double) -> Double {
    let square = 1 / (a * a)
    return (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / a
  }
}
