import RunFiles
import Statistics

extension ImageResult {
  /// What the image says about calibration; nil without a truth.
  ///
  /// - Parameter interval: names of the maps that are the ends of the credible interval.
  func calibrationImage(interval: (lower: String, upper: String)?) -> CalibrationImage? {
    guard let truth = scene.truth, let quantities = scene.quantities else { return nil }
    let values = quantities.values(of: truth, shape: part.shape)
    return CalibrationImage(
      key: part.image.key, truth: truth, statistics: part.statistics,
      interval: interval.map { (map($0.lower), map($0.upper)) },
      quantities: zip(quantities.names, values).compactMap { name, value in
        part.values(ofQuantity: name).map {
          CalibrationImage.RankedQuantity(name: name, truth: value, samples: $0)
        }
      })
  }
}
