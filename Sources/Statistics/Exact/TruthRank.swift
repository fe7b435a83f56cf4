/// How many samples of every pixel lie below the truth, and how many equal it.
struct TruthRank: Sendable, Equatable {
  /// The number of samples smaller than the truth, per pixel.
  var below: [Int32]
  /// The number of samples equal to the truth, per pixel.
  var equal: [Int32]

  init(pixelCount: Int) {
    below = Array(repeating: 0, count: pixelCount)
    equal = below
  }

  /// Takes in one sample; values and truth are `pixelCount` finite values.
  mutating func add(_ values: UnsafeBufferPointer<Float>, truth: UnsafeBufferPointer<Float>) {
    below.withUnsafeMutableBufferPointer { below in
      for pixel in 0..<below.count { below[pixel] &+= values[pixel] < truth[pixel] ? 1 : 0 }
    }
    equal.withUnsafeMutableBufferPointer { equal in
      for pixel in 0..<equal.count { equal[pixel] &+= values[pixel] == truth[pixel] ? 1 : 0 }
    }
  }

  /// Takes in the counts of other samples of as many pixels.
  mutating func merge(_ other: TruthRank) {
    Self.increase(&below, by: other.below)
    Self.increase(&equal, by: other.equal)
  }

  private static func increase(_ counts: inout [Int32], by others: [Int32]) {
    for pixel in counts.indices { counts[pixel] &+= others[pixel] }
  }
}
