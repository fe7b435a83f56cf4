extension Configuration.Statistics {
  static func read(_ section: SectionReader) -> Self {
    var statistics = Self()
    section.value("quantiles", .quantiles).map { statistics.quantiles = $0 }
    section.value("keep_samples", .integer(0...1000)).map { statistics.keepSamples = $0 }
    section.value("save_samples", .flag).map { statistics.saveSamples = $0 }
    section.value("pictures", .flag).map { statistics.pictures = $0 }
    statistics.derived = Configuration.DerivedQuantity.readAll(section)
    statistics.calibration = section.value("calibration", .text(calibrationContent))
    section.finish()
    return statistics
  }

  /// What the file should be.
  static let calibrationContent = "a file that posterior calibrate wrote"

  var yaml: YAMLValue {
    .section(
      [
        ("quantiles", .list(quantiles.map { .number($0) })),
        ("keep_samples", .integer(keepSamples)), ("save_samples", .flag(saveSamples)),
        ("pictures", .flag(pictures)),
      ]
        + (derived.isEmpty ? [] : [("derived", derivedYAML)])
        + (calibration.map { [("calibration", .text($0))] } ?? []))
  }

  var derivedYAML: YAMLValue { .list(derived.map(\.yaml)) }
}

extension ValueKind where Value == [Double] {
  /// Rising levels, or none; their digits name files.
  static var quantiles: Self {
    list(of: .number(.between(0, 1)), count: 0...99)
      .satisfying("levels that rise, from 0.000001 to 0.999999") { levels in
        levels.allSatisfy { 0.000001...0.999999 ~= $0 }
          && zip(levels, levels.dropFirst()).allSatisfy { $0 < $1 }
      }
  }
}
