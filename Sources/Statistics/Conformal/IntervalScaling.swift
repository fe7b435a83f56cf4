/// Calibrated intervals mean ± λ·s, clipped to [0, 1], with factors λ found on images with truth.
public struct IntervalScaling: Sendable, Equatable {
  /// s = max(std, this), in image units: half a level of 8-bit images, so that equal samples have an interval.
  public static let stdFloor = 1.0 / 510

  /// The factor for pixels up to a std.
  public struct Group: Sendable, Equatable {
    /// Pixels with a std below this, in image units; infinite for the last group.
    public let stdBelow: Double
    /// λ.
    public let factor: Double

    /// Puts a group together.
    public init(stdBelow: Double, factor: Double) {
      (self.stdBelow, self.factor) = (stdBelow, factor)
    }
  }

  /// The groups by rising std, the last without a limit; one group is one factor for all.
  public let groups: [Group]

  /// Takes groups by rising std; nil unless the last one has no limit and factors are finite and not negative.
  public init?(groups: [Group]) {
    let limits = groups.map(\.stdBelow)
    guard limits.last == .infinity, zip(limits, limits.dropFirst()).allSatisfy({ $0 < $1 }),
      groups.allSatisfy({ $0.factor.isFinite && $0.factor >= 0 })
    else { return nil }
    self.groups = groups
  }

  /// The ends of the intervals of the pixels of an image.
  ///
  /// - Returns: lower and upper ends in [0, 1]; NaN where mean or std is.
  public func interval(mean: [Float], std: [Float]) -> (lower: [Float], upper: [Float]) {
    let reaches = std.map { Float(factor(forStd: Double($0)) * max(Double($0), Self.stdFloor)) }
    let lower = zip(mean, reaches).map { Self.clipped($0 - $1) }
    return (lower, zip(mean, reaches).map { Self.clipped($0 + $1) })
  }

  private func factor(forStd std: Double) -> Double {
    groups.first { std < $0.stdBelow }?.factor ?? .nan
  }

  private static func clipped(_ value: Float) -> Float {
    value < 0 ? 0 : value > 1 ? 1 : value
  }
}
