/// The smallest and the largest sample of every pixel.
///
/// −0 is taken as +0, so that the bits do not depend on the order of the samples.
struct PixelExtrema: Sendable, Equatable {
  /// The smallest value per pixel; +∞ for no sample.
  var minimum: [Float]
  /// The largest value per pixel; −∞ for no sample.
  var maximum: [Float]

  init(pixelCount: Int) {
    minimum = Array(repeating: .infinity, count: pixelCount)
    maximum = Array(repeating: -.infinity, count: pixelCount)
  }

  /// Takes in one sample of `pixelCount` finite values.
  mutating func add(_ values: UnsafeBufferPointer<Float>) {
    Self.lower(&minimum, by: values)
    Self.raise(&maximum, by: values)
  }

  /// Takes in the extrema of other samples of as many pixels.
  mutating func merge(_ other: PixelExtrema) {
    other.minimum.withUnsafeBufferPointer { Self.lower(&minimum, by: $0) }
    other.maximum.withUnsafeBufferPointer { Self.raise(&maximum, by: $0) }
  }

  private static func lower(_ floor: inout [Float], by values: UnsafeBufferPointer<Float>) {
    floor.withUnsafeMutableBufferPointer { floor in
      for pixel in 0..<floor.count {
        let value = values[pixel] + 0
        floor[pixel] = value < floor[pixel] ? value : floor[pixel]
      }
    }
  }

  private static func raise(_ ceiling: inout [Float], by values: UnsafeBufferPointer<Float>) {
    ceiling.withUnsafeMutableBufferPointer { ceiling in
      for pixel in 0..<ceiling.count {
        let value = values[pixel] + 0
        ceiling[pixel] = value > ceiling[pixel] ? value : ceiling[pixel]
      }
    }
  }
}
