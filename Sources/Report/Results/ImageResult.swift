import Foundation
import RunFiles
import Statistics

/// The maps of one image, computed from its part.
struct ImageResult {
  /// The most samples shown as pictures.
  private static let mostSamples = 64

  let part: Part
  let scene: SceneImages
  let maps: [(name: String, values: [Float])]
  /// The scalar quantities of the truth, nil where one has no meaning; none without a truth.
  let truthQuantities: [(name: String, value: Double?)]

  /// - Parameters:
  ///   - quantiles: which quantile maps to make, in [0,1].
  ///   - scaling: the factors of calibrated intervals, whose ends become the maps `lower` and `upper`.
  init(
    _ part: Part, scene: SceneImages, quantiles: [Double], scaling: IntervalScaling? = nil
  ) throws {
    self.part = part
    self.scene = scene
    truthQuantities = Self.truthQuantities(scene, shape: part.shape)
    let statistics = part.statistics
    let basic = [
      ("mean", statistics.mean()), ("std", statistics.standardDeviation()),
      ("mcse", statistics.monteCarloError()),
    ]
    let levels = try quantiles.sorted().map {
      (Self.name(ofQuantile: $0), try statistics.quantile($0))
    }
    let extrema = [("min", statistics.minimum()), ("max", statistics.maximum())]
    let interval = scaling.map { $0.interval(mean: basic[0].1, std: basic[1].1) }
    maps =
      basic + levels + Self.width(levels.map(\.1))
      + extrema.compactMap { name, values in values.map { (name, $0) } }
      + (interval.map { [("lower", $0.lower), ("upper", $0.upper)] } ?? [])
  }

  /// The width of the interval between the outermost quantiles; none of fewer than two.
  private static func width(_ levels: [[Float]]) -> [(String, [Float])] {
    guard levels.count > 1, let lower = levels.first, let upper = levels.last else { return [] }
    return [("width", zip(upper, lower).map { $0 - $1 })]
  }

  /// `q05` for 0.05, `q50` for 0.5, `q975` for 0.975, `q00002` for 0.00002.
  static func name(ofQuantile probability: Double) -> String {
    // As text a Double below 10⁻⁴ has an exponent, a Decimal never.
    let digits = (Decimal(string: "\(probability)") ?? 0).description.dropFirst(2)
    return "q" + (digits.count == 1 ? digits + "0" : digits)
  }

  /// `sample-007` for 7.
  static func name(ofSample index: Int) -> String { String(format: "sample-%03d", index) }

  /// The first of the kept samples.
  var shownSamples: [(index: Int, values: [Float])] {
    part.kept.sorted { $0.key < $1.key }.prefix(Self.mostSamples).map { ($0.key, $0.value) }
  }

  func has(_ name: String) -> Bool { maps.contains { $0.name == name } }

  func map(_ name: String) -> [Float] { maps.first { $0.name == name }?.values ?? [] }

  func image(_ name: String) throws -> FloatImage {
    try FloatImage(map(name), shape: part.shape)
  }

  /// How the values of a map become colours.
  static func kind(of map: String) -> ReportPicture.Kind {
    switch map {
    case "std", "mcse": .std
    case "width": .width
    default: .picture
    }
  }
}

// MARK: - Figures

extension ImageResult {
  /// The row of the tables.
  ///
  /// - Parameter interval: names of the two quantile maps whose coverage is counted.
  func metrics(interval: (lower: String, upper: String)?) throws -> ImageMetrics {
    let good = part.records.filter { !$0.hasFailed }
    var row = ImageMetrics(
      image: part.image.name, samples: good.count, failed: part.failedCount,
      samplePSNR: Self.average(good.compactMap(\.psnr)),
      sampleSSIM: Self.average(good.compactMap(\.ssim)),
      standardDeviation: hasSpread ? Self.average(map("std").map(Double.init)) : nil,
      monteCarloError: hasSpread ? Self.average(map("mcse").map(Double.init)) : nil,
      residual: Self.average(good.compactMap(\.residual)),
      evaluations: part.records.reduce(0) { $0 + $1.networkEvaluations },
      seconds: part.records.reduce(0) { $0 + $1.seconds })
    row.dataCheck = dataCheck(good)
    row.modes = try modes()?.modes.count
    row.answers = try answers()?.groups.count
    guard let truth = scene.truth, !good.isEmpty else { return row }
    row.meanPSNR = try ImageQuality.peakSignalToNoise(map("mean"), truth: truth)
    row.meanSSIM = try ImageQuality.structuralSimilarity(
      map("mean"), truth: truth, shape: part.shape)
    row.coverage = try (hasSpread ? interval : nil).map {
      try ImageQuality.intervalCoverage(lower: map($0.lower), upper: map($0.upper), truth: truth)
    }
    row.calibratedCoverage = try calibrated.map {
      try ImageQuality.intervalCoverage(lower: $0.lower, upper: $0.upper, truth: truth)
    }
    return row
  }

  /// A single sample spans no interval.
  private var hasSpread: Bool { part.statistics.count > 1 }

  /// The ends of the calibrated intervals, where there are any.
  private var calibrated: (lower: [Float], upper: [Float])? {
    has("lower") ? (map("lower"), map("upper")) : nil
  }

  private static func average(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
