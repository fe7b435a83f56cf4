import RunFiles
import Statistics

/// The images that go with an image's statistics, as far as they are known.
public struct SceneImages: Sendable {
  /// The measurement in image units, and its [C,H,W].
  public var measurement: (values: [Float], shape: [Int])?
  /// The truth in image units.
  public var truth: [Float]?
  /// What is computed of every sample; nil where it is not known.
  public var quantities: QuantitySet?
  /// What of the measurement depends on the image; nil where the noise is not Gaussian.
  public var measured: MeasuredData?

  public init(
    measurement: (values: [Float], shape: [Int])? = nil, truth: [Float]? = nil,
    quantities: QuantitySet? = nil, measured: MeasuredData? = nil
  ) {
    self.measured = measured
    self.measurement = measurement
    self.truth = truth
    self.quantities = quantities
  }
}

/// The maps of one image, computed from its part.
struct ImageResult {
  let part: Part
  let scene: SceneImages
  let maps: [(name: String, values: [Float])]

  /// - Parameters:
  ///   - quantiles: which quantile maps to make, in [0,1].
  ///   - scaling: the factors of calibrated intervals, whose ends become the maps `lower` and `upper`.
  init(
    _ part: Part, scene: SceneImages, quantiles: [Double], scaling: IntervalScaling? = nil
  ) throws {
    self.part = part
    self.scene = scene
    let statistics = part.statistics
    let basic = [
      ("mean", statistics.mean()), ("std", statistics.standardDeviation()),
      ("mcse", statistics.monteCarloError()),
    ]
    let extrema = [("min", statistics.minimum()), ("max", statistics.maximum())].compactMap {
      name, map in
      map.map { (name, $0) }
    }
    let interval = scaling.map { $0.interval(mean: basic[0].1, std: basic[1].1) }
    let calibrated = interval.map { [("lower", $0.lower), ("upper", $0.upper)] } ?? []
    maps =
      try basic + extrema
      + quantiles.map { (Self.name(ofQuantile: $0), try statistics.quantile($0)) } + calibrated
  }

  /// `q05` for 0.05, `q50` for 0.5, `q975` for 0.975.
  static func name(ofQuantile probability: Double) -> String {
    let digits = "\(probability)".dropFirst(2)
    return "q" + (digits.count == 1 ? digits + "0" : digits)
  }

  func map(_ name: String) -> [Float] { maps.first { $0.name == name }?.values ?? [] }

  func image(_ name: String) throws -> FloatImage {
    try FloatImage(map(name), shape: part.shape)
  }

  /// The row of the tables.
  ///
  /// - Parameter interval: names of the two quantile maps whose coverage is counted.
  func metrics(interval: (lower: String, upper: String)?) throws -> ImageMetrics {
    let good = part.records.filter { !$0.hasFailed }
    var row = ImageMetrics(
      image: part.image.name, samples: good.count, failed: part.failedCount,
      samplePSNR: Self.average(good.compactMap(\.psnr)),
      sampleSSIM: Self.average(good.compactMap(\.ssim)),
      standardDeviation: Self.average(map("std").map(Double.init)),
      monteCarloError: Self.average(map("mcse").map(Double.init)),
      evaluations: part.records.reduce(0) { $0 + $1.networkEvaluations },
      seconds: part.records.reduce(0) { $0 + $1.seconds })
    row.dataCheck = dataCheck(good)
    row.modes = try modes()?.modes.count
    guard let truth = scene.truth, !good.isEmpty else { return row }
    row.meanPSNR = try ImageQuality.peakSignalToNoise(map("mean"), truth: truth)
    row.meanSSIM = try ImageQuality.structuralSimilarity(
      map("mean"), truth: truth, shape: part.shape)
    row.coverage = try interval.map {
      try ImageQuality.intervalCoverage(lower: map($0.lower), upper: map($0.upper), truth: truth)
    }
    row.calibratedCoverage = try calibrated.map {
      try ImageQuality.intervalCoverage(lower: $0.lower, upper: $0.upper, truth: truth)
    }
    return row
  }

  /// The ends of the calibrated intervals, where there are any.
  private var calibrated: (lower: [Float], upper: [Float])? {
    let (lower, upper) = (map("lower"), map("upper"))
    return lower.isEmpty ? nil : (lower, upper)
  }

  private static func average(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
