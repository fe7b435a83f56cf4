import Tensors

extension MeasurementOperator {
  /// Which values of a measurement depend on the image at all.
  ///
  /// Masked pixels, missing frequencies and empty rows of a matrix do not. They are found by applying
  /// the operator to three random images: a value that is the same for all of them measures nothing.
  /// - Parameter shape: [C, H, W] of images.
  /// - Returns: one for each value of a measurement, in its order.
  public func measuredValues(ofImage shape: [Int], device: Device = .cpu) throws -> [Bool] {
    let noise = try PhiloxNoise(seed: 0, image: 0, samples: [0, 1, 2])
    // Small enough that operators which clip at the ends of [−1, 1] hardly ever do.
    let images = try noise.normalTensor(purpose: .probe, step: 0, rowShape: shape) * 0.2
    let values = try apply(images.moved(to: device)).floats()
    let size = values.count / 3
    return (0..<size).map {
      values[$0] != values[$0 + size] || values[$0] != values[$0 + 2 * size]
    }
  }
}
