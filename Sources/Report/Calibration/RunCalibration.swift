import Statistics

/// What the images of a run that have a truth say together; empty where none has.
public struct RunCalibration: Sendable {
  /// Coverage, ranks and scores.
  public private(set) var calibration = Calibration()
  /// Factors of calibrated intervals.
  public private(set) var conformal = ConformalCalibration()

  mutating func add(_ image: CalibrationImage) {
    calibration.add(image)
    conformal.add(image)
  }
}
