import RunFiles
import Statistics

/// What is known of an image besides its samples.
public struct SceneImages: Sendable {
  /// The measurement in image units, and its [C,H,W].
  public var measurement: (values: [Float], shape: [Int])?
  /// The truth in image units.
  public var truth: [Float]?
  /// What another program needs to compute with the same measurement; each becomes an `.npy` file of its name.
  public var arrays: [(name: String, array: StoredArray)]
  /// What is computed of every sample; nil where it is not known.
  public var quantities: QuantitySet?
  /// What of the measurement depends on the image; nil where the noise is not Gaussian.
  public var measured: MeasuredData?
  /// T(x) = ‖y − A(x)‖²/σ² over the measured values, of an image in image units; nil where the operator
  /// is linear, as all its answers are one then, or the noise is not Gaussian.
  public var discrepancy: (@Sendable ([Float]) throws -> Double)?

  public init(
    measurement: (values: [Float], shape: [Int])? = nil, truth: [Float]? = nil,
    arrays: [(name: String, array: StoredArray)] = [], quantities: QuantitySet? = nil,
    measured: MeasuredData? = nil,
    discrepancy: (@Sendable ([Float]) throws -> Double)? = nil
  ) {
    self.measured = measured
    self.discrepancy = discrepancy
    self.measurement = measurement
    self.truth = truth
    self.arrays = arrays
    self.quantities = quantities
  }
}
