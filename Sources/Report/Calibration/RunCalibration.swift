import Statistics

/// What the images of a run that have a truth say together; empty where none has.
public struct RunCalibration: Sendable {
  private var calibration = Calibration()
  /// Factors of calibrated intervals.
  public private(set) var conformal = ConformalCalibration()

  /// Coverage, ranks and scores; nil for less than two images.
  public func summary() -> CalibrationSummary? { calibration.summary() }

  mutating func add(_ image: CalibrationImage) {
    calibration.add(image)
    conformal.add(image)
  }

  mutating func append(_ other: RunCalibration) {
    calibration.append(other.calibration)
    conformal.append(other.conformal)
  }
}
