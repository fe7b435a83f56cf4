import RunFiles
import Statistics

extension ImageResult {
  /// Fewest kept samples whose principal components say something, and the most that are looked at.
  private static let componentSamples = 8...64
  private static let componentCount = 3

  /// The leading modes of joint uncertainty: for each the mean less two standard deviations of the samples along it, up
  /// to the mean and two more; none for too few kept samples.
  func componentStrips() throws -> [PictureStrip] {
    let kept = part.kept.sorted { $0.key < $1.key }.prefix(Self.componentSamples.upperBound)
    guard kept.count >= Self.componentSamples.lowerBound else { return [] }
    let components = try PrincipalComponents(
      kept.flatMap(\.value), shape: [kept.count] + part.shape, count: Self.componentCount)
    return try components.modes.enumerated().map { index, mode in
      let share = NumberText.fixed(100 * mode.explained, decimals: 0)
      return PictureStrip(
        title:
          "principal component \(index + 1), \(share) % of the variance of \(kept.count) samples: "
          + "mean − 2, − 1, 0, + 1, + 2 standard deviations",
        images: try [-2, -1, 0, 1, 2].map { step in
          try FloatImage(
            zip(components.mean, mode.direction).map {
              $0 + Float(step * mode.deviation) * $1
            }, shape: part.shape)
        })
    }
  }
}
