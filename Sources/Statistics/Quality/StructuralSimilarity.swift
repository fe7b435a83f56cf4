import Foundation

extension ImageQuality {
  /// The structural similarity index (SSIM) of images clipped to [0, 1]; 1 for equal images.
  ///
  /// 11×11 Gaussian window with σ = 1.5, only windows inside the image, k₁ = 0.01, k₂ = 0.03, mean
  /// over windows and channels; images with min(H, W) ≥ 384 are first averaged over squares of
  /// round(min(H, W)/256) pixels, ties to even. As in piq 0.8.0. Where an image is smaller than 11
  /// pixels, the window shrinks to the largest odd size that fits, with the same σ (piq refuses it).
  ///
  /// - Parameters:
  ///   - image: C·H·W values.
  ///   - truth: C·H·W values.
  ///   - shape: [C, H, W], all positive.
  /// - Throws: `imageShape`, `pixelCount`.
  public static func structuralSimilarity(
    _ image: [Float], truth: [Float], shape: [Int]
  ) throws(StatisticsError) -> Double {
    try checkSizes(image, truth)
    let planes = try ImagePlanes(shape: shape, count: truth.count)
    let similarities = (0..<planes.channels).map { channel in
      similarity(planes.plane(channel, of: image), planes.plane(channel, of: truth))
    }
    return similarities.reduce(0, +) / Double(planes.channels)
  }

  /// The mean of the SSIM map of two planes.
  private static func similarity(_ one: Plane, _ other: Plane) -> Double {
    let window = GaussianWindow(fitting: min(one.height, one.width))
    let (meanOne, meanOther) = (window.filter(one), window.filter(other))
    let squareOne = window.filter(one.product(one))
    let squareOther = window.filter(other.product(other))
    let mixed = window.filter(one.product(other))
    let sum = mixed.values.indices.reduce(0.0) { sum, index in
      sum
        + similarity(
          meanOne.values[index], meanOther.values[index],
          squareOne.values[index], squareOther.values[index], mixed.values[index])
    }
    return sum / Double(mixed.values.count)
  }

  /// SSIM of one window from the weighted means of x, y, x², y² and xy.
  private static func similarity(
    _ x: Double, _ y: Double, _ xx: Double, _ yy: Double, _ xy: Double
  ) -> Double {
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    let contrast = (2 * (xy - x * y) + c2) / ((xx - x * x) + (yy - y * y) + c2)
    return (2 * x * y + c1) / (x * x + y * y + c1) * contrast
  }
}

/// The layout of [C, H, W] images for SSIM.
private struct ImagePlanes {
  let channels: Int
  let height: Int
  let width: Int

  init(shape: [Int], count: Int) throws(StatisticsError) {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 && $0 <= max(count, 1) }) else {
      throw .imageShape(shape)
    }
    (channels, height, width) = (shape[0], shape[1], shape[2])
    let (area, isHuge) = height.multipliedReportingOverflow(by: width)
    let (size, isHuger) = area.multipliedReportingOverflow(by: channels)
    guard !isHuge, !isHuger, size == count else {
      throw .pixelCount(expected: isHuge || isHuger ? .max : size, found: count)
    }
  }

  /// One channel, clipped and averaged down to about 256 pixels.
  func plane(_ channel: Int, of image: [Float]) -> Plane {
    let area = height * width
    let values = image[(channel * area)..<((channel + 1) * area)].map(ImageQuality.clipped)
    let ratio = (Double(min(height, width)) / 256).rounded(.toNearestOrEven)
    return Plane(height: height, width: width, values: values).averaged(over: max(1, Int(ratio)))
  }
}

/// A [H, W] array of values.
private struct Plane {
  let height: Int
  let width: Int
  let values: [Double]

  func product(_ other: Plane) -> Plane {
    Plane(height: height, width: width, values: zip(values, other.values).map { $0 * $1 })
  }

  /// The means of squares of `size` pixels; incomplete squares at the ends are left out.
  func averaged(over size: Int) -> Plane {
    guard size > 1 else { return self }
    let (rows, columns) = (height / size, width / size)
    var means = Array(repeating: 0.0, count: rows * columns)
    for row in 0..<(rows * size) {
      for column in 0..<(columns * size) {
        means[row / size * columns + column / size] += values[row * width + column]
      }
    }
    return Plane(
      height: rows, width: columns, values: means.map { $0 / Double(size * size) })
  }
}

/// The separable Gaussian window of SSIM.
private struct GaussianWindow {
  let weights: [Double]

  /// Makes a window of 11 pixels, or of the largest odd size up to `side`.
  init(fitting side: Int) {
    let size = min(11, side - (side + 1) % 2)
    let center = Double(size - 1) / 2
    let bells = (0..<size).map { index in
      exp(-(Double(index) - center) * (Double(index) - center) / (2 * 1.5 * 1.5))
    }
    let sum = bells.reduce(0, +)
    weights = bells.map { $0 / sum }
  }

  /// The weighted mean at every place where the window lies inside the plane.
  func filter(_ plane: Plane) -> Plane {
    filterColumns(filterRows(plane))
  }

  private func filterRows(_ plane: Plane) -> Plane {
    let width = plane.width - weights.count + 1
    var sums = Array(repeating: 0.0, count: plane.height * width)
    for row in 0..<plane.height {
      for (shift, weight) in weights.enumerated() {
        let start = row * plane.width + shift
        add(plane.values[start..<(start + width)], times: weight, to: &sums, at: row * width)
      }
    }
    return Plane(height: plane.height, width: width, values: sums)
  }

  private func filterColumns(_ plane: Plane) -> Plane {
    let (height, width) = (plane.height - weights.count + 1, plane.width)
    var sums = Array(repeating: 0.0, count: height * width)
    for (shift, weight) in weights.enumerated() {
      let start = shift * width
      add(plane.values[start..<(start + height * width)], times: weight, to: &sums, at: 0)
    }
    return Plane(height: height, width: width, values: sums)
  }

  private func add(
    _ values: ArraySlice<Double>, times weight: Double, to sums: inout [Double], at start: Int
  ) {
    values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for index in 0..<values.count { sums[start + index] += weight * values[index] }
      }
    }
  }
}
