import Foundation

/// How close an image is to the truth, and how often intervals hold the truth.
///
/// Images are [C, H, W] values, row-major, in image units. A NaN in an image makes the measure NaN.
public enum ImageQuality {
  /// The peak signal-to-noise ratio in dB, −10·log₁₀(MSE + 1e-8), of images clipped to [0, 1].
  ///
  /// The mean square error is over all values; equal images have 80 dB. As in piq 0.8.0.
  ///
  /// - Throws: `pixelCount` if the images differ in size.
  public static func peakSignalToNoise(
    _ image: [Float], truth: [Float]
  ) throws(StatisticsError) -> Double {
    try checkSizes(image, truth)
    let squares = zip(image, truth).reduce(0.0) { sum, pair in
      let difference = clipped(pair.0) - clipped(pair.1)
      return sum + difference * difference
    }
    return -10 * log10(squares / Double(truth.count) + 1e-8)
  }

  /// The fraction of pixels whose truth lies in [lower, upper], ends included.
  ///
  /// A pixel with a NaN anywhere counts as not covered; no pixels give NaN.
  ///
  /// - Throws: `pixelCount` if the maps differ in size.
  public static func intervalCoverage(
    lower: [Float], upper: [Float], truth: [Float]
  ) throws(StatisticsError) -> Double {
    try checkSizes(lower, truth)
    try checkSizes(upper, truth)
    let covered = truth.indices.count {
      lower[$0] <= truth[$0] && truth[$0] <= upper[$0]
    }
    return Double(covered) / Double(truth.count)
  }

  static func checkSizes(_ image: [Float], _ truth: [Float]) throws(StatisticsError) {
    guard image.count == truth.count else {
      throw .pixelCount(expected: truth.count, found: image.count)
    }
  }

  /// The value clipped to [0, 1]; NaN stays NaN.
  static func clipped(_ value: Float) -> Double {
    value < 0 ? 0 : value > 1 ? 1 : Double(value)
  }
}
