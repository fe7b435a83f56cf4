import Statistics

/// What the images of a run that have a truth say together; empty where none has.
public struct RunCalibration: Sendable {
  private var calibration = Calibration()
  /// Factors of calibrated intervals.
  public private(set) var conformal = ConformalCalibration()

  /// Coverage, ranks and scores; nil for less than two images.
  public func summary() -> CalibrationSummary? { calibration.summary() }

  init() {}

  /// What one image says.
  ///
  /// - Parameter interval: names of the two quantile maps that are the ends of the credible interval.
  init(_ result: ImageResult, interval: (lower: String, upper: String)?) {
    guard let image = result.calibrationImage(interval: interval) else { return }
    calibration.add(image)
    conformal.add(image)
  }

  mutating func append(_ other: RunCalibration) {
    calibration.append(other.calibration)
    conformal.append(other.conformal)
  }
}
