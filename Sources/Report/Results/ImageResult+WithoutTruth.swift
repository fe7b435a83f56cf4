import RunFiles
import Statistics

extension ImageResult {
  /// The most kept samples that are looked at for modes, which bounds the time an image takes.
  static let mostModeSamples = 32

  /// Whether the samples explain the measurement; nil where that cannot be asked.
  func dataCheck(_ records: [SampleRecord]) -> PosteriorPredictiveCheck? {
    scene.measured.flatMap { measured in
      PosteriorPredictiveCheck(
        discrepancies: measured.discrepancies(records.compactMap(\.residual)),
        measurements: measured.measured)
    }
  }

  /// The modes of the first kept samples; nil where there are too few to tell.
  func modes() throws -> SampleModes? {
    let kept = part.kept.sorted { $0.key < $1.key }.prefix(Self.mostModeSamples)
    guard kept.count >= SampleModes.leastSamples else { return nil }
    return try SampleModes(kept.flatMap(\.value), shape: [kept.count] + part.shape)
  }

  /// The answers that the first kept samples fall into; nil where that cannot be asked.
  func answers() throws -> SampleAnswers? {
    guard let measured = scene.measured, let discrepancy = scene.discrepancy, part.kept.count > 1
    else { return nil }
    return try SampleAnswers(
      part.kept.sorted { $0.key < $1.key }.map(\.value), measurements: measured.measured,
      discrepancy: discrepancy)
  }
}
