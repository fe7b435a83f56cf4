import Foundation
import Testing

@testable import Statistics

@Suite("Image quality")
struct ImageQualityTests {
  /// A smooth picture with values a little beyond [0, 1]; another phase makes another picture.
  private func picture(_ shape: [Int], phase: Double) -> [Float] {
    (0..<shape[0]).flatMap { c in
      (0..<shape[1]).flatMap { y in
        (0..<shape[2]).map { x in
          let (c, y, x) = (Double(c), Double(y), Double(x))
          let wave = sin(0.13 * x * (c + 1) + 0.0007 * y * y * (c + 2) + phase)
          return Float(0.5 + 0.6 * wave + 0.05 * cos(1.7 * x + 2.3 * y + 5 * phase))
        }
      }
    }
  }

  struct Reference: Sendable {
    let shape: [Int]
    let similarity: Double
    let peakSignalToNoise: Double
  }

  /// SSIM by piq 0.8.0 in float64, PSNR by numpy in float64, of the same pictures.
  private static let references = [
    Reference(
      shape: [3, 32, 40], similarity: 0.640793226998, peakSignalToNoise: 15.9302304276),
    Reference(
      shape: [1, 11, 11], similarity: 0.482029969536, peakSignalToNoise: 16.5486849538),
    Reference(
      shape: [1, 28, 17], similarity: 0.554115602773, peakSignalToNoise: 17.7034764344),
    Reference(
      shape: [2, 400, 390], similarity: 0.895068408115, peakSignalToNoise: 15.6661628194),
    Reference(
      shape: [1, 645, 700], similarity: 0.909107205787, peakSignalToNoise: 15.6661313541),
  ]

  /// The pictures agree with numpy's to a last place of sin, rarely one ulp of a Float: below 1e-7.
  @Test("PSNR and SSIM equal the published implementation", arguments: references)
  func published(reference: Reference) throws {
    let truth = picture(reference.shape, phase: 0.4)
    let image = picture(reference.shape, phase: 0)
    let similarity = try ImageQuality.structuralSimilarity(
      image, truth: truth, shape: reference.shape)
    #expect(abs(similarity - reference.similarity) < 1e-7)
    let ratio = try ImageQuality.peakSignalToNoise(image, truth: truth)
    #expect(abs(ratio - reference.peakSignalToNoise) < 1e-6)
  }

  @Test("Equal images: 80 dB, similarity 1")
  func equal() throws {
    let image = picture([3, 20, 20], phase: 1)
    #expect(abs(try ImageQuality.peakSignalToNoise(image, truth: image) - 80) < 1e-12)
    #expect(
      try ImageQuality.structuralSimilarity(image, truth: image, shape: [3, 20, 20]) == 1)
  }

  @Test("Values are clipped")
  func clipping() throws {
    let truth = [Float](repeating: 1, count: 144)
    let image = [Float](repeating: 3, count: 144)
    #expect(abs(try ImageQuality.peakSignalToNoise(image, truth: truth) - 80) < 1e-12)
    #expect(
      try ImageQuality.structuralSimilarity(image, truth: truth, shape: [1, 12, 12]) == 1)
  }

  @Test("Where 11 pixels do not fit, the window is the largest odd one that does")
  func smallImages() throws {
    // One pixel: no variance, so SSIM is its luminance term (2xy + c₁)/(x² + y² + c₁).
    let one = try ImageQuality.structuralSimilarity([0.2], truth: [0.4], shape: [1, 1, 1])
    #expect(abs(one - 0.1601 / 0.2001) < 1e-7)
    // Two rows: a window of 1×1 again, averaged over pixels.
    let row = try ImageQuality.structuralSimilarity(
      [0.2, 0.4, 0.4, 0.2], truth: [0.4, 0.4, 0.4, 0.4], shape: [1, 2, 2])
    #expect(abs(row - (1 + 0.1601 / 0.2001) / 2) < 1e-7)
    let image = picture([1, 10, 10], phase: 0)
    let value = try ImageQuality.structuralSimilarity(
      image, truth: picture([1, 10, 10], phase: 0.4), shape: [1, 10, 10])
    #expect(value > 0 && value < 1)
  }

  @Test("NaN is shown, not hidden")
  func notANumber() throws {
    var image = picture([1, 12, 12], phase: 0)
    let truth = image
    image[77] = .nan
    #expect(try ImageQuality.peakSignalToNoise(image, truth: truth).isNaN)
    #expect(
      try ImageQuality.structuralSimilarity(image, truth: truth, shape: [1, 12, 12]).isNaN)
  }

  @Test("Coverage counts the closed interval; NaN is not covered")
  func coverage() throws {
    let coverage = try ImageQuality.intervalCoverage(
      lower: [0, 0.5, 0.2, .nan], upper: [0, 0.7, 0.3, 1], truth: [0, 0.7, 0.31, 0.5])
    #expect(coverage == 0.5)
    #expect(try ImageQuality.intervalCoverage(lower: [], upper: [], truth: []).isNaN)
  }

  @Test("Quantiles of samples at the truth's own levels cover it")
  func coverageOfLevels() throws {
    let truth = (0...255).map { Float($0) / 255 }
    let statistics = try makeStatistics(
      [truth, truth.map { $0 - 0.001 }, truth.map { $0 + 0.001 }], pixels: 256,
      options: StatisticsOptions(levels: true))
    let coverage = try ImageQuality.intervalCoverage(
      lower: statistics.quantile(0.05), upper: statistics.quantile(0.95), truth: truth)
    #expect(coverage == 1)
  }

  @Test("Sizes and shapes are checked")
  func sizes() {
    let shape = StatisticsError.imageShape([1, 0, 4])
    #expect(throws: shape) {
      try ImageQuality.structuralSimilarity([1], truth: [1], shape: [1, 0, 4])
    }
    #expect(throws: StatisticsError.imageShape([2, 2])) {
      try ImageQuality.structuralSimilarity([1, 1, 1, 1], truth: [1, 1, 1, 1], shape: [2, 2])
    }
    #expect(throws: StatisticsError.imageShape([.max, .max, 2])) {
      try ImageQuality.structuralSimilarity([1], truth: [1], shape: [.max, .max, 2])
    }
    #expect(throws: StatisticsError.pixelCount(expected: 8, found: 4)) {
      try ImageQuality.structuralSimilarity(
        [1, 1, 1, 1], truth: [1, 1, 1, 1], shape: [2, 2, 2])
    }
    #expect(throws: StatisticsError.pixelCount(expected: 2, found: 1)) {
      try ImageQuality.peakSignalToNoise([1], truth: [1, 1])
    }
    #expect(throws: StatisticsError.pixelCount(expected: 2, found: 1)) {
      try ImageQuality.intervalCoverage(lower: [1, 1], upper: [1], truth: [1, 1])
    }
  }
}
