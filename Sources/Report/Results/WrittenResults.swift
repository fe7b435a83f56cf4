/// What is known after the results of a run are written.
public struct WrittenResults: Sendable {
  /// The figures of all images, by name.
  public let table: MetricsTable
  /// What the images with truth say together.
  public let calibration: RunCalibration
  /// Images whose maps are in the folder, though no sample of them is; by name.
  public let foreignMaps: [String]
}
