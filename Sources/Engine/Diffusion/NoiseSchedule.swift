import Foundation

/// How the variance added by each step of the forward process grows.
///
/// Source: the linear schedule of Ho et al. 2020, stretched to any number of steps, and the cosine
/// schedule of Nichol and Dhariwal 2021.
public enum NoiseSchedule: String, Sendable, CaseIterable {
  /// β from 10⁻⁴·1000/N to 0.02·1000/N in equal steps.
  case linear
  /// ᾱ follows cos²((t + 0.008)/1.008 · π/2); β is at most 0.999.
  case cosine

  /// The numbers of steps a process may have.
  public static let stepRange = 2...100_000

  /// The variances β₀ … β_{N−1}.
  ///
  /// - Parameter steps: N, the number of steps of the process.
  /// - Returns: N numbers in (0, 1).
  /// - Throws: ``DiffusionError/stepCount(_:)`` if `steps` is outside ``stepRange``, and
  ///   ``DiffusionError/linearScheduleTooShort(_:)`` for a linear schedule of 20 steps or fewer,
  ///   whose last β would be 1 or more.
  public func betas(steps: Int) throws(DiffusionError) -> [Double] {
    guard Self.stepRange.contains(steps) else { throw .stepCount(steps) }
    switch self {
    case .linear: return try Self.linearBetas(steps)
    case .cosine: return Self.cosineBetas(steps)
    }
  }

  private static func linearBetas(_ steps: Int) throws(DiffusionError) -> [Double] {
    let stretch = 1000 / Double(steps)
    let (first, last) = (stretch * 0.0001, stretch * 0.02)
    guard last < 1 else { throw .linearScheduleTooShort(steps) }
    let increment = (last - first) / Double(steps - 1)
    var betas = (0..<steps).map { first + Double($0) * increment }
    betas[steps - 1] = last
    return betas
  }

  private static func cosineBetas(_ steps: Int) -> [Double] {
    func alphaBar(_ step: Int) -> Double {
      let angle = (Double(step) / Double(steps) + 0.008) / 1.008 * Double.pi / 2
      return cos(angle) * cos(angle)
    }
    return (0..<steps).map { min(1 - alphaBar($0 + 1) / alphaBar($0), 0.999) }
  }
}
