import ArgumentParser
import Foundation
import Report
import RunFiles
import Statistics

/// What calibrated intervals are to promise, and where their factors are written.
struct CalibrationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Share of the pixels of an image that calibrated intervals may miss.", valueName: "share"))
  var missRate = 0.1

  @Option(
    help: ArgumentHelp(
      "Probability, over the choice of these images, that they miss more.",
      valueName: "probability"))
  var delta = 0.1

  @Flag(help: "Find a factor for each of several ranges of the std, in place of one for all.")
  var byStd = false

  @Option(
    help: ArgumentHelp(
      "Where the factors are written, in place of calibration.yaml in the run folder.",
      valueName: "file"))
  var write: String?

  @Option(
    help: ArgumentHelp(
      "TorchScript network whose features the FID of samples and truths is taken of.",
      valueName: "file"))
  var fid: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What black and white are for that network, such as -1:1.", valueName: "black:white"))
  var fidRange = "0:1"

  func validate() throws {
    guard range != nil else {
      throw ValidationError("--fid-range must be two rising numbers, such as 0:1 or -1:1.")
    }
    for (name, value) in [("--miss-rate", missRate), ("--delta", delta)] {
      guard value > 0, value < 1 else {
        throw ValidationError("\(name) must be above 0 and below 1.")
      }
    }
  }

  /// What black and white are for the network of the FID; nil for a text that says no range.
  var range: ClosedRange<Double>? {
    let ends = fidRange.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low < high, high - low < .infinity
    else { return nil }
    return low...high
  }

  /// Tells what images with truth say, and writes the factors of calibrated intervals.
  ///
  /// - Returns: the text for the terminal.
  func conclude(
    _ calibration: RunCalibration, in folder: RunDirectory, console: Console
  ) throws -> String {
    guard let summary = calibration.summary() else { throw Self.tooLittle }
    let outcome = Result { () throws(ConformalError) in
      try calibration.conformal.outcome(missRate: missRate, delta: delta, byStd: byStd)
    }
    let text = try CalibrationText(summary).text + featureDistance(folder, console)
    switch outcome {
    case .success(let found): return text + "\n" + (try write(found, summary, folder))
    case .failure(let error): return text + "\nno calibrated intervals: \(error)"
    }
  }

  private func featureDistance(_ folder: RunDirectory, _ console: Console) throws -> String {
    guard let fid, let range else { return "" }
    return try "\n" + FeatureDistance(network: fid, range: range).text(of: folder, console: console)
  }

  private func write(
    _ outcome: ConformalCalibration.Outcome, _ summary: CalibrationSummary, _ folder: RunDirectory
  ) throws -> String {
    let path = write ?? "\(folder.path)/calibration.yaml"
    let file = CalibrationFile(
      problem: try folder.problemHash() ?? "unknown", missRate: missRate, delta: delta,
      images: summary.images, samples: summary.samples, scaling: outcome.scaling)
    try AtomicFile.write(file.yaml, to: path)
    return CalibrationText.intervals(outcome, missRate: missRate, delta: delta, path: path)
  }
}
