/// The step size of DAPS's Markov chains, which falls evenly from level to level.
public struct LearningRateDecay: Sendable, Equatable {
  /// The step size of the first level.
  public let initial: Double
  /// What it would fall to, as a share of the first.
  public let minimumRatio: Double
  /// Whether the fall takes one level more than there are (`main`), or just as many.
  public let grid: NoiseGrid

  public init(initial: Double, minimumRatio: Double, grid: NoiseGrid = .main) {
    self.initial = initial
    self.minimumRatio = minimumRatio
    self.grid = grid
  }

  /// The step size of level `level` of `count`.
  public func rate(level: Int, of count: Int) -> Double {
    let place = Double(level) / Double(grid == .main ? count + 1 : count)
    return initial * (1 + place * (minimumRatio - 1))
  }
}
