import Batch
import Engine
import Foundation
import Report
import RunFiles
import Statistics
import Worker

/// Writes the results of one image into a temporary folder, to see what they cost.
///
/// The samples are the truth, or grey, with noise: bytes and time hardly depend on what they show.
struct ImageResultTrial {
  /// So many samples are enough to see what one more costs.
  private static let mostSamples = 64

  private let configuration: Configuration
  private let workHash: String
  private let scene: Scene
  private let quantityNames: [String]

  init(_ loaded: RunSession.Loaded, scene: Scene) {
    configuration = loaded.configuration
    workHash = loaded.workHash
    self.scene = scene
    quantityNames = scene.quantities(derived: loaded.experiment.derived).names
  }

  /// - Returns: seconds the maps took, and the bytes of an image with all its samples.
  func run() throws -> (seconds: Double, disk: DiskUse) {
    let folder = NSTemporaryDirectory() + "/posterior-plan-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let directory = try RunDirectory.openOrCreate(
      at: folder,
      RunDescription(
        workHash: workHash, program: Program.name, configuration: configuration.yaml()))
    let part = try part()
    try directory.commit(part)
    let progress = try directory.scan()
    let images = SceneImages(
      measurement: try? scene.measurementPicture(), truth: scene.truth, arrays: try scene.arrays())
    let writer = ResultWriter(directory, statistics: configuration.statistics) { _ in images }
    let seconds = try ContinuousClock().measure { _ = try writer.write(progress, facts: [:]) }
    var disk = Self.measured(folder)
    disk += growth(from: part.samples.count)
    return (seconds / .seconds(1), disk)
  }

  // MARK: - Samples

  private var sampleCount: Int { min(configuration.run.samples, Self.mostSamples) }

  private var options: StatisticsOptions {
    configuration.statistics.options(hasTruth: scene.truth != nil)
  }

  private func part() throws -> Part {
    var statistics = ImageStatistics(pixelCount: pixelCount, options: options)
    var kept: [Int: [Float]] = [:]
    for index in 0..<sampleCount {
      let values = sample(index)
      try statistics.add(values, truth: scene.truth)
      if isKept(index) { kept[index] = values }
    }
    return try Part(
      image: scene.image, shape: scene.shape, statistics: statistics,
      records: (0..<sampleCount).map {
        SampleRecord(index: $0, quantities: quantityNames.map { _ in 0.5 })
      }, kept: kept, quantityNames: quantityNames)
  }

  private var pixelCount: Int { scene.shape.reduce(1, *) }

  private func isKept(_ index: Int) -> Bool {
    configuration.statistics.saveSamples || index < configuration.statistics.keepSamples
  }

  private func sample(_ index: Int) -> [Float] {
    let noise = NoiseStream(
      seed: 0, image: scene.image.key, sample: UInt32(index), purpose: .probe
    ).uniforms(pixelCount)
    let base = scene.truth ?? Array(repeating: 0.5, count: pixelCount)
    return zip(base, noise).map { min(1, max(0, $0 + 0.1 * ($1 - 0.5))) }
  }

  // MARK: - Bytes

  /// Bytes an image takes more when all its samples are there.
  private func growth(from count: Int) -> DiskUse {
    let all = configuration.run.samples
    guard all > count else { return DiskUse() }
    let statistics = [all, count].map {
      ImageStatistics.byteCount(pixelCount: pixelCount, options: options, samples: $0)
    }
    // A record has eight columns of eight bytes, and eight bytes for each quantity.
    let records = (64 + 8 * quantityNames.count) * (all - count)
    let saved = configuration.statistics.saveSamples ? 4 * pixelCount * (all - count) : 0
    let kept = max(0, min(all, configuration.statistics.keepSamples) - count) * 4 * pixelCount
    return DiskUse(
      parts: statistics[0] - statistics[1] + records + max(saved, kept), samples: saved)
  }

  private static func measured(_ folder: String) -> DiskUse {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return names.reduce(into: DiskUse()) { use, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      let size = attributes?[.size] as? Int ?? 0
      switch name {
      case _ where name.hasPrefix("parts/"): use.parts += size
      case _ where name.hasPrefix("samples/"): use.samples += size
      case _ where name.hasSuffix(".npy"): use.maps += size
      case _ where name.hasPrefix("maps/") && name.hasSuffix(".png"): use.pictures += size
      default: break
      }
    }
  }
}
