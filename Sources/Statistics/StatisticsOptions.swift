/// What is kept per pixel besides count, sum and sum of squares.
///
/// Sums cost 24 bytes a pixel. Two statistics merge only if their options are equal.
public struct StatisticsOptions: Sendable, Hashable {
  /// Keeps the samples to 8-bit accuracy, for quantiles: one byte a pixel and sample up to
  /// 512 samples, then a table of 256 counts a pixel.
  public var levels: Bool

  /// Keeps the smallest and the largest value: 8 bytes a pixel.
  public var extrema: Bool

  /// Counts the samples below and equal to the truth: 8 bytes a pixel.
  public var truthRank: Bool

  /// Makes a choice; by default only the sums are kept.
  public init(levels: Bool = false, extrema: Bool = false, truthRank: Bool = false) {
    self.levels = levels
    self.extrema = extrema
    self.truthRank = truthRank
  }
}

extension StatisticsOptions: CustomStringConvertible {
  /// The kept statistics as a list, such as `sums, levels, truth rank`.
  public var description: String {
    var kept = ["sums"]
    if levels { kept.append("levels") }
    if extrema { kept.append("extrema") }
    if truthRank { kept.append("truth rank") }
    return kept.joined(separator: ", ")
  }
}
