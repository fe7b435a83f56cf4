import Foundation
import Statistics
import Testing

@testable import RunFiles

/// Made-up samples whose every value follows from image and index, so that any two draws of a
/// sample agree.
enum RunSamples {
  static let shape = [1, 3, 4]
  static let quantityNames = ["norm", "sleeve-2"]
  static let hash = "0123456789abcdef"
  static let seal = PartSeal(workHash: hash, program: "posterior test")

  static func image(_ name: String) -> ImageID {
    guard let image = try? ImageID(name: name) else { preconditionFailure("bad name \(name)") }
    return image
  }

  static func pixels(_ image: ImageID, _ index: Int) -> [Float] {
    (0..<12).map { pixel in
      let word =
        (image.key &+ UInt64(index) &* 0x9E37_79B9 &+ UInt64(pixel) &* 0x85EB_CA6B) &* 0xC2B2_AE35
      return Float(word >> 40) / Float(1 << 24)
    }
  }

  /// Every seventh sample of an image fails.
  static func record(_ index: Int) -> SampleRecord {
    SampleRecord(
      index: index, attempts: index % 7 == 6 ? 2 : 1,
      failure: index % 7 == 6 ? "not finite at step \(index) – „NaN“" : nil,
      networkEvaluations: 10 + index, seconds: 0.25, psnr: Double(index) / 3,
      ssim: index % 2 == 0 ? 0.5 : nil,
      quantities: index % 7 == 6 ? [] : [Double(index) / 4, index % 2 == 0 ? 1 : .infinity])
  }

  static func part(_ name: String, _ samples: SampleRanges, keep: Int = 2) throws -> Part {
    let image = image(name)
    var statistics = ImageStatistics(
      pixelCount: 12, options: StatisticsOptions(levels: true, extrema: true))
    var kept: [Int: [Float]] = [:]
    let records = samples.indices.map(record)
    for record in records where !record.hasFailed {
      try statistics.add(pixels(image, record.index))
      if record.index < keep { kept[record.index] = pixels(image, record.index) }
    }
    return try Part(
      image: image, shape: shape, statistics: statistics, records: records, kept: kept,
      quantityNames: quantityNames)
  }

  static func part(_ name: String, _ samples: Range<Int>) throws -> Part {
    try part(name, SampleRanges(samples))
  }

  static func bytes(_ part: Part) -> [UInt8] { PartFile.seal(part, seal).bytes }

  static let description = RunDescription(
    workHash: hash, program: "posterior test", configuration: "run:\n  seed: 0\n  unit: 8\n")
}

/// A folder that is deleted in the end.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "posterior-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func run(_ description: RunDescription = RunSamples.description) throws -> RunDirectory {
    try RunDirectory.openOrCreate(at: "\(path)/run", description)
  }
}
