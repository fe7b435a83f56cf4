import RunFiles
import Statistics

extension ImageResult {
  /// What the image says about calibration; nil without a truth.
  ///
  /// - Parameter interval: names of the maps that are the ends of the credible interval.
  func calibrationImage(interval: (lower: String, upper: String)?) -> CalibrationImage? {
    guard let truth = scene.truth else { return nil }
    return CalibrationImage(
      key: part.image.key, truth: truth, statistics: part.statistics,
      interval: interval.map { (map($0.lower), map($0.upper)) },
      quantities: truthQuantities.compactMap { name, value in
        part.values(ofQuantity: name).map {
          CalibrationImage.RankedQuantity(name: name, truth: value, samples: $0)
        }
      })
  }

  static func truthQuantities(_ scene: SceneImages, shape: [Int]) -> [(
    name: String, value: Double?
  )] {
    guard let truth = scene.truth, let set = scene.quantities else { return [] }
    return Array(zip(set.names, set.values(of: truth, shape: shape))).map { (name: $0, value: $1) }
  }
}
