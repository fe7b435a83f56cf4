import Foundation
import RunFiles
import Statistics

/// The calibrated intervals that a run applies, and what they promise there.
struct CalibratedIntervals {
  let scaling: IntervalScaling
  /// Why the promise does not hold for the run.
  let warnings: [String]
  private let promise: String

  /// The file named by `statistics.calibration`; nil where none is named.
  init?(_ configuration: ResolvedConfiguration, _ directory: RunDirectory) throws {
    guard let path = configuration.configuration.statistics.calibration else { return nil }
    let file = try CalibrationFile.read(path: path)
    scaling = file.scaling
    promise = Self.promise(file, path)
    warnings = try Self.warnings(file, path, configuration, directory)
  }

  /// Sentences for the report: the promise, then what speaks against it.
  var remarks: [String] { [promise] + warnings.map { $0 + "." } }

  private static func promise(_ file: CalibrationFile, _ path: String) -> String {
    let certainty = String(format: "%g", 100 * (1 - file.delta))
    let missed = String(format: "%g", 100 * file.missRate)
    return "The maps lower and upper are intervals calibrated on \(file.images) images (\(path)): "
      + "with probability \(certainty) % over the choice of those, at most \(missed) % of pixels "
      + "are missed, on average over images of the same kind; not in every image, nor in every "
      + "region."
  }

  private static func warnings(
    _ file: CalibrationFile, _ path: String, _ configuration: ResolvedConfiguration,
    _ directory: RunDirectory
  ) throws -> [String] {
    var warnings: [String] = []
    if let problem = try directory.problemHash(), problem != file.problem {
      warnings.append(
        "\(path) was made with another measurement, prior or sampler; its guarantee does "
          + "not hold for the maps `lower` and `upper` of this run")
    }
    let least = configuration.goal.least
    if least < file.samples.lowerBound {
      warnings.append(
        "\(path) was made with \(file.samples.lowerBound) samples an image; with "
          + "\(least) its guarantee does not hold")
    }
    return warnings
  }
}
