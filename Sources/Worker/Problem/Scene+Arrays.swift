import Engine
import RunFiles

extension Scene {
  /// What another program needs to compute with the same measurement, by name.
  ///
  /// * `measurement`: y, [C, H, W] in the scale of the operator, where it was simulated; as `data.measurements`
  ///   takes it.
  /// * `mask` or `kernel` of an operator that has one; as `measurement.operator` takes it from a file.
  public func arrays() throws -> [(name: String, array: StoredArray)] {
    let simulated =
      truth == nil
      ? []
      : [
        (
          "measurement",
          StoredArray(try measurement.floats(), shape: [Int](measurement.shape[1...]))
        )
      ]
    guard let told = (measurementOperator as? any ArrayOperator)?.array else { return simulated }
    return simulated + [(told.name, StoredArray(told.values, shape: told.shape))]
  }
}
