/// The posterior's own draws, spoilt in a way seen in published code; a comparison must notice.
enum BrokenSampler: String, Sendable, CaseIterable {
  case lessVariance = "variance × 0.8"
  case shiftedMean = "mean shifted by 0.2 standard deviations"
  case startCounted = "start point counted as a sample"
  case failureAveraged = "a failed sample averaged in as zeros"

  /// Spoils exact draws.
  ///
  /// - Parameter key: of the start point, which is standard normal as that of diffusion samplers.
  func spoilt(_ draws: [Float], _ posterior: any KnownPosterior, key: UInt64) -> [Float] {
    let size = posterior.mean.count
    var result = draws
    switch self {
    case .lessVariance:
      for i in draws.indices {
        let mean = Float(posterior.mean[i % size])
        result[i] = mean + Float(0.8).squareRoot() * (draws[i] - mean)
      }
    case .shiftedMean:
      for i in draws.indices { result[i] += Float(0.2 * posterior.deviation[i % size]) }
    case .startCounted:
      var numbers = RandomNumbers(seed: 0, image: key, sample: 2)
      for i in 0..<size { result[i] = Float(numbers.normal()) }
    case .failureAveraged:
      for i in 0..<size { result[i] = 0 }
    }
    return result
  }
}
