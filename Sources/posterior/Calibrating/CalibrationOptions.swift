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

  func validate() throws {
    for (name, value) in [("--miss-rate", missRate), ("--delta", delta)] {
      guard value > 0, value < 1 else {
        throw ValidationError("\(name) must be above 0 and below 1.")
      }
    }
  }

  /// Tells what images with truth say, and writes the factors of calibrated intervals.
  ///
  /// - Returns: the text for the terminal.
  func conclude(_ results: WrittenResults, in folder: RunDirectory) throws -> String {
    guard let summary = results.calibration.calibration.summary() else {
      throw Failure(
        "a calibration needs at least two images with truth and two samples of each "
          + "(data.images, not data.measurements)", .badInput)
    }
    let outcome = Result { () throws(ConformalError) in
      try results.calibration.conformal.outcome(missRate: missRate, delta: delta, byStd: byStd)
    }
    let text = CalibrationText(summary).text
    switch outcome {
    case .success(let found): return text + "\n" + (try write(found, summary, folder))
    case .failure(let error): return text + "\nno calibrated intervals: \(error)"
    }
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
