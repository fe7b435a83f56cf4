import RunFiles
import Statistics

extension Configuration.Statistics {
  /// What is added up of the samples of an image.
  ///
  /// - Parameter hasTruth: whether its true image is known.
  public func options(hasTruth: Bool) -> StatisticsOptions {
    StatisticsOptions(levels: !quantiles.isEmpty, extrema: true, truthRank: hasTruth)
  }
}
