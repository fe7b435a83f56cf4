import Foundation
import RunFiles
import Statistics

@testable import Coordinator

/// Made-up samples whose every value follows from image and index alone.
enum TestSamples {
  static let shape = [1, 2, 3]
  static let agreement = RankAgreement(
    program: "posterior test", workHash: "0123456789abcdef", priorDigest: "p")

  static func image(_ name: String) -> ImageID {
    guard let image = try? ImageID(name: name) else { preconditionFailure("bad name \(name)") }
    return image
  }

  static func unit(_ name: String, _ samples: Range<Int>) -> WorkUnit {
    WorkUnit(image: image(name), samples: samples)
  }

  static func part(_ unit: WorkUnit) throws -> Part {
    var statistics = ImageStatistics(pixelCount: 6, options: StatisticsOptions(levels: true))
    var kept: [Int: [Float]] = [:]
    let records = unit.samples.map { record($0, of: unit.image) }
    for record in records where !record.hasFailed {
      let pixels = pixels(unit.image, record.index)
      try statistics.add(pixels)
      if record.index < 2 { kept[record.index] = pixels }
    }
    return try Part(
      image: unit.image, shape: shape, statistics: statistics, records: records, kept: kept)
  }

  static func bytes(_ part: Part) -> [UInt8] {
    PartFile.seal(
      part, PartSeal(workHash: agreement.workHash, program: agreement.program)
    ).bytes
  }

  private static func pixels(_ image: ImageID, _ index: Int) -> [Float] {
    (0..<6).map { pixel in
      let word = (image.key ^ UInt64(index &* 31 &+ pixel)) &* 0x9E37_79B9_7F4A_7C15
      return spread(of: image) * Float(word >> 40) / Float(1 << 24)
    }
  }

  /// All samples of the image `still` are equal, those of `calm` vary less than others.
  private static func spread(of image: ImageID) -> Float {
    switch image.name {
    case "still": 0
    case "calm": 0.65
    default: 1
    }
  }

  /// Sample 5 of each image fails, and all of the image `broken`.
  private static func record(_ index: Int, of image: ImageID) -> SampleRecord {
    let fails = index == 5 || image.name == "broken"
    return SampleRecord(
      index: index, attempts: fails ? 2 : 1, failure: fails ? "not finite" : nil,
      networkEvaluations: 10, seconds: 0.5, psnr: Double(index))
  }
}

/// A folder that is deleted in the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "posterior-coordinator-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
